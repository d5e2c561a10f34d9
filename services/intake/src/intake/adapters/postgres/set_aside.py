"""How the state that a decision set aside is kept: as JSON, by the names of its fields.

Ids and the assignee are those of the application itself. A field that a later version adds is at its default
in what an earlier one wrote.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from intake.domain.applications import Application
from intake.domain.status_machine import ClosedBecause, Status

_OF_THE_APPLICATION = {
    "application_id",
    "candidate_id",
    "position_id",
    "timer_id",
    "set_aside",
    "assignee",
}
_KEPT = [field.name for field in fields(Application) if field.name not in _OF_THE_APPLICATION]
_FROM_TEXT = {
    "status": Status,
    "callback_at": datetime.fromisoformat,
    "cv_received_at": datetime.fromisoformat,
    "calls": lambda calls: tuple(UUID(call) for call in calls),
    "closed_because": ClosedBecause,
    "evaluation_id": UUID,
    "unknown_call": UUID,
    "before_cv": Status,
}


def written(aside: Application) -> str:
    return to_json({name: getattr(aside, name) for name in _KEPT}).decode()


def read(stored: dict[str, Any], application: Application) -> Application:
    kept = {name: value for name, value in stored.items() if name in _KEPT}
    for name, convert in _FROM_TEXT.items():
        if kept.get(name) is not None:
            kept[name] = convert(kept[name])
    blank = Application(application.application_id, application.candidate_id, application.position_id)
    return replace(blank, assignee=application.assignee, **kept)
