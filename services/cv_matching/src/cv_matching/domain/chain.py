"""The matching chain of recruitflow.md section 11, steps 1 to 4: who sent this file?

Each step sees the candidates that fit. The first step that names one person wins; what is ambiguous is never
a match. What is found here still has to agree with the document (``domain.agreement``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cv_matching.domain.verdicts import (
    Match,
    Method,
    Near,
    Person,
    Unmatched,
    Verdict,
    near,
    ranked,
    sentence,
    stands_out,
)

WHAT = {
    Method.EXACT_EMAIL: "the sender's address",
    Method.EXACT_PHONE: "the sender's number",
    Method.SUBJECT_ID: "the reference in the message",
}
_MANY = 5
"""From here on "several" is said instead of a number."""


@dataclass(frozen=True, slots=True)
class SenderEvidence:
    """Who fits what the message says about its sender, without repeats."""

    by_email: tuple[Person, ...] = ()
    by_phone: tuple[Person, ...] = ()
    by_reference: tuple[Person, ...] = ()
    name: str | None = None
    by_name: tuple[Person, ...] = ()
    """Everybody whose name is like ``name``, waiting or not."""


@dataclass(frozen=True, slots=True)
class _Found:
    method: Method
    people: tuple[Person, ...]


def by_sender(evidence: SenderEvidence) -> Verdict:
    """Steps 1 to 4: address, number, reference, name."""
    found = [
        _Found(method, people)
        for method, people in (
            (Method.EXACT_EMAIL, evidence.by_email),
            (Method.EXACT_PHONE, evidence.by_phone),
            (Method.SUBJECT_ID, evidence.by_reference),
        )
        if people
    ]
    if not found:
        return _by_name(evidence)
    named = _agreed(found)
    if named is not None:
        method, person = named
        return Match(
            person.candidate_id, method, sentence(f"{WHAT[method]} is the candidate's"), is_high=True
        )
    return _undecided(found, evidence)


def _agreed(found: Sequence[_Found]) -> tuple[Method, Person] | None:
    """The one person on whom everything that was found agrees, and the first step that names them alone.

    A family shares a number, and the reference tells which of them it is.
    """
    common = set.intersection(*({each.candidate_id for each in one.people} for one in found))
    if len(common) != 1:
        return None
    [candidate_id] = common
    first = next((one for one in found if len(one.people) == 1), found[-1])
    return first.method, next(each for each in first.people if each.candidate_id == candidate_id)


def _undecided(found: Sequence[_Found], evidence: SenderEvidence) -> Verdict:
    """Shared by several, or contradicting itself: the document may tell, and nobody is chosen before."""
    pool = tuple({each.candidate_id: each for one in found for each in one.people}.values())
    if len(found) == 1:
        why = f"{WHAT[found[0].method]} fits {_how_many(pool)} people"
    else:
        why = f"{' and '.join(WHAT[one.method] for one in found)} do not name the same one person"
    runners_up = tuple(Near(each.candidate_id, 0, _shown(each, found)) for each in pool)
    shared = Unmatched(sentence(why), runners_up=runners_up, pool=pool, pool_method=found[0].method)
    if len(found) == 1 or any(len(one.people) > 1 for one in found):
        return shared
    named = _by_name(evidence)
    in_pool = {each.candidate_id for each in pool}
    return named if isinstance(named, Match) and named.candidate_id in in_pool else shared


def _by_name(evidence: SenderEvidence) -> Verdict:
    ranking = ranked(evidence.name, evidence.by_name) if evidence.name else []
    if not ranking:
        return Unmatched("No candidate fits the sender.")
    if stands_out(ranking):
        person, score = ranking[0]
        return Match(
            person.candidate_id,
            Method.FUZZY_NAME,
            f"The sender's name is like the candidate's ({score} of 100).",
            score=score,
            runners_up=near(ranking[1:], "The name is like the sender's."),
            doubt="The sender is known by name only.",
        )
    why = "fits nobody who waits for a CV" if len(ranking) == 1 else f"fits {_how_many(ranking)} people"
    return Unmatched(f"The sender's name {why}.", runners_up=near(ranking, "The name is like the sender's."))


def _shown(person: Person, found: Sequence[_Found]) -> str:
    theirs = [WHAT[one.method] for one in found if person in one.people]
    return sentence(f"{' and '.join(theirs)} fits")


def _how_many(people: Sequence[object]) -> str:
    return str(len(people)) if len(people) < _MANY else "several"
