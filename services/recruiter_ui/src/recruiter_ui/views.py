"""From rows of the read model to what a template shows: words, badges, their time, the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from recruiter_ui.domain.moments import LocalTime, local_time
from recruiter_ui.domain.next_step import Situation, next_step
from recruiter_ui.domain.statuses import STAGE_BY_RANK, Stage, Status, shown_as
from recruiter_ui.domain.verdicts import Person
from recruiter_ui.queries.fetching import Record

DEFAULTS: Record = {
    "calling_hour_start": 10,
    "calling_hour_end": 18,
    "calling_days": [0, 1, 2, 3, 4, 5, 6],
    "call_retry_max": 2,
    "follow_up_interval_hours": 48,
    "rejected_cv_timeout_days": 7,
}
"""Of the specification (recruitflow.md 4.1), for a position that is not known yet."""


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application as a row of the list, and as the head of its page."""

    application_id: int
    candidate_id: int
    position_id: int | None
    name: str
    language: str
    phone: str | None
    email: str | None
    position: str
    status: str
    badge: Status
    stage: Stage
    score: int | None
    qualified: bool | None
    score_flag: str | None
    """``quote``: one was not found in the transcript; ``unknown`` criteria; ``rules`` changed since."""
    there: LocalTime | None
    next: str
    last_activity_at: datetime
    opened_at: datetime
    status_at: datetime
    sequence: int = 0
    to_confirm: bool = False
    assignee_id: str | None = None
    assignee: str | None = None
    mine: bool = False

    @property
    def is_live(self) -> bool:
        return self.status == "call_in_progress"


def application_view(
    row: Record, now: datetime, zone: ZoneInfo, reader: int | None = None
) -> ApplicationView:
    """``reader`` is the recruiter who looks at it."""
    mine = reader is not None and row["assignee_id"] == str(reader)
    details = DEFAULTS | (row["position_details"] or {})
    return ApplicationView(
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        position_id=row["position_id"],
        name=row["full_name"] or "Name not given",
        language=row["language"] or "und",
        phone=row["phone"],
        email=row["email"],
        position=row["position_title"] or "Position not known yet",
        status=row["status"],
        badge=shown_as(row["status"], to_confirm=row["to_confirm"]),
        stage=STAGE_BY_RANK[row["stage"]],
        score=_score(row),
        qualified=row["qualified"],
        score_flag=row["score_flag"],
        there=_there(row, details, now),
        next=next_step(_situation(row, details, mine=mine), now, zone),
        last_activity_at=row["last_activity_at"],
        opened_at=row["opened_at"],
        status_at=row["status_at"],
        sequence=row["sequence"] or 0,
        to_confirm=row["to_confirm"],
        assignee_id=row["assignee_id"],
        assignee=row["assignee_name"],
        mine=mine,
    )


def _score(row: Record) -> int | None:
    """A call that was not judged (a callback, a wish for a person) has no score; it is not nought."""
    return None if row["score"] == 0 and row["qualified"] is None else row["score"]


def _there(row: Record, details: Record, now: datetime) -> LocalTime | None:
    hours = details["calling_hour_start"], details["calling_hour_end"], details["calling_days"]
    return local_time(row["time_zone"], now, *hours)


def _situation(row: Record, details: Record, *, mine: bool) -> Situation:
    return Situation(
        status=row["status"],
        status_at=row["status_at"],
        status_reason=row["status_reason"],
        attempts=row["attempts"],
        attempts_allowed=details["call_retry_max"],
        dial_kind=row["dial_kind"],
        dial_until=row["dial_until"],
        dial_note=row["dial_note"],
        given_up_because=row["dial_given_up"],
        dial_code=row["dial_code"],
        dial_zone=row["dial_zone"] if row["dial_zone"] != details.get("time_zone") else None,
        stop=row["stop"],
        callback_planned_at=row["callback_planned_at"],
        callback_asked_for=row["callback_asked_for"],
        callback_moved_because=row["callback_moved_because"],
        callback_at=row["callback_at"],
        needs_human_reason=row["needs_human_reason"],
        cv_asked_at=row["cv_asked_at"],
        follow_up_hours=details["follow_up_interval_hours"],
        rejected_cv_days=details["rejected_cv_timeout_days"],
        to_review=row["to_review"],
        request_taken_back=row["request_taken_back"],
        to_confirm=row["to_confirm"],
        needs_review=row["needs_review"],
        by_hand=row["by_hand"],
        previous=row["previous_status"],
        actor=row["status_actor"],
        assignee="you" if mine else row["assignee_name"],
        closed_because=row["closed_because"],
        can_be_phoned=row["phone"] is not None,
        no_calls=row["no_calls"],
        has_words=has_words(row["position_details"]),
    )


def has_words(details: Record | None) -> bool:
    """Whether a position says how the assistant behaves and what it says first; nobody is called without.

    A position that is not known yet is not blamed.
    """
    return details is None or bool(details.get("system_prompt") and details.get("first_message"))


def person(row: Record) -> Person:
    """The same row for the preview of calls."""
    details = row["position_details"] or {}
    return Person(
        application_id=row["application_id"],
        name=row["full_name"] or "Name not given",
        language=row["language"] or "und",
        status=row["status"],
        zone_name=row["time_zone"],
        position_zone=details.get("time_zone"),
        position_status=row["position_status"] or "open",
        to_confirm=row["to_confirm"],
    )
