"""Positions: what a recruiter fills, and when and how its candidates are called."""

from __future__ import annotations

import hashlib
import json

from pydantic import Field

from contracts.base import Actor, Command, Event, Value
from contracts.intake.states import Confirmation, PositionStatus


class Criterion(Value):
    """What answers are judged by. ``key`` stays the same when the wording is corrected."""

    key: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=500)
    weight: int = Field(default=10, ge=1, le=100)
    required: bool = False


class RetryRule(Value):
    """What follows when nobody was reached. None: as for the position (its interval, its attempts)."""

    again: bool = True
    after_minutes: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=1, le=10)
    """How many calls of one round may end this way before it is given up."""


class RetryRules(Value):
    no_answer: RetryRule = RetryRule()
    busy: RetryRule = RetryRule(after_minutes=15)
    voicemail: RetryRule = RetryRule(after_minutes=240, at_most=2)


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
    employer: str = Field(default="", max_length=200)
    """In whose name people are called; said at the start of each call."""
    criteria: list[Criterion] = Field(default_factory=list, max_length=50)
    """Empty: the screening questions are the criteria."""
    retry_rules: RetryRules = RetryRules()
    most_calls_per_day: int | None = Field(default=None, ge=1)

    @property
    def criteria_in_force(self) -> list[Criterion]:
        """What is judged by: the criteria, else one per screening question, all of the same weight."""
        if self.criteria:
            return list(self.criteria)
        asked = [line.strip(" \t-*\u2022") for line in self.campaign_questions.splitlines()]
        return [
            Criterion(key=f"question-{number}", text=text[:500])
            for number, text in enumerate(filter(None, asked), start=1)
        ][:50]

    @property
    def rubric(self) -> str:
        """Names the rules an evaluation goes by: eight letters that change when one of them does."""
        rules = [one.model_dump() for one in self.criteria_in_force]
        text = json.dumps([self.qualification_prompt or "", rules], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


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
