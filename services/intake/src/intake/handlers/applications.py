"""What recruiters ask of many applications at once, and what they write beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import (
    AddNote,
    ApplicationAssigned,
    AssignApplications,
    CloseApplications,
    NoteAdded,
    QueueCalls,
)

from intake.domain.applications import Application, Assignee, Happening
from intake.domain.decisions import NUL, TEXT_DAMAGED, why_not
from intake.domain.positions import Refusal
from intake.domain.status_machine import Fact
from intake.handlers.decisions import NOT_FOUND, why_not_queued
from intake.handlers.moves import moves_of, record
from intake.ports import Applications, Move, Note, Positions

handlers = Handlers("intake")

_NO_SUCH = Refusal(NOT_FOUND.code, NOT_FOUND.message)


@handlers.answers(QueueCalls)
async def queue_calls(
    command: QueueCalls, tx: Tx, applications: Applications, positions: Positions
) -> Accepted:
    """Queue those that can be called; the answer names every other one with the reason."""
    wanted = list(dict.fromkeys(command.application_ids))
    found = {
        entry.application.application_id: entry for entry in await applications.lock_for_calling(tx, wanted)
    }
    asked = Happening(Fact.CALL_REQUESTED, "a recruiter asked for a call")
    moves: list[Move] = []
    refused: list[dict[str, Any]] = []
    for application_id in wanted:
        entry = found.get(application_id)
        why = why_not_queued(entry) if entry else _NO_SUCH
        if entry is None or why is not None:
            refused.append(_said(application_id, why or _NO_SUCH))
        else:
            moves += moves_of(entry.application, asked, command.actor)
    await record(tx, moves, applications, positions)
    queued = [move.then.application_id for move in moves]
    return Accepted(result={"queued": queued, "refused": refused})


def _said(application_id: int, refusal: Refusal) -> dict[str, Any]:
    return {"application_id": application_id, "code": refusal.code, "message": refusal.message}


@handlers.answers(CloseApplications)
async def close_applications(
    command: CloseApplications, tx: Tx, applications: Applications, positions: Positions
) -> Accepted:
    """Close those that are open; each can be taken back by itself."""
    wish = Happening(Fact.CLOSED_BY_RECRUITER, command.reason)
    moves: list[Move] = []
    refused: list[dict[str, Any]] = []
    for application_id, found in await _each(tx, applications, command.application_ids):
        why = why_not(found, wish, tx.now) if found else _NO_SUCH
        if found is None or why is not None:
            refused.append(_said(application_id, why or _NO_SUCH))
        else:
            moves += moves_of(found, wish, command.actor)
    await record(tx, moves, applications, positions)
    return Accepted(result={"closed": [move.then.application_id for move in moves], "refused": refused})


async def _each(
    tx: Tx, applications: Applications, application_ids: Sequence[int]
) -> list[tuple[int, Application | None]]:
    wanted = list(dict.fromkeys(application_ids))
    found = {one.application_id: one for one in await applications.lock_many(tx, wanted)}
    return [(application_id, found.get(application_id)) for application_id in wanted]


@handlers.answers(AssignApplications)
async def assign_applications(
    command: AssignApplications, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    """Who looks after it already, keeps it without a word."""
    wanted = command.assignee
    if wanted is not None and (wanted.kind != "recruiter" or not wanted.id):
        return Refused(code="not_a_recruiter", message="Choose a recruiter to look after them.")
    assignee = Assignee(wanted.id, wanted.name) if wanted and wanted.id else None
    moves: list[Move] = []
    refused: list[dict[str, Any]] = []
    assigned: list[int] = []
    for application_id, found in await _each(tx, applications, command.application_ids):
        if found is None:
            refused.append(_said(application_id, _NO_SUCH))
            continue
        assigned.append(application_id)
        if found.assignee != assignee:
            moves.append(Move(found, replace(found, assignee=assignee), command.actor, "assigned", None))
            tx.publish(_assigned(found, wanted, command.actor))
    await record(tx, moves, applications, positions)
    return Accepted(result={"assigned": assigned, "refused": refused})


def _assigned(application: Application, assignee: Actor | None, actor: Actor) -> ApplicationAssigned:
    return ApplicationAssigned(
        candidate_id=application.candidate_id,
        application_id=application.application_id,
        assignee=assignee,
        actor=actor,
    )


@handlers.answers(AddNote)
async def add_note(command: AddNote, tx: Tx, applications: Applications) -> Accepted | Refused:
    application = await applications.lock(tx, command.application_id)
    if application is None:
        return NOT_FOUND
    text = command.text.strip()
    if not text:
        return Refused(code="empty_note", message="Write something first.")
    if NUL in text:
        return Refused(code=TEXT_DAMAGED.code, message=TEXT_DAMAGED.message)
    note = Note(tx.new_id(), application.application_id, text, command.actor, tx.now)
    await applications.add_note(tx, note)
    tx.publish(
        NoteAdded(
            candidate_id=application.candidate_id,
            application_id=application.application_id,
            note_id=note.note_id,
            text=text,
            actor=command.actor,
        )
    )
    return Accepted(result={"note_id": str(note.note_id)})
