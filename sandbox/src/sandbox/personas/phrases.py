"""The words of calls, in Romanian and English. No form that tells a person's gender."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answers:
    about: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    opening: str
    listening: str
    questions: tuple[str, ...]
    closing: str
    thanks: str
    thanks_anyway: str
    call_back: str
    call_back_ok: str
    human: str
    human_ok: str
    bye: str
    voicemail: str
    topics: tuple[Answers, ...]
    otherwise: Answers


_RO = Phrases(
    opening="Bună ziua! Vă sun în legătură cu postul pentru care ați aplicat. Aveți câteva minute?",
    listening="Da, bună ziua, vă ascult.",
    questions=(
        "Ce experiență aveți în domeniu?",
        "Programul de lucru vi se potrivește?",
        "Când ați putea începe?",
    ),
    closing="Vă mulțumesc pentru răspunsuri. Vă vom scrie în curând despre pașii următori. O zi bună!",
    thanks="Mulțumesc și eu, aștept vești de la dumneavoastră. La revedere!",
    thanks_anyway="Bine, mulțumesc. La revedere!",
    call_back="Nu pot vorbi acum, sunt la serviciu. Mă puteți suna mâine după ora 14:00?",
    call_back_ok="Sigur, vă sunăm mâine după ora 14:00. O zi bună!",
    human="Scuzați-mă, nu vreau să vorbesc cu un robot. Vreau să vorbesc cu o persoană reală, vă rog.",
    human_ok="Înțeleg. Transmit unui coleg să vă contacteze. O zi bună!",
    bye="Bine, mulțumesc. La revedere!",
    voicemail="Ați sunat la căsuța vocală. Lăsați un mesaj după semnalul sonor.",
    topics=(
        Answers(
            ("experien", "lucrat", "vechime", "ani de"),
            (
                "Da, am {years} ani de experiență în domeniu, ultimii doi la o firmă din Cluj.",
                "Da, lucrez de {years} ani în domeniu, iar în prezent coordonez și doi colegi.",
            ),
            ("Nu, nu am experiență în domeniul acesta.", "Nu, nu am mai lucrat așa ceva niciodată."),
        ),
        Answers(
            ("salari", "remunera", "pachet"),
            ("Da, oferta din anunț este în regulă pentru mine.",),
            ("Nu, salariul din anunț este mult prea mic pentru mine.",),
        ),
        Answers(
            ("începe", "incepe", "disponibil", "preaviz", "când"),
            ("Da, pot începe în două săptămâni.", "Da, pot începe de luna viitoare, am preaviz de o lună."),
            ("Nu, nu pot începe mai devreme de anul viitor.",),
        ),
        Answers(
            ("program", "tur", "schimb", "weekend", "full"),
            ("Da, programul este în regulă pentru mine.",),
            ("Nu, programul acesta nu mi se potrivește.",),
        ),
        Answers(
            ("oraș", "oras", "locali", "relo", "depla", "birou", "navet"),
            ("Da, locuiesc în apropiere și pot veni la birou.",),
            ("Nu, nu pot veni la birou, locuiesc în altă țară.",),
        ),
        Answers(
            ("englez", "limb", "german", "francez"),
            ("Da, vorbesc bine, o folosesc zilnic la serviciu.",),
            ("Nu, nu vorbesc nicio limbă străină.",),
        ),
        Answers(
            ("permis", "carnet", "mașin", "conduc"),
            ("Da, am permis de categoria B de {years} ani.",),
            ("Nu, nu am permis de conducere.",),
        ),
    ),
    otherwise=Answers(
        (),
        (
            "Da, sigur, am făcut asta des și mă descurc bine.",
            "Da, este o parte din ce fac și acum, de {years} ani.",
        ),
        ("Nu, din păcate nu.", "Nu, cu asta nu m-am ocupat."),
    ),
)

_EN = Phrases(
    opening="Hello! I am calling about the position you applied for. Do you have a few minutes?",
    listening="Yes, hello, go ahead.",
    questions=(
        "What experience do you have in this field?",
        "Does the working schedule suit you?",
        "When could you start?",
    ),
    closing="Thank you for your answers. We will write to you soon about the next steps. Have a nice day!",
    thanks="Thank you too, I look forward to hearing from you. Goodbye!",
    thanks_anyway="All right, thanks. Goodbye!",
    call_back="I can't talk right now, I'm at work. Could you call me back tomorrow after 2 pm?",
    call_back_ok="Of course, we will call you tomorrow after 2 pm. Have a nice day!",
    human="Sorry, I don't want to talk to a robot. I would like to speak with a real person, please.",
    human_ok="I understand. I will ask a colleague to contact you. Have a nice day!",
    bye="All right, thanks. Goodbye!",
    voicemail="You have reached the voicemail of this number. Please leave a message after the tone.",
    topics=(
        Answers(
            ("experien", "worked", "years", "background"),
            (
                "Yes, I have {years} years of experience in this field, the last two at a company in Cluj.",
                "Yes, I have been doing this for {years} years and now I also lead two colleagues.",
            ),
            ("No, I have no experience in this field.", "No, I have never done anything like that."),
        ),
        Answers(
            ("salary", "pay", "compensation"),
            ("Yes, the offer in the ad is fine for me.",),
            ("No, the salary in the ad is far too low for me.",),
        ),
        Answers(
            ("start", "available", "notice", "when"),
            ("Yes, I can start in two weeks.", "Yes, I can start next month, I have one month's notice."),
            ("No, I can't start before next year.",),
        ),
        Answers(
            ("schedule", "shift", "hours", "weekend", "full-time", "full time"),
            ("Yes, the schedule is fine for me.",),
            ("No, that schedule does not suit me.",),
        ),
        Answers(
            ("city", "locat", "relocat", "commut", "office", "travel", "on-site", "on site"),
            ("Yes, I live nearby and can come to the office.",),
            ("No, I can't come to the office, I live in another country.",),
        ),
        Answers(
            ("english", "romanian", "german", "language"),
            ("Yes, I speak it well, I use it every day at work.",),
            ("No, I don't speak any foreign language.",),
        ),
        Answers(
            ("licen", "drive", "car"),
            ("Yes, I have had a driving licence for {years} years.",),
            ("No, I have no driving licence.",),
        ),
    ),
    otherwise=Answers(
        (),
        (
            "Yes, sure, I have done that often and I am good at it.",
            "Yes, it is part of my job, for {years} years.",
        ),
        ("No, unfortunately not.", "No, I have never dealt with that."),
    ),
)

PHRASES = {"ro": _RO, "en": _EN}
