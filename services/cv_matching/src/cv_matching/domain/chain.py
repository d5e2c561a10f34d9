"""The matching chain of recruitflow.md section 11: who sent this file?

Each step sees the candidates that fit. The first step that names one person wins; what is ambiguous is never
a match, and is kept to be named to the recruiter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cv_matching.domain.names import Likeness, NamedCandidate, ranked, shares_given_name, stands_out


class Method(StrEnum):
    EXACT_EMAIL = "exact_email"
    EXACT_PHONE = "exact_phone"
    SUBJECT_ID = "subject_id"
    FUZZY_NAME = "fuzzy_name"
    CV_CONTENT = "cv_content"


HIGH = frozenset({Method.EXACT_EMAIL, Method.EXACT_PHONE, Method.SUBJECT_ID})
"""Methods whose match advances the application without a review."""


@dataclass(frozen=True, slots=True)
class Match:
    candidate_id: int
    method: Method
    explanation: str

    @property
    def is_high(self) -> bool:
        return self.method in HIGH


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Nobody can be named safely. ``explanation`` names the candidates that came near, by id.

    ``candidate_id`` is set where the sender is known for certain and the file still can't be attached.
    """

    explanation: str
    candidate_id: int | None = None


@dataclass(frozen=True, slots=True)
class SenderEvidence:
    """Who fits what the message says about its sender; ids of candidates, without repeats."""

    by_email: tuple[int, ...] = ()
    by_phone: tuple[int, ...] = ()
    by_reference: tuple[int, ...] = ()
    name: str | None = None
    by_name: tuple[NamedCandidate, ...] = ()
    """Awaiting candidates whose name is roughly like ``name``."""
    namesakes: tuple[int, ...] = ()
    """Everybody of exactly this name, awaiting or not."""


@dataclass(frozen=True, slots=True)
class ContentEvidence:
    """What a CV says about its owner (folded), and the awaiting candidates that fit it."""

    name: str | None = None
    by_email: tuple[NamedCandidate, ...] = ()
    by_phone: tuple[NamedCandidate, ...] = ()
    by_name: tuple[NamedCandidate, ...] = ()
    given_names: dict[int, str] = field(default_factory=dict)
    """Folded given names of the candidates in ``by_email`` and ``by_phone``."""


@dataclass(slots=True)
class _Doubts:
    """What came near, in words, for the recruiter who decides."""

    notes: list[str] = field(default_factory=list)

    def add(self, what: str, candidates: Sequence[int]) -> None:
        self.notes.append(f"{what} fits candidates {', '.join(map(str, candidates))}")


def known_sender(verdict: Match | Unmatched) -> int | None:
    """The candidate whom a verdict names beyond doubt."""
    return verdict.candidate_id if isinstance(verdict, Match) and verdict.is_high else None


def by_sender(evidence: SenderEvidence) -> Match | Unmatched:
    """Steps 1 to 4: address, number, reference, name."""
    doubts = _Doubts()
    high = _by_identity(evidence, doubts)
    if high is not None:
        return high
    named = _by_name(evidence, doubts)
    return named or Unmatched(_in_words(doubts, "No candidate fits the sender."))


def by_content(evidence: ContentEvidence, sender_note: str) -> Match | Unmatched:
    """Step 5: what the CV itself says. Contact data have to agree with the given name beside them."""
    doubts = _Doubts([sender_note.rstrip(".")])
    for what, found in (
        ("the email in the CV", evidence.by_email),
        ("the phone in the CV", evidence.by_phone),
    ):
        fitting = [each.candidate_id for each in found if _name_agrees(evidence, each.candidate_id)]
        if len(fitting) == 1:
            return Match(fitting[0], Method.CV_CONTENT, f"{what[0].upper()}{what[1:]} is the candidate's.")
        if found:
            doubts.add(what, [each.candidate_id for each in found])
    if evidence.name:
        ranking = ranked(evidence.name, evidence.by_name)
        if ranking and stands_out(ranking):
            score = ranking[0].score
            return Match(
                ranking[0].candidate_id,
                Method.CV_CONTENT,
                f"The name in the CV is like the candidate's ({score} of 100).{_runners_up(ranking)}",
            )
        if ranking:
            doubts.add("the name in the CV", [each.candidate_id for each in ranking])
    return Unmatched(_in_words(doubts, "No waiting candidate fits the CV."))


def _by_identity(evidence: SenderEvidence, doubts: _Doubts) -> Match | None:
    """Steps 1 to 3. A number or address that several share is settled by the reference, or not at all."""
    steps = (
        (Method.EXACT_EMAIL, "the sender's address", evidence.by_email),
        (Method.EXACT_PHONE, "the sender's number", evidence.by_phone),
        (Method.SUBJECT_ID, "the reference in the message", evidence.by_reference),
    )
    shared: set[int] | None = None
    certain: list[Match] = []
    for method, what, found in steps:
        fitting = found
        if shared is not None and method is Method.SUBJECT_ID and len(found) > 1:
            fitting = tuple(each for each in found if each in shared)
        if len(fitting) == 1:
            certain.append(Match(fitting[0], method, f"{what[0].upper()}{what[1:]} is the candidate's."))
        elif found:
            shared = set(found) if shared is None else shared & set(found)
            doubts.add(what, found)
    if len({match.candidate_id for match in certain}) > 1:
        doubts.add("what the message says contradicts itself: it", [match.candidate_id for match in certain])
        return None
    return certain[0] if certain else None


def _by_name(evidence: SenderEvidence, doubts: _Doubts) -> Match | None:
    if not evidence.name:
        return None
    ranking = ranked(evidence.name, evidence.by_name)
    if not ranking:
        return None
    best = ranking[0].candidate_id
    others = [each for each in evidence.namesakes if each != best]
    if not stands_out(ranking) or others:
        doubts.add("the sender's name", [each.candidate_id for each in ranking] + others)
        return None
    score = ranking[0].score
    return Match(
        best,
        Method.FUZZY_NAME,
        f"The sender's name is like the candidate's ({score} of 100).{_runners_up(ranking)}",
    )


def _name_agrees(evidence: ContentEvidence, candidate_id: int) -> bool:
    given = evidence.given_names.get(candidate_id)
    return not evidence.name or not given or shares_given_name(evidence.name, given)


def _runners_up(ranking: Sequence[Likeness]) -> str:
    behind = ", ".join(f"candidate {each.candidate_id} ({each.score})" for each in ranking[1:])
    return f" Behind it: {behind}." if behind else ""


def _in_words(doubts: _Doubts, otherwise: str) -> str:
    if not doubts.notes:
        return otherwise
    notes = "; ".join(doubts.notes)
    return f"{notes[0].upper()}{notes[1:]}."
