"""Stopping the dialler and letting it go on: for everything, or for one position.

Calling does both at once; what the pages show of it comes back as a fact.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.calling import ResumeDialling, StopDialling
from starlette.responses import Response

from recruiter_ui.domain.reading import Malformed, number, typed
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import positions as query
from recruiter_ui.queries.dialling import EVERYTHING
from recruiter_ui.web import Visit, local_path

_IS_STOPPED = "SELECT COALESCE((SELECT stopped FROM dialling_stops WHERE scope = $1), false) = $2"


async def ask(visit: Visit) -> Response:
    """Asked once: stopping is quickly done, and everybody's calls with it."""
    back = local_path(visit.query.get("back"))
    return await _sheet(visit, "stop", _position(visit.query.get("position", "")), back, new_id())


async def stop(visit: Visit) -> Response:
    position_id = _position(visit.field("position"))
    command = StopDialling(
        command_id=visit.command_id,
        actor=visit.actor,
        position_id=position_id,
        reason=typed(visit.field("reason"))[:500],
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _refused(visit, "stop", position_id, reply, command)
    await settled(visit, _IS_STOPPED, position_id or EVERYTHING, True)
    return _done(visit, _stopped_words(reply))


async def resume(visit: Visit) -> Response:
    position_id = _position(visit.field("position"))
    command = ResumeDialling(command_id=visit.command_id, actor=visit.actor, position_id=position_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _refused(visit, "resume", position_id, reply, command)
    await settled(visit, _IS_STOPPED, position_id or EVERYTHING, False)
    queued = _count(reply, "queued")
    return _done(visit, f"Calls go on: {queued:,} queued." if queued else "Calls go on.")


def _position(given: str) -> int | None:
    """None is everything, and only where nothing else was said; raises ``Malformed``."""
    found = number(given)
    if given and found is None:
        raise Malformed("this is no position")
    return found


def _stopped_words(reply: Accepted) -> str:
    queued, ringing = _count(reply, "queued"), _count(reply, "ringing")
    waits = "call waits" if queued == 1 else "calls wait"
    words = f"Stopped: {queued:,} queued {waits}." if queued else "Stopped."
    if ringing:
        words += f" {ringing:,} that may ring already can't be taken back."
    return words


def _count(reply: Accepted, name: str) -> int:
    value = reply.result.get(name)
    return value if isinstance(value, int) else 0


def _done(visit: Visit, words: str) -> Response:
    """The open page changes by itself; without script the browser goes back to where it was."""
    if visit.is_partial:
        return visit.part("parts/said.html", said=words)
    return visit.go(local_path(visit.field("back")))


async def _refused(
    visit: Visit, verb: str, position_id: int | None, reply: Refused, command: StopDialling | ResumeDialling
) -> Response:
    back = local_path(visit.field("back"))
    return await _sheet(visit, verb, position_id, back, command.command_id, problem=trouble(reply, command))


async def _sheet(
    visit: Visit,
    verb: str,
    position_id: int | None,
    back: str,
    command_id: UUID,
    problem: str | None = None,
) -> Response:
    async with visit.ui.begin() as tx:
        position = await query.find(tx.db, position_id) if position_id is not None else None
        queued = await query.queued_in(tx.db, position_id)
    if position_id is not None and position is None:
        text = "There is no such position."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    context: dict[str, Any] = {
        "verb": verb,
        "position": position,
        "queued": queued,
        "back": back,
        "command_id": command_id,
        "problem": problem,
        "reason": typed(visit.field("reason")),
    }
    status = 422 if problem else 200
    if visit.is_partial:
        return visit.part("parts/stop_sheet.html", status=status, **context)
    return await visit.page("stop.html", status=status, **context)
