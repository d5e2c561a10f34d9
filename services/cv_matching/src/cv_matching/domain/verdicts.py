"""Who is known, and what can be said about a file: whose it is, or who came near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cv_matching.domain.names import MARGIN, THRESHOLD, best_likeness

MOST_RUNNERS_UP = 5


class Method(StrEnum):
    EXACT_EMAIL = "exact_email"
    EXACT_PHONE = "exact_phone"
    SUBJECT_ID = "subject_id"
    FUZZY_NAME = "fuzzy_name"
    CV_CONTENT = "cv_content"


IDENTITY = frozenset({Method.EXACT_EMAIL, Method.EXACT_PHONE, Method.SUBJECT_ID})
"""The steps that go by something only one person has."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on file, under all their ids: folded names, addresses and numbers in their comparable form.

    ``waits``: a CV of theirs is waited for.
    """

    candidate_id: int
    names: tuple[str, ...]
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody else it could be; ``why`` in words, without ids."""

    candidate_id: int
    score: int
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """``score`` is the likeness where a likeness decided. What is not high waits for a recruiter's look;
    ``doubt`` says why, in a sentence."""

    candidate_id: int
    method: Method
    explanation: str
    is_high: bool = False
    score: int | None = None
    runners_up: tuple[Near, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Nobody can be named safely.

    ``candidate_id`` is set where the sender is known for certain and the file still can't be attached.
    ``pool``: those who share the sender's address or number, or whom the message names side by side.
    """

    explanation: str
    candidate_id: int | None = None
    runners_up: tuple[Near, ...] = ()
    pool: tuple[Person, ...] = ()
    pool_method: Method | None = None


Verdict = Match | Unmatched


def known_sender(verdict: Verdict) -> int | None:
    """The candidate whose address, number or reference it is, whosever CV."""
    if isinstance(verdict, Unmatched):
        return verdict.candidate_id
    return verdict.candidate_id if verdict.method in IDENTITY else None


def came_near(verdict: Verdict) -> tuple[Near, ...]:
    """Whom a verdict names or thought of, for a file that goes to nobody."""
    if isinstance(verdict, Unmatched):
        return verdict.runners_up
    named = Near(verdict.candidate_id, verdict.score or 0, verdict.explanation)
    return together((named,), verdict.runners_up)


def ranked(name: str, people: Iterable[Person]) -> list[tuple[Person, int]]:
    """Those alike enough to be meant, best first."""
    scores = [(person, best_likeness(person.names, name)) for person in people]
    alike = [(person, score) for person, score in scores if score >= THRESHOLD]
    return sorted(alike, key=lambda each: (-each[1], each[0].candidate_id))


def stands_out(ranking: Sequence[tuple[Person, int]]) -> bool:
    """Whether the best of a ranking leads far enough to be taken, and waits for a CV.

    Whoever does not wait counts as much as a rival as whoever does: they may have sent it all the same.
    """
    if not ranking or not ranking[0][0].waits:
        return False
    return len(ranking) == 1 or ranking[0][1] - ranking[1][1] >= MARGIN


def near(ranking: Iterable[tuple[Person, int]], why: str) -> tuple[Near, ...]:
    found = [Near(person.candidate_id, score, why) for person, score in ranking]
    return tuple(found[:MOST_RUNNERS_UP])


def together(*groups: Iterable[Near]) -> tuple[Near, ...]:
    """The nearest of several groups, each person once."""
    first: dict[int, Near] = {}
    for each in (one for group in groups for one in group):
        first.setdefault(each.candidate_id, each)
    return tuple(first.values())[:MOST_RUNNERS_UP]


def sentence(text: str) -> str:
    """Begins large and ends with a stop."""
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
