"""What is said on the phone, in Romanian or English.

The agent asks what its prompt tells it to ask; the candidate answers by what the question is about. Nothing
but these words reaches whoever judges the call.
"""

from __future__ import annotations

import re

from sandbox.dice import Dice
from sandbox.personas.kinds import OnCall
from sandbox.personas.phrases import PHRASES, Answers, Phrases

_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])?\s*")
_ROMANIAN = re.compile(
    r"[ăâîșțşţ]|\b(bună|buna|sunt|pentru|vă|va|despre|postul|nu|da|și|si)\b", re.IGNORECASE
)
_ENGLISH = re.compile(r"\b(hello|hi|the|you|your|about|are|is|for|with|please|this)\b", re.IGNORECASE)


def language_of(text: str, told: str | None = None) -> str:
    """``ro`` or ``en``; the override's language wins."""
    if told:
        return "ro" if told.lower().startswith("ro") else "en"
    return "en" if len(_ENGLISH.findall(text)) > len(_ROMANIAN.findall(text)) else "ro"


def questions_in(prompt: str) -> list[str]:
    """The lines of a prompt that are questions to ask, at most five."""
    found: dict[str, None] = {}
    for line in prompt.splitlines():
        question = _BULLET.sub("", line).strip().strip('"„”')
        if question.endswith("?") and 8 <= len(question) <= 300 and "{" not in question:
            found.setdefault(question)
    return list(found)[:5]


def conversation(
    dice: Dice, whom: str, language: str, first_message: str, prompt: str, what: OnCall
) -> list[tuple[str, str]]:
    """Who says what, in order: pairs of ``agent``/``user`` and the words."""
    phrases = PHRASES[language]
    opening = [("agent", first_message or phrases.opening)]
    if what is OnCall.VOICEMAIL:
        return [("user", phrases.voicemail), *opening]
    if what is OnCall.CALL_BACK:
        return [*opening, ("user", phrases.call_back), ("agent", phrases.call_back_ok), ("user", phrases.bye)]
    if what is OnCall.WANTS_HUMAN:
        return [*opening, ("user", phrases.human), ("agent", phrases.human_ok), ("user", phrases.bye)]
    turns = [*opening, ("user", phrases.listening)]
    fits = what is OnCall.FITS
    for number, question in enumerate(questions_in(prompt) or list(phrases.questions)):
        turns.append(("agent", question))
        turns.append(("user", answer(dice, whom, phrases, question, number, fits)))
    turns.append(("agent", phrases.closing))
    turns.append(("user", phrases.thanks if fits else phrases.thanks_anyway))
    return turns


def answer(dice: Dice, whom: str, phrases: Phrases, question: str, number: int, fits: bool) -> str:
    """One answer. Who does not fit says no where it matters, and may still have a good side."""
    years = dice.number("years", whom) % 9 + 3
    topic = _topic(phrases, question)
    good_side = not fits and number == 1 and dice.fraction("good side", whom, number) < 0.25
    options = topic.yes if fits or good_side else topic.no
    return dice.pick(options, "answer", whom, number).format(years=years)


def _topic(phrases: Phrases, question: str) -> Answers:
    low = question.lower()
    for topic in phrases.topics:
        if any(word in low for word in topic.about):
            return topic
    return phrases.otherwise


def reply_of_agent(language: str, prompt: str, asked: int) -> str:
    """What the agent says after the candidate's ``asked``-th line in a call that a person answers by hand."""
    questions = questions_in(prompt) or list(PHRASES[language].questions)
    return questions[asked - 1] if asked <= len(questions) else PHRASES[language].closing
