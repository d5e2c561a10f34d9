"""Writing a person down by hand, and correcting them, also when somebody else does so at the same time."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.intake import AddCandidate, CandidateFields, CorrectCandidate
from people import normalise_phone
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from recruiter_ui.domain import candidate_words as words
from recruiter_ui.domain.position_words import LANGUAGES, ZONES
from recruiter_ui.domain.reading import number, numbers, typed
from recruiter_ui.domain.revisions import differences, fingerprint
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import candidates as query
from recruiter_ui.web import Visit

STALE = ("revised_meanwhile", "stale")
FIELD_OF = {
    "bad_email": "email",
    "bad_whatsapp_number": "whatsapp_number",
    "unknown_language": "language",
    "unknown_time_zone": "time_zone",
    "no_position": "position",
    "position_closed": "position",
}
"""Which field a refusal of intake is about."""


async def new(visit: Visit) -> Response:
    blank = dict.fromkeys(words.TYPED, "") | {"language": "ro"}
    return await _form(visit, None, blank, status=200)


async def add(visit: Visit) -> Response:
    values = what_was_typed(visit)
    fields = fields_of(values)
    if isinstance(fields, dict):
        return await _form(visit, None, values, errors=fields)
    command = AddCandidate(
        command_id=visit.command_id,
        actor=visit.actor,
        fields=fields,
        position_id=number(visit.field("position")),
        despite_duplicates=visit.field("despite") == "yes",
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        known = await _known(visit, values, reply) if reply.code == "known_already" else []
        return await _refused(visit, None, values, reply, command.command_id, known)
    candidate_id = number(str(reply.result.get("candidate_id", "")))
    there = "SELECT EXISTS (SELECT FROM candidates WHERE candidate_id = $1 AND full_name IS NOT NULL)"
    if candidate_id is None or not await settled(visit, there, candidate_id):
        return visit.go("/candidates")
    return visit.go(f"/candidates/{candidate_id}?done=added")


async def _known(visit: Visit, values: dict[str, str], reply: Refused) -> list[dict[str, Any]]:
    """Who has the number or the address already: those that intake names, and those that the screens know."""
    phone = normalise_phone(values["phone"]).e164 if values["phone"] else None
    named = numbers(re.findall(r"candidate ([0-9]+)", reply.message))
    async with visit.ui.begin() as tx:
        return await query.reached_by(tx.db, phone, values["email"].lower() or None, named)


async def edit(visit: Visit) -> Response:
    person = await _person(visit)
    if isinstance(person, Response):
        return person
    return await _form(visit, person, typed_of(person), status=200)


async def correct(visit: Visit) -> Response:
    """Saves what was typed; the notes have a form of their own that sends nothing else."""
    person = await _person(visit)
    if isinstance(person, Response):
        return person
    now = typed_of(person)
    values = now | {"notes": typed(visit.field("notes"))} if visit.field("only") == "notes" else None
    values = values or what_was_typed(visit)
    if visit.field("take") == "edit":
        return await _form(visit, person, values, status=200)
    if visit.field("take") == "chosen":
        values |= {name: now[name] for name in now if visit.field(f"pick.{name}") == "theirs"}
    fields = fields_of(values)
    if isinstance(fields, dict):
        return await _form(visit, person, values, errors=fields)
    return await _save(visit, person, values, fields)


async def _save(
    visit: Visit, person: dict[str, Any], values: dict[str, str], fields: CandidateFields
) -> Response:
    candidate_id = person["candidate_id"]
    command = CorrectCandidate(
        command_id=visit.command_id,
        actor=visit.actor,
        candidate_id=candidate_id,
        fields=fields,
        expected_revision=number(visit.field("revision")),
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Accepted):
        revision = number(str(reply.result.get("revision", ""))) or 0
        saved = "SELECT COALESCE(profile_revision, 0) >= $2 FROM candidates WHERE candidate_id = $1"
        await settled(visit, saved, candidate_id, revision)
        return visit.go(f"/candidates/{candidate_id}?done=saved")
    known = "SELECT COALESCE(profile_revision, 0) > $2 FROM candidates WHERE candidate_id = $1"
    if reply.code in STALE and await settled(visit, known, candidate_id, command.expected_revision or 0):
        return await _conflict(visit, values)
    return await _refused(visit, person, values, reply, command.command_id, [])


async def _conflict(visit: Visit, mine: dict[str, str]) -> Response:
    """Somebody else saved meanwhile: both versions field by field, and nothing typed is lost."""
    person = await _person(visit)
    if isinstance(person, Response):
        return person
    theirs = typed_of(person)
    async with visit.ui.begin() as tx:
        history = (await query.everything_of(tx.db, person)).history
    last = next((line for line in history if line["kind"] == "candidate.profile_revised"), None)
    labels = {name: words.LABELS[name] for name in words.TYPED}
    return await visit.page(
        "conflict.html",
        status=422,
        heading=person["full_name"] or "Name not given",
        back=("Candidates", "/candidates"),
        address=f"/candidates/{person['candidate_id']}/edit",
        who=last["actor_name"] if last else None,
        saved_at=last["at"] if last else None,
        found=differences(mine, theirs, visit.field("shown"), labels, words.said),
        typed={name: [value] for name, value in mine.items()},
        revision=person["profile_revision"] or 0,
        shown=fingerprint(theirs),
        command_id=new_id(),
    )


def typed_of(row: dict[str, Any]) -> dict[str, str]:
    """A person as the form shows them; a number that can't be used stands there as it was given."""
    return {name: row[name] or "" for name in words.TYPED} | {
        "phone": row["phone"] or row["phone_as_given"] or ""
    }


def what_was_typed(visit: Visit) -> dict[str, str]:
    return {name: typed(visit.field(name)) for name in words.TYPED}


def fields_of(values: dict[str, str]) -> CandidateFields | dict[str, str]:
    """The fields, or which of them is too long; what else is wrong says intake, who owns people."""
    if not any(values[name] for name in ("full_name", "phone", "email")):
        return {"full_name": "Write a name, and a phone number or an email address."}
    try:
        return CandidateFields.model_validate(values)
    except ValidationError as wrong:
        return {
            str(one["loc"][0]): f"At most {(one.get('ctx') or {}).get('max_length', 0):,} characters."
            for one in wrong.errors()
        }


async def _refused(
    visit: Visit,
    person: dict[str, Any] | None,
    values: dict[str, str],
    reply: Refused,
    command_id: UUID,
    known: list[dict[str, Any]],
) -> Response:
    """At the field it is about, where that is known; somebody known already is a choice, not a failure."""
    field = FIELD_OF.get(reply.code)
    return await _form(
        visit,
        person,
        values,
        errors={field: reply.message} if field else {},
        problem=None if field else trouble(reply),
        choice=reply.code == "known_already",
        known=known,
        command_id=command_id,
    )


async def _form(
    visit: Visit,
    person: dict[str, Any] | None,
    values: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    choice: bool = False,
    known: list[dict[str, Any]] | None = None,
    command_id: UUID | None = None,
    status: int = 422,
) -> Response:
    async with visit.ui.begin() as tx:
        positions = [] if person else await query.positions(tx.db)
    return await visit.page(
        "candidate_form.html",
        status=status,
        person=person,
        values=values,
        errors=errors or {},
        problem=problem,
        choice=choice,
        known=known or [],
        positions=[one for one in positions if one["status"] != "closed"],
        position=number(visit.field("position") or visit.query.get("position")),
        command_id=command_id or new_id(),
        revision=visit.field("revision") or (person["profile_revision"] or 0 if person else ""),
        shown=visit.field("shown") or (fingerprint(typed_of(person)) if person else ""),
        words=words,
        languages=LANGUAGES,
        zones=ZONES,
    )


async def _person(visit: Visit) -> dict[str, Any] | Response:
    """The person, or the page that stands in their place."""
    async with visit.ui.begin() as tx:
        found = await query.find(tx.db, visit.request.path_params["candidate_id"])
    if found is None:
        text = "There is no such candidate."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    if found["merged_into"] is not None:
        return RedirectResponse(f"/candidates/{found['merged_into']}?was={found['candidate_id']}", 303)
    return found
