"""Positions: what a recruiter fills, and when and how its candidates are called."""

from __future__ import annotations

from pydantic import Field

from contracts.base import Actor, Command, Event, Value
from contracts.intake.states import Confirmation, PositionStatus


class PositionDetails(Value):
    """A position as a recruiter wrote it (recruitflow.md 4.1).

    Hours are on the 24-hour clock where the candidate is; ``time_zone`` counts where that is not known.
    ``lead_form_ids`` are the Meta forms whose live leads belong here; a form belongs to one position.
    """

    title: str = Field(min_length=1, max_length=200)
    description: str = ""
    status: PositionStatus = PositionStatus.OPEN
    campaign_questions: str = ""
    system_prompt: str | None = None
    first_message: str | None = None
    qualification_prompt: str | None = None
    call_retry_max: int = Field(default=2, ge=1, le=10)
    call_retry_interval_minutes: int = Field(default=60, ge=1)
    calling_hour_start: int = Field(default=10, ge=0, le=23)
    calling_hour_end: int = Field(default=18, ge=1, le=24)
    calling_days: list[int] = Field(default_factory=lambda: list(range(7)))
    """Days on which calls are placed, Monday is 0."""
    follow_up_interval_hours: int = Field(default=48, ge=1)
    rejected_cv_timeout_days: int = Field(default=7, ge=1)
    time_zone: str = "Europe/Bucharest"
    language: str = "ro"
    record_calls: bool = True
    confirmation: Confirmation = Confirmation.NOTHING
    lead_form_ids: list[str] = Field(default_factory=list)


class PositionOpened(Event, name="intake.position.opened"):
    position_id: int
    details: PositionDetails
    actor: Actor


class PositionRevised(Event, name="intake.position.revised"):
    """The position now reads like ``details``; ``revision`` grows by one each time."""

    position_id: int
    revision: int
    details: PositionDetails
    actor: Actor
    before: PositionDetails | None = None
    reason: str | None = None


class OpenPosition(Command, name="intake.open_position"):
    """Answers ``{"position_id": int}``."""

    details: PositionDetails


class RevisePosition(Command, name="intake.revise_position"):
    """Answers ``{"revision": int}``; refused when ``expected_revision`` is no longer the current one."""

    position_id: int
    details: PositionDetails
    expected_revision: int | None = None


class SetPositionStatus(Command, name="intake.set_position_status"):
    """Open, pause or close a position, nothing else of it.

    Answers ``{"revision": int, "open_applications": int}``: how many wait for a decision when it is closed.
    """

    position_id: int
    status: PositionStatus
    reason: str | None = Field(default=None, max_length=500)
