"""An application and what a happening makes of it: status and side fields change together or not at all.

Side fields agree with the status (recruitflow.md 13.1): ``callback_at`` stands only while a callback is
scheduled, ``needs_human_reason`` only while a person is needed, ``score`` and ``qualified`` from the first
verdict on, ``cv_received_at`` from the CV on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from intake.domain.status_machine import BEFORE_THE_VERDICT, TRANSITIONS, WAITS, Fact, Status


@dataclass(frozen=True, slots=True)
class Application:
    """``sequence`` counts its transitions; ``calls`` are the calls that were heard of, the latest last."""

    application_id: int
    candidate_id: int
    position_id: int
    status: Status = Status.PENDING_CALL
    sequence: int = 0
    score: int | None = None
    qualified: bool | None = None
    score_notes: str | None = None
    callback_at: datetime | None = None
    needs_human_reason: str | None = None
    cv_received_at: datetime | None = None
    timer_id: UUID | None = None
    """The timer that runs in this status; an older one that was already on its way counts no more."""
    calls: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact with what it brings along; fields that do not belong to the fact stay None."""

    fact: Fact
    reason: str
    call_id: UUID | None = None
    timer_id: UUID | None = None
    score: int | None = None
    score_notes: str | None = None
    callback_at: datetime | None = None
    needs_human_reason: str | None = None
    cv_received_at: datetime | None = None


_OF_A_CALL = {
    Fact.CALL_TO_BE_RETRIED,
    Fact.CALL_GIVEN_UP,
    Fact.CALL_OUTCOME_UNKNOWN,
    Fact.CALL_COMPLETED,
}
_OF_AN_EVALUATION = {
    Fact.EVALUATION_REQUESTED,
    Fact.FOUND_QUALIFIED,
    Fact.FOUND_NOT_QUALIFIED,
    Fact.CALLBACK_AGREED,
    Fact.HUMAN_NEEDED,
}
_OF_A_TIMER = {Fact.CALLBACK_DUE, Fact.REJECTED_CV_WAIT_OVER, Fact.OVERDUE_CV_WAIT_OVER}


def after(application: Application, happening: Happening) -> Application:
    """The application as it is then: the same object where the happening changes nothing.

    A status change raises ``sequence`` by one. Two things are remembered without a status change: a call
    heard of too late to move anything, so that its even later news is known to be old, and a CV that came
    before the verdict (``cv_already_here`` makes it count then).
    """
    if is_stale(application, happening):
        return application
    following = TRANSITIONS.get((application.status, happening.fact))
    calls = _calls_heard_of(application, happening)
    if following is None:
        cv = _early_cv(application, happening)
        if calls == application.calls and cv == application.cv_received_at:
            return application
        return replace(application, calls=calls, cv_received_at=cv)
    verdict = happening.fact in {Fact.FOUND_QUALIFIED, Fact.FOUND_NOT_QUALIFIED}
    notes = happening.score_notes
    return replace(
        application,
        status=following,
        sequence=application.sequence + 1,
        score=happening.score if verdict else application.score,
        qualified=happening.fact is Fact.FOUND_QUALIFIED if verdict else application.qualified,
        score_notes=application.score_notes if notes is None else notes,
        callback_at=happening.callback_at if following is Status.CALLBACK_SCHEDULED else None,
        needs_human_reason=happening.needs_human_reason if following is Status.NEEDS_HUMAN else None,
        cv_received_at=application.cv_received_at or happening.cv_received_at,
        timer_id=None,
        calls=calls,
    )


def cv_already_here(application: Application) -> Happening | None:
    """What follows a verdict at once when the CV came before it: nobody is asked for what is there."""
    judged = application.status in (Status.QUALIFIED, Status.NOT_QUALIFIED)
    if application.cv_received_at is None or not judged:
        return None
    return Happening(Fact.CV_MATCHED, "the CV was here before the verdict")


def _early_cv(application: Application, happening: Happening) -> datetime | None:
    if happening.fact is Fact.CV_MATCHED and application.status in BEFORE_THE_VERDICT:
        return application.cv_received_at or happening.cv_received_at
    return application.cv_received_at


def is_stale(application: Application, happening: Happening) -> bool:
    """Whether the happening is about a call, an evaluation or a timer that is not the current one."""
    if happening.fact in _OF_A_TIMER:
        return happening.timer_id != application.timer_id
    if happening.call_id is None:
        return False
    if happening.fact is Fact.CALL_PLACED:
        return happening.call_id in application.calls
    current = application.calls[-1] if application.calls else None
    if happening.fact in _OF_AN_EVALUATION:
        return current is not None and happening.call_id != current
    if happening.fact in _OF_A_CALL:
        if application.status is Status.CALL_QUEUED:
            return happening.call_id in application.calls
        return happening.call_id != current
    return False


def _calls_heard_of(application: Application, happening: Happening) -> tuple[UUID, ...]:
    heard = happening.call_id
    if heard is None or heard in application.calls or application.status is not Status.CALL_QUEUED:
        return application.calls
    return (*application.calls, heard)


def has_moved(before: Application, then: Application) -> bool:
    return then.sequence != before.sequence


def wait_of(application: Application) -> str | None:
    """The key of the timer that runs in this status, e.g. ``callback:17``."""
    wait = WAITS.get(application.status)
    return f"{wait.value}:{application.application_id}" if wait else None
