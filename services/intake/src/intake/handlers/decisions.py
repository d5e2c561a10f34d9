"""What recruiters decide about one application: by hand, for a reason, and not for ever."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import (
    CloseApplication,
    OverrideStatus,
    ReopenApplication,
    ResolveNeedsHuman,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)

from intake.domain.applications import Application, Happening
from intake.domain.decisions import spoken, where_reopened, why_not
from intake.domain.positions import Refusal, why_not_call
from intake.domain.status_machine import Fact, Status
from intake.handlers.moves import moves_of, record
from intake.ports import Applications, Callable, Positions

handlers = Handlers("intake")

NOT_FOUND = Refused(code="not_found", message="There is no such application.")
_TO_BE_CONFIRMED = Refusal(
    "to_be_confirmed", "The outcome of the last call waits to be confirmed: confirm or reverse it first."
)
_RESOLUTIONS = {
    "qualified": Status.QUALIFIED,
    "not_qualified": Status.NOT_QUALIFIED,
    "call_again": Status.CALL_QUEUED,
    "callback": Status.CALLBACK_SCHEDULED,
    "close": Status.CLOSED,
}


async def as_expected(
    tx: Tx, applications: Applications, application_id: int, expected_sequence: int | None
) -> Application | Refused:
    """The application, locked; or why it is not the one that the recruiter was looking at."""
    application = await applications.lock(tx, application_id)
    if application is None:
        return NOT_FOUND
    if expected_sequence in (None, application.sequence):
        return application
    return Refused(
        code="moved_meanwhile",
        message=f"{await _what_happened(tx, applications, application)} Look at it again, then decide.",
    )


async def _what_happened(tx: Tx, applications: Applications, application: Application) -> str:
    last = await applications.last_change(tx, application.application_id)
    if last is None:
        return f"The status is {spoken(application.status)} by now."
    who = f"{last.actor_name} set it" if last.actor_name else "it went on"
    return f"Meanwhile {who} to {spoken(last.current)}: {last.reason.rstrip('.')}."


def why_not_queued(entry: Callable) -> Refusal | None:
    application = entry.application
    why = why_not_call(
        application.status,
        entry.position_status,
        entry.phone,
        forbidden=entry.forbidden,
        prompted=entry.prompted,
    )
    return _TO_BE_CONFIRMED if why is None and application.proposed else why


async def decide(
    tx: Tx,
    application: Application,
    wish: Happening,
    actor: Actor,
    applications: Applications,
    positions: Positions,
) -> Accepted | Refused:
    """Do it, or say why not. The answer's ``sequence`` is the one to take it back by."""
    refusal = why_not(application, wish, tx.now)
    if refusal is not None:
        return Refused(code=refusal.code, message=refusal.message)
    moves = moves_of(application, wish, actor)
    await record(tx, moves, applications, positions)
    then = moves[-1].then
    return Accepted(result={"sequence": then.sequence, "status": then.status.value})


@handlers.answers(OverrideStatus)
async def override_status(
    command: OverrideStatus, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    wish = Happening(
        Fact.OVERRIDDEN,
        command.reason,
        status=Status(command.status),
        needs_human_reason=command.reason,
        cv_received_at=tx.now,
    )
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(UndoOverride)
async def undo_override(
    command: UndoOverride, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    """Nothing may have happened since; what the pipeline said meanwhile is in the state that comes back."""
    found = await applications.lock(tx, command.application_id)
    if found is None:
        return NOT_FOUND
    if found.sequence != command.sequence:
        since = await _what_happened(tx, applications, found)
        return Refused(
            code="moved_meanwhile",
            message=f"It can't be taken back any more. {since} Set the status you want.",
        )
    wish = Happening(Fact.UNDONE, "taken back")
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(ScheduleCallback)
async def schedule_callback(
    command: ScheduleCallback, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    wish = Happening(Fact.CALLBACK_ARRANGED, command.reason, callback_at=command.at)
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(ResolveNeedsHuman)
async def resolve_needs_human(
    command: ResolveNeedsHuman, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    wish = Happening(
        Fact.RESOLVED,
        command.reason,
        status=_RESOLUTIONS[command.resolution],
        callback_at=command.callback_at,
    )
    if command.resolution == "call_again" and found.status is Status.NEEDS_HUMAN:
        (entry,) = await applications.lock_for_calling(tx, [command.application_id])
        if refusal := why_not_queued(entry):
            return Refused(code=refusal.code, message=refusal.message)
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(CloseApplication)
async def close_application(
    command: CloseApplication, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, None)
    if isinstance(found, Refused):
        return found
    wish = Happening(Fact.CLOSED_BY_RECRUITER, command.reason)
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(WithdrawApplication)
async def withdraw_application(
    command: WithdrawApplication, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, None)
    if isinstance(found, Refused):
        return found
    wish = Happening(Fact.WITHDRAWN, command.reason)
    return await decide(tx, found, wish, command.actor, applications, positions)


@handlers.answers(ReopenApplication)
async def reopen_application(
    command: ReopenApplication, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, None)
    if isinstance(found, Refused):
        return found
    wish = Happening(
        Fact.REOPENED,
        command.reason,
        status=where_reopened(found),
        needs_human_reason=f"Reopened: {command.reason}",
    )
    return await decide(tx, found, wish, command.actor, applications, positions)
