"""What recruiters do with one application: every form becomes one command of intake.

A form that can't be carried out comes back with the reason beside it and everything that was typed. It keeps
its command id, so that trying again after a silence does nothing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from contracts import Actor, Command, Refused
from contracts.calling import SettleUnknownCall
from contracts.intake import (
    AddNote,
    AdoptEvaluation,
    ApplicationStatus,
    AssignApplications,
    CloseApplication,
    ConfirmOutcome,
    OverrideStatus,
    ReopenApplication,
    ResolveNeedsHuman,
    ReverseOutcome,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)
from contracts.scoring import Reevaluate
from starlette.responses import Response

from recruiter_ui.domain.choices import RESOLUTIONS, REVERSALS, SETTABLE, Unclear, moment_there
from recruiter_ui.domain.reading import Malformed, identity, number
from recruiter_ui.pages import detail
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.writing_here import template_by_hand
from recruiter_ui.queries.detail import recruiters
from recruiter_ui.web import Visit, local_path

LONGEST_REASON = 500
LONGEST_NOTE = 10_000
"""Characters, as the contracts have it."""

Make = Callable[[Visit, int, UUID], Awaitable[Command]]


async def act(visit: Visit) -> Response:
    """Carry out the form named in the address; the recruiter comes back to the application."""
    application_id, name = visit.request.path_params["application_id"], visit.request.path_params["action"]
    make = ACTIONS.get(name)
    if make is None:
        return Response("There is no such action.", 404)
    command_id = visit.command_id
    try:
        command = await make(visit, application_id, command_id)
    except Unclear as unclear:
        return await _again(visit, application_id, name, str(unclear), command_id)
    reply = await visit.ui.commands.send(command)
    problem = trouble(reply, command) if isinstance(reply, Refused) else refused_one(reply.result)
    if problem:
        return await _again(visit, application_id, name, problem, command_id)
    following = await detail.next_in_walk(visit) if name in detail.MOVE_ON else None
    if following:
        return visit.go(following)
    if visit.field("back"):
        return visit.go(local_path(visit.field("back")))
    walked = {key: visit.field(key) for key in ("list", "place") if visit.field(key)}
    query = f"?{urlencode(walked)}" if walked else ""
    return detail.done(visit, visit.go(f"/applications/{application_id}{query}"), name)


async def _again(visit: Visit, application_id: int, name: str, problem: str, command_id: UUID) -> Response:
    typed = {key: value for key, value in visit.form.items() if isinstance(value, str)}
    return await detail.page(visit, application_id, detail.Asked(name, problem, command_id, typed))


def refused_one(result: dict[str, list[dict[str, str]]]) -> str | None:
    """Of a command for many that was about one."""
    refused = result.get("refused")
    return refused[0]["message"] if refused else None


def reason_of(visit: Visit) -> str:
    """Raises ``Unclear``."""
    reason = visit.field("reason")
    if not reason:
        raise Unclear("Say in a few words why.")
    if len(reason) > LONGEST_REASON:
        raise Unclear(f"The reason is too long: {LONGEST_REASON} characters at most.")
    return reason


def _expected(visit: Visit) -> int:
    sequence = number(visit.field("sequence"))
    if sequence is None:
        raise Malformed("the form lost its sequence")
    return sequence


def _moment(visit: Visit) -> datetime:
    """On the candidate's clock, whose zone stood beside the field; raises ``Unclear``."""
    return moment_there(visit.field("at"), visit.field("zone"), visit.now)


async def _note(visit: Visit, application_id: int, command_id: UUID) -> Command:
    text = visit.field("text")
    if not text:
        raise Unclear("Write the note first.")
    if len(text) > LONGEST_NOTE:
        raise Unclear(f"The note is too long: {LONGEST_NOTE:,} characters at most.")
    return AddNote(command_id=command_id, actor=visit.actor, application_id=application_id, text=text)


async def assignee_of(visit: Visit) -> Actor | None:
    """Whom the form names; raises ``Unclear``."""
    given = visit.field("assignee")
    if given == "nobody":
        return None
    async with visit.ui.begin() as tx:
        names = {str(row["recruiter_id"]): row["name"] for row in await recruiters(tx.db)}
    if given not in names:
        raise Unclear("Choose who looks after it.")
    return Actor(kind="recruiter", id=given, name=names[given])


async def _assign(visit: Visit, application_id: int, command_id: UUID) -> Command:
    assignee = await assignee_of(visit)
    return AssignApplications(
        command_id=command_id, actor=visit.actor, application_ids=[application_id], assignee=assignee
    )


async def _callback(visit: Visit, application_id: int, command_id: UUID) -> Command:
    at = _moment(visit)
    return ScheduleCallback(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        at=at,
        reason=reason_of(visit),
        expected_sequence=_expected(visit),
    )


async def _status(visit: Visit, application_id: int, command_id: UUID) -> Command:
    if visit.field("status") not in SETTABLE:
        raise Unclear("Choose the status.")
    return OverrideStatus(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        status=ApplicationStatus(visit.field("status")),
        reason=reason_of(visit),
        expected_sequence=_expected(visit),
    )


async def _close(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return CloseApplication(
        command_id=command_id, actor=visit.actor, application_id=application_id, reason=reason_of(visit)
    )


async def _withdraw(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return WithdrawApplication(
        command_id=command_id, actor=visit.actor, application_id=application_id, reason=reason_of(visit)
    )


async def _reopen(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return ReopenApplication(
        command_id=command_id, actor=visit.actor, application_id=application_id, reason=reason_of(visit)
    )


async def _resolve(visit: Visit, application_id: int, command_id: UUID) -> Command:
    resolution = visit.field("outcome")
    if resolution not in RESOLUTIONS:
        raise Unclear("Choose what it is.")
    called_back = resolution == "callback"
    return ResolveNeedsHuman.model_validate(
        {
            "command_id": command_id,
            "actor": visit.actor,
            "application_id": application_id,
            "resolution": resolution,
            "reason": reason_of(visit),
            "callback_at": _moment(visit) if called_back else None,
            "expected_sequence": _expected(visit),
        }
    )


async def _confirm(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return ConfirmOutcome(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        expected_sequence=_expected(visit),
    )


async def _reverse(visit: Visit, application_id: int, command_id: UUID) -> Command:
    outcome = visit.field("outcome")
    if outcome not in REVERSALS:
        raise Unclear("Choose what it is instead.")
    called_back = outcome == "callback"
    return ReverseOutcome.model_validate(
        {
            "command_id": command_id,
            "actor": visit.actor,
            "application_id": application_id,
            "expected_sequence": _expected(visit),
            "outcome": outcome,
            "reason": reason_of(visit),
            "callback_at": _moment(visit) if called_back else None,
        }
    )


async def _undo(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return UndoOverride(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        sequence=_expected(visit),
    )


async def _evaluate(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return Reevaluate(command_id=command_id, actor=visit.actor, application_ids=[application_id])


async def _adopt(visit: Visit, application_id: int, command_id: UUID) -> Command:
    return AdoptEvaluation(
        command_id=command_id,
        actor=visit.actor,
        application_id=application_id,
        evaluation_id=identity(visit.field("evaluation")),
        expected_sequence=_expected(visit),
    )


async def _settle(visit: Visit, application_id: int, command_id: UUID) -> Command:
    if visit.field("rang") not in ("yes", "no"):
        raise Unclear("Say whether it rang.")
    return SettleUnknownCall(
        command_id=command_id,
        actor=visit.actor,
        call_id=identity(visit.field("call")),
        rang=visit.field("rang") == "yes",
    )


ACTIONS: dict[str, Make] = {
    "note": _note,
    "assign": _assign,
    "callback": _callback,
    "status": _status,
    "close": _close,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "resolve": _resolve,
    "confirm": _confirm,
    "reverse": _reverse,
    "undo": _undo,
    "evaluate": _evaluate,
    "adopt": _adopt,
    "settle": _settle,
    "template": template_by_hand,
}
"""By the last part of the address, which is also the name of the form."""
