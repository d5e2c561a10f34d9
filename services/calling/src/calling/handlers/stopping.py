"""The stop switches: for one position, or for everything. Calls that wait are kept."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.calling import DiallingResumed, DiallingStopped, ResumeDialling, StopDialling

from calling.domain.reasons import Reason
from calling.handlers.calling_off import call_off
from calling.handlers.freeing import look_at_queue
from calling.ports import Queue, Switchboard

handlers = Handlers("calling")

_NO_POSITION = Refused(
    code="position_not_found",
    message="The dialler does not know this position. If it was opened just now, try again in a moment.",
)
_NOT_A_PERSON = Refused(
    code="not_a_person", message="Only a person resumes dialling: sign in, and resume it yourself."
)


@handlers.answers(StopDialling)
async def stop_dialling(
    command: StopDialling, tx: Tx, queue: Queue, board: Switchboard
) -> Accepted | Refused:
    """Once this is accepted nothing is handed to the provider any more, and what it has is called off."""
    position_id = command.position_id
    if position_id is not None and await queue.position(tx, position_id) is None:
        return _NO_POSITION
    await board.stops.shut(tx, position_id)
    reason = command.reason.strip()
    if await board.stops.stop(tx, position_id, "by_hand", reason, command.actor):
        tx.publish(
            DiallingStopped(position_id=position_id, code="by_hand", reason=reason, actor=command.actor)
        )
        batches = await board.recalls.out(tx, None if position_id is None else [position_id])
        because = f"Dialling was stopped: {reason}" if reason else "Dialling was stopped."
        call_off(tx, batches, Reason.STOPPED, because)
    found = await board.stops.outstanding(tx, position_id)
    return Accepted(result={"queued": found.queued, "called_off": found.called_off, "ringing": found.ringing})


@handlers.answers(ResumeDialling)
async def resume_dialling(
    command: ResumeDialling, tx: Tx, queue: Queue, board: Switchboard
) -> Accepted | Refused:
    """The calls that wait for it are looked at again; where another stop stands, they go on waiting."""
    position_id = command.position_id
    if command.actor.kind != "recruiter":
        return _NOT_A_PERSON
    if position_id is not None and await queue.position(tx, position_id) is None:
        return _NO_POSITION
    released = await board.stops.resume(tx, position_id, command.actor)
    if released is not None:
        tx.publish(DiallingResumed(position_id=position_id, actor=command.actor))
        for waiting in released:
            look_at_queue(tx, waiting)
    found = await board.stops.outstanding(tx, position_id)
    return Accepted(result={"queued": found.queued})
