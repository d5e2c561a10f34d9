"""Positions: what is asked on the phone, how answers are judged, and when people may be called."""

from __future__ import annotations

from typing import Any

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import OpenPosition, PositionDetails, PositionStatus, RevisePosition
from pydantic import ValidationError
from starlette.responses import Response

from recruiter_ui.domain.moments import zone
from recruiter_ui.domain.reading import number
from recruiter_ui.domain.statuses import OPEN_STAGES
from recruiter_ui.pages.detail import trouble
from recruiter_ui.queries import inboxes, overview
from recruiter_ui.web import Visit

NUMBERS = (
    "call_retry_max",
    "call_retry_interval_minutes",
    "calling_hour_start",
    "calling_hour_end",
    "follow_up_interval_hours",
    "rejected_cv_timeout_days",
)
PROMPTS = ("system_prompt", "first_message", "qualification_prompt")
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LANGUAGES = {"ro": "Romanian", "en": "English", "hu": "Hungarian", "de": "German"}
_WORDS = {
    "title": "Title",
    "call_retry_max": "Call attempts",
    "call_retry_interval_minutes": "Minutes between attempts",
    "calling_hour_start": "Calls from",
    "calling_hour_end": "Calls until",
    "follow_up_interval_hours": "Hours between CV reminders",
    "rejected_cv_timeout_days": "Days to wait, not a fit",
}


async def show(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        rows = await inboxes.positions(tx.db)
        stages = await overview.position_stages(tx.db)
    for row in rows:
        counts = stages.get(row["position_id"], {})
        row["open"] = sum(counts.get(stage.rank, 0) for stage in OPEN_STAGES)
        row["total"] = sum(counts.values())
    return await visit.page("positions.html", rows=rows)


async def new(visit: Visit) -> Response:
    return await _form(visit, None, PositionDetails(title="new").model_dump(mode="json") | {"title": ""})


async def edit(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        position = await inboxes.find_position(tx.db, visit.request.path_params["position_id"])
    if position is None:
        return await _missing(visit)
    return await _form(visit, position, position["details"], saved=visit.query.get("saved") == "yes")


async def open_position(visit: Visit) -> Response:
    values = _values(visit)
    details = _read(values)
    if isinstance(details, dict):
        return await _form(visit, None, values, errors=details, status=422)
    command_id = visit.command_id
    reply = await visit.ui.commands.send(
        OpenPosition(command_id=command_id, actor=visit.actor, details=details)
    )
    if isinstance(reply, Refused):
        return await _form(
            visit, None, values, problem=trouble(reply), command_id=str(command_id), status=422
        )
    return visit.go("/positions?opened=yes")


async def revise(visit: Visit) -> Response:
    position_id = visit.request.path_params["position_id"]
    async with visit.ui.begin() as tx:
        position = await inboxes.find_position(tx.db, position_id)
    if position is None:
        return await _missing(visit)
    values = _values(visit)
    details = _read(values)
    if isinstance(details, dict):
        return await _form(visit, position, values, errors=details, status=422)
    command = RevisePosition(
        command_id=visit.command_id,
        actor=visit.actor,
        position_id=position_id,
        details=details,
        expected_revision=number(visit.field("revision")),
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _form(
            visit, position, values, problem=trouble(reply), command_id=str(command.command_id), status=422
        )
    return visit.go(f"/positions/{position_id}?saved=yes")


def _values(visit: Visit) -> dict[str, Any]:
    """What was typed, so that nothing is lost when it has to be shown again."""
    texts = (
        "title",
        "description",
        "status",
        "campaign_questions",
        "time_zone",
        "language",
        *PROMPTS,
        *NUMBERS,
    )
    values: dict[str, Any] = {name: visit.field(name) for name in texts}
    values["calling_days"] = [
        int(str(day)) for day in visit.form.getlist("calling_days") if str(day) in tuple("0123456")
    ]
    return values


def _read(values: dict[str, Any]) -> PositionDetails | dict[str, str]:
    """The details, or what is wrong by field."""
    given = values | {name: values[name] or None for name in PROMPTS}
    errors: dict[str, str] = {}
    try:
        details = PositionDetails.model_validate(given)
    except ValidationError as wrong:
        for problem in wrong.errors():
            name = str(problem["loc"][0])
            errors[name] = f"{_WORDS.get(name, name)}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
        return errors
    if details.calling_hour_end <= details.calling_hour_start:
        errors["calling_hour_end"] = "Calls end after they begin."
    if not details.calling_days:
        errors["calling_days"] = "Choose at least one day."
    if zone(details.time_zone) is None:
        errors["time_zone"] = "Write the zone as Europe/Bucharest."
    return errors or details


async def _missing(visit: Visit) -> Response:
    return await visit.page("message.html", status=404, title="Not found", text="There is no such position.")


async def _form(
    visit: Visit,
    position: dict[str, Any] | None,
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    command_id: str | None = None,
    saved: bool = False,
    status: int = 200,
) -> Response:
    return await visit.page(
        "position.html",
        status=status,
        position=position,
        values=values,
        errors=errors or {},
        problem=problem,
        command_id=command_id or str(new_id()),
        revision=visit.field("revision") or (position["revision"] if position else ""),
        saved=saved,
        week=WEEK,
        languages=LANGUAGES,
        statuses=[status.value for status in PositionStatus],
    )
