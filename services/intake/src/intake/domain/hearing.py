"""What an application remembers of the calls and CVs it hears of, and which news is about what is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from intake.domain.status_machine import (
    CALL_UNDER_WAY,
    TRANSITIONS,
    Fact,
    Status,
)

if TYPE_CHECKING:
    from intake.domain.applications import Application, Happening

_END_A_CALL = {
    Fact.CALL_TO_BE_RETRIED,
    Fact.CALL_GIVEN_UP,
    Fact.CALL_OUTCOME_UNKNOWN,
    Fact.CALL_TAKEN_BACK,
    Fact.CALL_COMPLETED,
}
_OF_AN_EVALUATION = {
    Fact.EVALUATION_REQUESTED,
    Fact.FOUND_QUALIFIED,
    Fact.FOUND_NOT_QUALIFIED,
    Fact.CALLBACK_AGREED,
    Fact.HUMAN_NEEDED,
}
_RINGS = {Fact.CALL_PLACED, Fact.CALL_RANG_AFTER_ALL}
_SETTLES_AN_UNKNOWN_CALL = {Fact.CALL_DID_RING, Fact.CALL_DID_NOT_RING}
_OF_A_REQUEST = {
    Fact.CV_REQUESTED,
    Fact.CV_REQUESTED_FOR_LATER,
    Fact.FOLLOWED_UP_ONCE,
    Fact.FOLLOWED_UP_TWICE,
}
OF_A_TIMER = {Fact.CALLBACK_DUE, Fact.REJECTED_CV_WAIT_OVER, Fact.OVERDUE_CV_WAIT_OVER}


def is_stale(application: Application, happening: Happening) -> bool:
    """Whether the happening is about a call, a wish, an evaluation or a timer that is not the current one.

    An application that waits for a call stands at the transition by which it was queued.
    """
    if happening.fact in OF_A_TIMER:
        return happening.timer_id != application.timer_id
    if happening.queued_by is not None:
        return happening.queued_by < application.sequence
    if happening.fact in _SETTLES_AN_UNKNOWN_CALL:
        return happening.call_id != application.unknown_call
    if happening.call_id is None:
        return False
    if happening.fact is Fact.CALL_PLACED:
        return happening.call_id in application.calls
    current = application.calls[-1] if application.calls else None
    if happening.fact is Fact.CALL_RANG_AFTER_ALL:
        return application.on_the_phone and happening.call_id == current
    if happening.fact in _OF_AN_EVALUATION:
        return current is not None and happening.call_id != current
    if happening.fact in _END_A_CALL:
        if application.status is Status.CALL_QUEUED and happening.call_id in application.calls:
            # One that rings while a recruiter queues anew is the call that was asked for.
            return not (application.on_the_phone and happening.call_id == current)
        return application.status is not Status.CALL_QUEUED and happening.call_id != current
    return False


def having_heard(application: Application, happening: Happening) -> Application:
    """What is remembered of a happening, whether or not it moves anything."""
    if happening.fact in _SETTLES_AN_UNKNOWN_CALL:
        return application
    calls, on_the_phone, cv = application.calls, application.on_the_phone, application.cv_received_at
    heard = happening.call_id
    rang_after_all = happening.fact is Fact.CALL_RANG_AFTER_ALL
    if heard is not None and rang_after_all and application.status is Status.CALL_QUEUED:
        calls = (*(call for call in calls if call != heard), heard)
        on_the_phone = True
    elif heard is not None and heard not in calls and application.status not in CALL_UNDER_WAY:
        calls = (*calls, heard)
        on_the_phone = happening.fact in _RINGS
    elif happening.fact in _END_A_CALL and calls and heard == calls[-1]:
        on_the_phone = False
    if happening.fact is Fact.CV_MATCHED:
        cv = cv or happening.cv_received_at
    before_cv = application.before_cv
    if before_cv is not None and happening.fact in _OF_A_REQUEST:
        # A reminder that left before the CV came, and was heard of after it.
        before_cv = TRANSITIONS.get((before_cv, happening.fact), before_cv)
    heard_of = replace(
        application, calls=calls, on_the_phone=on_the_phone, cv_received_at=cv, before_cv=before_cv
    )
    return application if heard_of == application else heard_of


def without_its_cv(application: Application) -> Application:
    """The application when it turns out that the only CV it had was not theirs.

    Where that CV had moved it, and nothing since, it goes back to where it would be without. Whatever has
    moved it on stays: what a recruiter decided, and that it is closed; it only has no CV any more. That a CV
    is here stays also where a recruiter said so by hand.
    """
    if application.before_cv is not None:
        return replace(
            application,
            status=application.before_cv,
            sequence=application.sequence + 1,
            cv_received_at=None,
            timer_id=None,
            confirmed=False,
            set_aside=None,
            before_cv=None,
        )
    by_hand = application.status in (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED)
    if by_hand or application.cv_received_at is None:
        return application
    return replace(application, cv_received_at=None)


def call_that_rings(application: Application) -> UUID | None:
    """The call that was asked for and rings already, as far as its end has not been heard of."""
    asked_for = application.status is Status.CALL_QUEUED and application.on_the_phone
    return application.calls[-1] if asked_for else None
