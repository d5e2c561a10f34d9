"""What recruiters ask of applications."""

from __future__ import annotations

from typing import Any

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import CloseApplication, QueueCalls

from intake.domain.applications import Happening
from intake.domain.positions import Refusal, why_not_call
from intake.domain.status_machine import Fact, Status
from intake.handlers.moves import moves_of, record
from intake.ports import Applications, Move, Positions

handlers = Handlers("intake")


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
        if entry is None:
            refused.append(_said(application_id, Refusal("not_found", "There is no such application.")))
            continue
        status = entry.application.status
        why = why_not_call(status, entry.position_status, entry.phone, forbidden=entry.forbidden)
        if why is not None:
            refused.append(_said(application_id, why))
            continue
        moves += moves_of(entry.application, asked, command.actor)
    await record(tx, moves, applications, positions)
    queued = [move.then.application_id for move in moves]
    return Accepted(result={"queued": queued, "refused": refused})


def _said(application_id: int, refusal: Refusal) -> dict[str, Any]:
    return {"application_id": application_id, "code": refusal.code, "message": refusal.message}


@handlers.answers(CloseApplication)
async def close_application(
    command: CloseApplication, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    application = await applications.lock(tx, command.application_id)
    if application is None:
        return Refused(code="not_found", message="There is no such application.")
    if application.status is Status.CLOSED:
        return Refused(code="already_closed", message="This application is already closed.")
    closing = Happening(Fact.CLOSED_BY_RECRUITER, command.reason)
    await record(tx, moves_of(application, closing, command.actor), applications, positions)
    return Accepted()
