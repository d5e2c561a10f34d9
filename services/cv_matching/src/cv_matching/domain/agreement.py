"""Whether a document agrees with what the message says of its sender (docs/decisions/0030).

An address proves who sent a file, not whose CV it is: families share mailboxes, and friends send for friends.
So a match by address, number or reference is of high confidence only where the document bears the name. Where
it clearly names somebody else, nobody is chosen by force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cv_matching.domain.chain import WHAT
from cv_matching.domain.names import (
    CERTAIN,
    THRESHOLD,
    best_likeness,
    shares_given_name,
    written_alike,
)
from cv_matching.domain.paper import (
    NOTHING,
    Paper,
    bears_contact_of,
    contradicts,
    name_on,
    names_a_relative,
    names_somebody_else,
    shares_no_word,
    stands_below_another,
)
from cv_matching.domain.verdicts import (
    IDENTITY,
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
    together,
)

_NAMESAKE = "but the number in the CV is not the candidate's: it may be a namesake's"
_OTHER_NUMBER = "Neither the number nor the address in the CV is the one on file."
_BY_ITSELF = "Only the CV itself says whose it is."


@dataclass(frozen=True, slots=True)
class Judged:
    """``verdict`` stands unless the model, where it is to be asked, reads something else in the document."""

    verdict: Verdict
    ask: bool = False
    person: Person | None = None
    """Whom the verdict names."""
    paper: Paper = NOTHING


@dataclass(frozen=True, slots=True)
class ContentEvidence:
    """What a CV says about its owner (folded and comparable), and everybody whom that fits."""

    name: str | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    by_contact: tuple[Person, ...] = ()
    by_name: tuple[Person, ...] = ()


def judge(
    verdict: Verdict,
    person: Person | None,
    paper: Paper | None,
    note: str | None,
    file_words: Sequence[str] = (),
    shown: str | None = None,
) -> Judged:
    """What the document makes of a verdict. ``person``: whom it names; ``note``: why there is no text.

    Where there is none, the words of the file's name (``file_words``) have to do, and for a reference, which
    may have been passed on, the name that the sender shows.
    """
    if paper is None:
        if person is not None and names_somebody_else(file_words, person):
            return Judged(_also(_of_somebody_else(verdict, "the file's name is somebody else's"), note))
        passed_on = isinstance(verdict, Match) and verdict.method is Method.SUBJECT_ID
        if person is not None and passed_on and shown and shares_no_word(shown, person):
            return Judged(_also(_of_somebody_else(verdict, "the sender's name is somebody else's"), note))
        return Judged(_without_text(verdict, note), person=person)
    if isinstance(verdict, Unmatched):
        told = _told_apart(verdict, paper)
        return Judged(told or verdict, ask=told is None, paper=paper)
    assert person is not None  # whoever is named is on file
    if verdict.method in IDENTITY:
        return _identity(verdict, person, paper)
    if bears_contact_of(paper, person):
        return Judged(verdict, person=person)
    if contradicts(paper.emails, paper.phones, person):
        return Judged(_doubted(verdict, _NAMESAKE), ask=True, paper=paper)
    return Judged(verdict, ask=name_on(paper, person) < THRESHOLD, person=person, paper=paper)


def by_content(content: ContentEvidence, judged: Judged) -> Verdict:
    """Step 5, and the last word on a sender whose name the top of the document does not bear."""
    verdict = judged.verdict
    if isinstance(verdict, Match) and judged.person is not None:
        settled = _settled(verdict, judged.person, content, judged.paper)
        if settled is not None:
            return settled
        verdict = _of_somebody_else(verdict, "the CV names somebody else")
    pool = verdict.pool if isinstance(verdict, Unmatched) else ()
    return (
        _in_pool(content, verdict, pool)
        or _by_contact(content, verdict)
        or _by_name(content, verdict, judged.paper)
    )


def _without_text(verdict: Verdict, note: str | None) -> Verdict:
    why = note or "The file holds no text."
    if isinstance(verdict, Unmatched):
        return replace(verdict, explanation=f"{verdict.explanation} {why}")
    if verdict.method not in IDENTITY:
        return _doubted(verdict, f"and nothing but the name speaks for it. {why}")
    look = f"{verdict.explanation} Nothing could be checked in the file, look whether it is their CV. {why}"
    return replace(verdict, explanation=look, is_high=False, doubt="Nothing in the file could be checked.")


def _identity(match: Match, person: Person, paper: Paper) -> Judged:
    score = name_on(paper, person)
    said = match.explanation.rstrip(".")
    if score >= THRESHOLD and stands_below_another(paper, person):
        below = f"{said}, but the CV names somebody else above them."
        doubt = "Somebody else's name stands above theirs in the CV."
        below_another = replace(match, explanation=below, is_high=False, doubt=doubt)
        return Judged(below_another, ask=True, person=person, paper=paper)
    if score >= CERTAIN and contradicts(paper.emails, paper.phones, person):
        other = f"{said}, and the CV bears their name, {_NAMESAKE}."
        namesake = replace(match, explanation=other, is_high=False, doubt=_OTHER_NUMBER)
        return Judged(namesake, person=person)
    if score >= CERTAIN:
        return Judged(replace(match, explanation=f"{said}, and the CV bears their name."), person=person)
    if score >= THRESHOLD:
        roughly = f"{said}; the name in the CV is only roughly theirs ({score} of 100)."
        doubt = "The name in the CV is not quite theirs."
        alike = replace(match, explanation=roughly, is_high=False, score=score, doubt=doubt)
        return Judged(alike, person=person)
    absent = f"{said}, but their name does not stand at the top of the CV."
    doubt = "Their name does not stand at the top of the CV."
    doubted = replace(match, explanation=absent, is_high=False, doubt=doubt)
    return Judged(doubted, ask=True, person=person, paper=paper)


def _told_apart(verdict: Unmatched, paper: Paper) -> Match | None:
    """Who of several the document names: one for certain, and the others not at all."""
    named = [(each, score) for each in verdict.pool if (score := name_on(paper, each)) >= THRESHOLD]
    if len(named) != 1 or named[0][1] < CERTAIN or verdict.pool_method is None:
        return None
    return _chosen(named[0][0], named[0][1], verdict, verdict.pool_method)


def _chosen(person: Person, score: int, verdict: Verdict, method: Method) -> Match:
    others = tuple(each for each in verdict.runners_up if each.candidate_id != person.candidate_id)
    said = f"{verdict.explanation.rstrip('.')}; the CV bears the name of this one ({score} of 100)."
    doubt = "What the message says of its sender fits others too."
    return Match(person.candidate_id, method, said, score=score, runners_up=others, doubt=doubt)


def _settled(match: Match, person: Person, content: ContentEvidence, paper: Paper) -> Verdict | None:
    """None where the document is somebody else's."""
    if content.name is None:
        if not names_a_relative(paper, person) and (
            bears_contact_of(paper, person) or match.method not in IDENTITY
        ):
            return match
        return _of_somebody_else(
            match, "neither their name nor a number or address of theirs stands in the CV"
        )
    said, score = match.explanation.rstrip("."), best_likeness(person.names, content.name)
    below = stands_below_another(paper, person)
    told = below or contradicts(content.emails | paper.emails, content.phones | paper.phones, person)
    if score >= CERTAIN and match.method in IDENTITY and not told:
        found = f"{sentence(WHAT[match.method] + ' is the candidate')[:-1]}'s, and the CV bears their name."
        return replace(match, explanation=found, is_high=True, doubt="")
    if score >= THRESHOLD:
        return match
    bears = bears_contact_of(paper, person)
    if bears and any(written_alike(name, content.name) for name in person.names):
        alike = f"{said}; the CV bears their contact data and a name much like theirs."
        return replace(match, explanation=alike, doubt="The name in the CV is written otherwise.")
    if match.method not in IDENTITY or (paper.phones and not bears):
        return None
    if any(each.candidate_id != person.candidate_id for each, _ in ranked(content.name, content.by_name)):
        return None
    if any(shares_given_name(name, content.name) for name in person.names):
        married = f"{said}; the CV has the given name with another family name."
        return replace(match, explanation=married, doubt="The family name in the CV is another one.")
    return None


def _of_somebody_else(match: Verdict, why: str) -> Unmatched:
    assert isinstance(match, Match)
    said = match.explanation.partition(", but ")[0].rstrip(".")
    known = match.candidate_id if match.method in IDENTITY else None
    runner_up = Near(match.candidate_id, match.score or 0, f"{said}.")
    return Unmatched(
        f"{said}, but {why}.",
        candidate_id=known,
        runners_up=together((runner_up,), match.runners_up),
    )


def _also(verdict: Unmatched, note: str | None) -> Unmatched:
    return replace(verdict, explanation=f"{verdict.explanation} {note}") if note else verdict


def _doubted(match: Match, why: str) -> Unmatched:
    said = sentence(f"{match.explanation.rstrip('.')}, {why}")
    doubted = Near(match.candidate_id, match.score or 0, said)
    return Unmatched(said, runners_up=together((doubted,), match.runners_up))


def _in_pool(content: ContentEvidence, verdict: Verdict, pool: tuple[Person, ...]) -> Match | None:
    if not pool or content.name is None or not isinstance(verdict, Unmatched) or verdict.pool_method is None:
        return None
    ranking = ranked(content.name, pool)
    if len(ranking) != 1 or ranking[0][1] < CERTAIN:
        return None
    return _chosen(ranking[0][0], ranking[0][1], verdict, verdict.pool_method)


def _by_contact(content: ContentEvidence, verdict: Verdict) -> Match | None:
    """Contact data count only beside a name that fits: a father's CV bears the family's phone."""
    agreeing = [each for each in content.by_contact if _name_agrees(content.name, each)]
    if len(agreeing) != 1 or not agreeing[0].waits:
        return None
    [person] = agreeing
    what = "email" if content.emails & person.emails else "phone number"
    score = best_likeness(person.names, content.name) if content.name else None
    return Match(
        person.candidate_id,
        Method.CV_CONTENT,
        f"{verdict.explanation} The {what} in the CV is the candidate's.",
        score=score or None,
        runners_up=_others(verdict, person),
        doubt=_BY_ITSELF,
    )


def _by_name(content: ContentEvidence, verdict: Verdict, paper: Paper) -> Verdict:
    ranking = ranked(content.name, content.by_name) if content.name else []
    contacts = [(each, 0) for each in content.by_contact]
    fits = together(
        near(ranking, "The name is like the one in the CV."),
        near(contacts, "The email or phone number stands in the CV."),
        verdict.runners_up,
    )
    if stands_out(ranking) and not content.by_contact:
        person, score = ranking[0]
        if not contradicts(content.emails | paper.emails, content.phones | paper.phones, person):
            said = f"{verdict.explanation} The name in the CV is like the candidate's ({score} of 100)."
            others = tuple(each for each in fits if each.candidate_id != person.candidate_id)
            one = person.candidate_id
            return Match(one, Method.CV_CONTENT, said, score=score, runners_up=others, doubt=_BY_ITSELF)
        verdict = replace(verdict, explanation=f"{verdict.explanation} The name in the CV fits, {_NAMESAKE}.")
    elif content.by_contact:
        verdict = replace(verdict, explanation=f"{verdict.explanation} {_whose_contact(content)}")
    elif len(ranking) > 1:
        verdict = replace(
            verdict, explanation=f"{verdict.explanation} The name in the CV fits {len(ranking)} people."
        )
    else:
        verdict = replace(verdict, explanation=f"{verdict.explanation} No waiting candidate fits the CV.")
    return replace(verdict, runners_up=fits)


def _whose_contact(content: ContentEvidence) -> str:
    agreeing = [each for each in content.by_contact if _name_agrees(content.name, each)]
    if not agreeing:
        return "The email or phone number in the CV is somebody's of another name."
    if len(agreeing) > 1:
        return f"The email or phone number in the CV is that of {len(agreeing)} people of this name."
    return "The name and the email or phone number in the CV are somebody's of whom no CV is waited for."


def _name_agrees(name: str | None, person: Person) -> bool:
    if name is None:
        return True
    return best_likeness(person.names, name) >= THRESHOLD or any(
        shares_given_name(each, name) or written_alike(each, name) for each in person.names
    )


def _others(verdict: Verdict, person: Person) -> tuple[Near, ...]:
    return tuple(each for each in verdict.runners_up if each.candidate_id != person.candidate_id)
