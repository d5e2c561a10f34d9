"""What a screening call means, by plain rules over what the candidate said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.anthropic.callback import callback_time
from sandbox.anthropic.reading import fold, moment_in, spoken_by_user

_HUMAN = re.compile(
    r"persoana reala|om real|om adevarat|real person|actual person"
    r"|real human|human being|to a human|with a human"
    r"|(?:vorb\w+|discut\w*) cu (?:un om|o persoana|un coleg|un recrutor|cineva)\b"
    r"|(?:speak|talk) (?:to|with) (?:a person|a recruiter|someone real|somebody real)"
    r"|nu (?:vreau|doresc|vorbesc)[^.?!]*robot|(?:not|n't)[^.?!]*(?:robot|machine|\bai\b)"
)
_LATER = re.compile(
    r"nu pot vorbi|nu pot acum|nu e(?:ste)? (?:un )?moment(?:ul)? (?:bun|potrivit)"
    r"|sunt (?:la serviciu|ocupat|in sedinta|la volan)"
    r"|ma puteti suna|sunati-ma (?:maine|mai|luni|marti|miercuri|joi|vineri|dupa|la|peste|alta)"
    r"|suna-ma|reveniti"
    r"|(?:can't|cannot|can not) talk|call (?:me )?(?:back|again|later|tomorrow)"
    r"|not a good (?:time|moment)|bad time"
    r"|i'?m (?:driving|at work|in a meeting|busy)"
)
_NOT_INTERESTED = re.compile(
    r"nu (?:mai )?(?:sunt|ma) interes|nu ma mai interes|am gasit (?:deja )?(?:alt|un)|not interested"
    r"|no longer interested"
    r"|found (?:another|a) job"
)
_NEVER_AGAIN = re.compile(
    r"nu ma mai (?:sunati|suna\b|apelati|contactati)|stergeti-?ma|scoateti-?ma din"
    r"|nu (?:mai )?(?:vreau|doresc) sa (?:mai )?(?:fiu|ma) (?:mai )?(?:sunat|sunata|sunati|contactat)"
    r"|(?:don't|do not|never|stop) call(?:ing)? me(?: again| any ?more| ever)?(?=[.,!;]|$)"
    r"|(?:don't|do not|never) call me (?:again|any ?more|ever)"
    r"|remove me from|take me off"
)
_MACHINE = re.compile(r"casuta vocala|mesageria vocala|voicemail|leave a message|dupa semnalul sonor")
_NO = re.compile(r"^(?:nu|no|nope|not|din pacate|unfortunately)\b")
_NO_INSIDE = re.compile(
    r"nu am experienta|n-am experienta|niciun fel de experienta|no experience"
    r"|don't have|do not have|never done|nu stiu"
)
_YES = re.compile(r"^(?:da|yes|yeah|sure|sigur|desigur|of course|absolut|certainly|exact|evident)\b")
_YES_INSIDE = re.compile(
    r"\b\d+ (?:de )?(?:ani|years)\b|pot incepe|can start|imi convine|e in regula|works for me"
    r"|(?<!nu )\bam (?:permis|experienta|lucrat)\b|\bi have (?!no\b|never\b|not\b)"
)
_SMALL_TALK = re.compile(
    r"ascult|go ahead|buna ziua|hello|multumesc|thank|la revedere|goodbye|^(?:da|yes|alo|hi)[.!, ]*$|^ok"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: str
    score: int
    reasoning: str
    callback_notes: str | None = None
    callback_words: str | None = None
    callback_at: str | None = None
    human_notes: str | None = None
    never_again: str | None = None


def judge(text: str) -> Verdict:
    """One of the four outcomes, from the candidate's own words in the transcript."""
    said = spoken_by_user(text)
    words = " ".join(said)
    low = fold(words)
    if not low.strip():
        return Verdict(
            "needs_human",
            0,
            "The transcript holds no words of the candidate.",
            human_notes="No answer heard.",
        )
    if _MACHINE.search(low):
        notes = "A voicemail greeting answered, not the candidate."
        return Verdict("needs_human", 0, notes, human_notes=notes)
    if wish := next((turn for turn in said if _NEVER_AGAIN.search(fold(turn))), None):
        notes = "Asked not to be called again."
        return Verdict("needs_human", 10, notes, human_notes=notes, never_again=wish)
    if _HUMAN.search(low):
        return Verdict(
            "needs_human",
            40,
            "The candidate asked for a person.",
            human_notes="Wants to speak with a person.",
        )
    if _NOT_INTERESTED.search(low):
        return Verdict("not_qualified", 10, "The candidate is not interested in the position.")
    good, bad = _weigh(said)
    if _LATER.search(low) and good + bad < 2:
        return _callback(said, text)
    return _by_answers(good, bad)


def _weigh(said: list[str]) -> tuple[int, int]:
    sides = [speaks_for(turn) for turn in said]
    return sides.count(True), sides.count(False)


def speaks_for(words: str) -> bool | None:
    """Whether one answer speaks for the candidate, or against; None where it says neither."""
    low = fold(words).strip()
    if _NO.search(low) or _NO_INSIDE.search(low):
        return None if _LATER.search(low) else False
    if _SMALL_TALK.search(low) and len(low.split()) < 12:
        return None
    return True if _YES.search(low) or _YES_INSIDE.search(low) or len(low.split()) >= 8 else None


def turns_away(words: str) -> bool:
    """Whether the candidate says here that they don't want the position."""
    return bool(_NOT_INTERESTED.search(fold(words)))


def _callback(said: list[str], text: str) -> Verdict:
    now = moment_in(text)
    asking = [turn for turn in said if _LATER.search(fold(turn)) or not _SMALL_TALK.search(fold(turn))]
    words = " ".join(asking)
    moment = callback_time(words, now) if now else None
    named = [turn for turn in asking if now and callback_time(turn, now)]
    return Verdict(
        "callback_requested",
        50,
        "The candidate could not talk and asked to be called again.",
        callback_notes=words[:300],
        callback_words=next(iter(named or asking), None),
        callback_at=moment.isoformat() if moment else None,
    )


def _by_answers(good: int, bad: int) -> Verdict:
    if good + bad == 0:
        notes = "The candidate answered none of the questions."
        return Verdict("needs_human", 30, notes, human_notes=notes)
    score = round(50 + 45 * (good - bad) / (good + bad))
    reasoning = f"{good} of {good + bad} answers speak for the candidate, {bad} against."
    return Verdict("qualified" if score >= 60 else "not_qualified", score, reasoning)


def verdict_fields(text: str) -> dict[str, Any]:
    """The verdict under the property names an evaluation schema uses."""
    verdict = judge(text)
    return {
        "outcome": verdict.outcome,
        "decision": verdict.outcome,
        "qualified": verdict.outcome == "qualified",
        "score": verdict.score,
        "reasoning": verdict.reasoning,
        "callback_requested": verdict.outcome == "callback_requested",
        "callback_notes": verdict.callback_notes,
        "callback_words": verdict.callback_words,
        "callback_at": verdict.callback_at,
        "callback_time": verdict.callback_at,
        "needs_human": verdict.outcome == "needs_human",
        "needs_human_notes": verdict.human_notes,
        "do_not_call": verdict.never_again is not None,
        "do_not_call_words": verdict.never_again,
    }
