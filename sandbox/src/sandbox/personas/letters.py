"""What candidates write, in Romanian and English."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.dice import Dice


@dataclass(frozen=True, slots=True)
class Words:
    cv_mail: tuple[str, ...]
    cv_whatsapp: tuple[str, ...]
    reply_first: tuple[str, ...]
    subject: str
    friends_mail: str
    with_reference: str


_WORDS = {
    "ro": Words(
        cv_mail=(
            "Bună ziua,\n\nVă trimit atașat CV-ul meu. Mulțumesc pentru apel!\n\nO zi bună,\n{name}",
            "Bună ziua,\n\nAșa cum am discutat, găsiți CV-ul în atașament.\n\nCu stimă,\n{name}",
        ),
        cv_whatsapp=(
            "Bună ziua, acesta este CV-ul meu. {name}",
            "",
            "Vă trimit CV-ul aici, e mai ușor. Mulțumesc!",
        ),
        reply_first=(
            "Bună ziua! Am primit mesajul, trimit CV-ul zilele acestea, trebuie să îl actualizez.",
            "Mulțumesc pentru mesaj! Pot trimite CV-ul mâine?",
        ),
        subject="CV {name}",
        friends_mail="Bună ziua,\n\nScriu de pe adresa unei prietene, a mea nu merge. Atașez CV-ul.\n",
        with_reference="\nReferința mea: {reference}",
    ),
    "en": Words(
        cv_mail=(
            "Hello,\n\nPlease find my CV attached. Thank you for the call!\n\nBest regards,\n{name}",
            "Hi,\n\nAs discussed, here is my CV.\n\nKind regards,\n{name}",
        ),
        cv_whatsapp=("Hello, this is my CV. {name}", "", "Sending my CV here, it is easier. Thanks!"),
        reply_first=(
            "Hello! I got your message, I will send the CV in the next days, I have to update it first.",
            "Thank you for your message! Can I send the CV tomorrow?",
        ),
        subject="CV {name}",
        friends_mail="Hello,\n\nI am writing from a friend's address, mine is broken. My CV is attached.\n",
        with_reference="\nMy reference: {reference}",
    ),
}


def cv_mail(dice: Dice, whom: str, language: str, name: str, reference: str | None) -> str:
    words = _WORDS[language]
    text = dice.pick(words.cv_mail, "cv mail", whom).format(name=name)
    if reference and dice.fraction("quotes the reference", whom) < 0.3:
        text += words.with_reference.format(reference=reference)
    return text


def cv_whatsapp(dice: Dice, whom: str, language: str, name: str) -> str:
    return dice.pick(_WORDS[language].cv_whatsapp, "cv whatsapp", whom).format(name=name)


def reply_first(dice: Dice, whom: str, language: str) -> str:
    return dice.pick(_WORDS[language].reply_first, "reply first", whom)


def subject(language: str, name: str) -> str:
    return _WORDS[language].subject.format(name=name)


def friends_mail(language: str) -> str:
    return _WORDS[language].friends_mail
