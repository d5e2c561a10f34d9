"""What an import would do with each row of a file, and why; ``docs/imports.md`` shows a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from people import humanize_question

from intake.domain.lead_columns import Question
from intake.domain.lead_rows import Lead, Refusal, Skipped
from intake.domain.profiles import Profile, merged, profile_of

Row: TypeAlias = dict[str, Any]
"""A row of the preview as it is written down."""
Verdict: TypeAlias = Literal["create", "update", "unchanged"]

_FIELDS = (
    ("full_name", "full_name"),
    ("phone", "phone"),
    ("phone_as_given", "phone_as_given"),
    ("email", "email"),
    ("whatsapp_number", "whatsapp_number"),
    ("time_zone", "time_zone"),
    ("created", "meta_created_time"),
    ("campaign_name", "campaign_name"),
    ("platform", "platform"),
)
"""What of a person may change by a lead, with the name it has in ``CandidateProfile``."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who has a row's lead id; of merged people the one who was kept, whose other ids are ``aliases``.

    ``applied``: to the position of the import, under any id, and that stands. ``undone_application``: one
    that was closed as its import was undone, and would be opened again.
    """

    candidate_id: int
    profile: Profile
    applied: bool
    withdrawn: bool = False
    revision: int = 0
    undone_application: int | None = None
    aliases: tuple[int, ...] = ()
    said: Profile | None = None


def with_lead(known: Known, fresh: Profile) -> Known:
    """The person as the lead leaves them.

    A lead of somebody merged that says what it always said changes nothing: how the two were put together was
    decided since.
    """
    nothing_new = known.said is not None and merged(known.said, fresh) == known.said
    profile = known.profile if nothing_new else merged(known.profile, fresh)
    return replace(known, profile=profile, applied=True, withdrawn=False, undone_application=None)


def verdict_on(known: Known, then: Known) -> Verdict:
    """What a lead does to whoever is here: the same for the look through a file and for its import."""
    if known.withdrawn:
        return "create"
    return "unchanged" if known.applied and then.profile == known.profile else "update"


@dataclass(frozen=True, slots=True)
class Resembling:
    """Somebody with the same phone or email, who may be the person of a row."""

    candidate_id: int
    name: str
    phone: str | None
    email: str | None
    lead_id: str | None


def row_of_lead(
    lead: Lead,
    questions: Sequence[Question],
    language: str,
    known: Known | None,
    alike: Mapping[str, Sequence[Resembling]],
) -> Row:
    """``alike``: who has the phone, and who has the email of the row."""
    changes: list[Row] = []
    verdict: Verdict = "create"
    why = None
    opens = known is None or not known.applied
    if known is not None:
        then = with_lead(known, profile_of(lead, questions, language))
        verdict = verdict_on(known, then)
        if known.withdrawn:
            why = "came before and was taken back by an undo: returns"
        else:
            changes = list(_changes(known.profile, then.profile))
            why = "known already: applies to this position too" if opens else None
    own = known.candidate_id if known else None
    return {
        "line": lead.line,
        "verdict": verdict,
        "name": lead.full_name,
        "phone": lead.phone or lead.phone_as_given,
        "email": lead.email,
        "lead_id": lead.lead_id,
        "answers": len(lead.answers),
        "why": why,
        "flag": lead.phone_problem,
        "changes": changes,
        "duplicates": list(_duplicates(own, alike)),
        "created": lead.created,
        "campaign": lead.campaign_name,
        "platform": lead.platform,
        "time_zone": lead.time_zone,
        "candidate_id": own,
        "opens_application": opens,
    }


def row_of_other(row: Skipped | Refusal) -> Row:
    """A row that an import would leave out."""
    refused = isinstance(row, Refusal)
    return {
        "line": row.line,
        "verdict": "refused" if refused else "skip",
        "name": row.who.name,
        "phone": row.who.phone or None,
        "email": row.who.email or None,
        "lead_id": row.who.lead_id or None,
        "answers": 0,
        "why": row.reason if isinstance(row, Refusal) else row.why,
        "flag": None,
        "changes": [],
        "duplicates": [],
        "created": None,
        "campaign": None,
        "platform": None,
        "time_zone": None,
        "candidate_id": None,
        "opens_application": False,
    }


def _changes(before: Profile, then: Profile) -> Iterator[Row]:
    if then == before:
        return
    for field, name in _FIELDS:
        old, new = getattr(before, field), getattr(then, field)
        if old != new:
            yield {"field": name, "before": _shown(old), "after": _shown(new)}
    if before.answers != then.answers:
        old_answers, new_answers = _by_question(before), _by_question(then)
        for question in old_answers | new_answers:
            old, new = old_answers.get(question), new_answers.get(question)
            if old != new:
                yield {"field": humanize_question(question), "before": old, "after": new}


def _by_question(profile: Profile) -> dict[str, str]:
    """A form may ask twice with the same words."""
    found: dict[str, str] = {}
    for question, answer in profile.answers:
        found[question] = f"{found[question]}; {answer}" if question in found else answer
    return found


def _shown(value: str | datetime | None) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value


def _duplicates(own: int | None, alike: Mapping[str, Sequence[Resembling]]) -> Iterator[Row]:
    shared: dict[int, list[str]] = {}
    people: dict[int, Resembling] = {}
    for contact, found in alike.items():
        for person in found:
            if person.candidate_id != own:
                people[person.candidate_id] = person
                shared.setdefault(person.candidate_id, []).append(contact)
    for candidate_id, person in people.items():
        yield {
            "candidate_id": candidate_id,
            "name": person.name,
            "shared": shared[candidate_id],
            "phone": person.phone,
            "email": person.email,
            "lead_id": person.lead_id,
        }
