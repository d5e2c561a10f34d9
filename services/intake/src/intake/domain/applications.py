"""An application and what a happening makes of it: status and side fields change together or not at all.

Side fields agree with the status (recruitflow.md 13.1): ``callback_at`` stands only while a callback is
scheduled, ``needs_human_reason`` only while a person is needed, ``closed_because`` only while it is closed,
``score`` from the first verdict on, ``qualified`` from the first verdict or decision on, ``cv_received_at``
from the CV on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from intake.domain.hearing import OF_A_TIMER, having_heard, is_stale, without_its_cv
from intake.domain.status_machine import (
    DECISIONS,
    SETS_ASIDE,
    TAKES_BACK,
    TRANSITIONS,
    WAITS,
    WHY_CLOSED,
    ClosedBecause,
    Fact,
    Status,
)


@dataclass(frozen=True, slots=True)
class Assignee:
    """The recruiter who looks after an application."""

    recruiter_id: str
    name: str | None = None


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
    on_the_phone: bool = False
    """The latest call was placed, and its end has not been heard of."""
    closed_because: ClosedBecause | None = None
    proposed: bool = False
    """The outcome is to be confirmed: nothing follows from it before, wherever news comes from."""
    confirmed: bool = False
    """A recruiter agreed with the outcome; it stands until the next transition."""
    set_aside: Application | None = None
    """What a decision by hand replaced. It goes on following the pipeline, so that undoing leads to where
    the pipeline would be by now; it is gone as soon as the application itself moves on."""
    assignee: Assignee | None = None
    evaluation_id: UUID | None = None
    """The evaluation that the status follows from; None where a call or a person led to it."""
    needs_review: bool = False
    """Its evidence does not hold: a proposal, whatever the position says, until somebody decides."""
    unknown_call: UUID | None = None
    """The call because of whose unknown outcome a person is needed."""
    before_cv: Status | None = None
    """Where it would be without the CV that moved it on; it stands while nothing else has moved it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact with what it brings along; fields that do not belong to the fact stay None.

    ``status`` is where a decision leads that may lead to several. ``to_be_confirmed``: the outcome is one
    that a recruiter wants to see before it counts.
    """

    fact: Fact
    reason: str
    call_id: UUID | None = None
    timer_id: UUID | None = None
    score: int | None = None
    score_notes: str | None = None
    callback_at: datetime | None = None
    needs_human_reason: str | None = None
    cv_received_at: datetime | None = None
    status: Status | None = None
    to_be_confirmed: bool = False
    evaluation_id: UUID | None = None
    needs_review: bool = False
    queued_by: int | None = None
    """The transition to ``call_queued`` that a refusal answers."""


_DECISIONS = {fact for _, fact in DECISIONS}
_COMMANDS = {Fact.CALL_REQUESTED, *_DECISIONS}
_SAID_BY_STATUS = {
    Status.QUALIFIED: True,
    Status.CV_RECEIVED: True,
    Status.NOT_QUALIFIED: False,
    Status.CV_RECEIVED_REJECTED: False,
}
"""What a status that was set by hand says of the candidate."""


def after(application: Application, happening: Happening) -> Application:
    """The application as it is then: the same object where the happening changes nothing.

    A status change raises ``sequence`` by one. Things are remembered without a status change: a call heard of
    too late to move anything, so that its even later news is known to be old; a CV that came before the
    verdict counts (``cv_already_here`` makes it count then); and what the pipeline makes of a state that was
    set aside by a decision.
    """
    if happening.fact in _DECISIONS:
        return _decided(application, happening)
    then = _told(application, happening)
    if application.set_aside is None or has_moved(application, then):
        return then
    aside = _followed(application.set_aside, happening)
    return then if aside is application.set_aside else replace(then, set_aside=aside)


def _followed(aside: Application, happening: Happening) -> Application:
    """Commands are given to the application as it stands, and timers run for it alone."""
    if happening.fact in _COMMANDS or happening.fact in OF_A_TIMER:
        return aside
    then = _told(aside, happening)
    early = cv_already_here(then)
    return then if early is None else _moved(then, early)


def _told(application: Application, happening: Happening) -> Application:
    if happening.fact is Fact.CV_TAKEN_AWAY:
        return without_its_cv(application)
    return _moved(application, happening)


def _moved(application: Application, happening: Happening) -> Application:
    heard = having_heard(application, happening)
    following = TRANSITIONS.get((application.status, happening.fact))
    if following is None or is_stale(application, happening):
        return heard
    if application.proposed:
        return heard
    verdict = happening.fact in {Fact.FOUND_QUALIFIED, Fact.FOUND_NOT_QUALIFIED}
    notes = happening.score_notes
    return replace(
        heard,
        status=following,
        sequence=application.sequence + 1,
        score=happening.score if verdict else application.score,
        qualified=happening.fact is Fact.FOUND_QUALIFIED if verdict else application.qualified,
        score_notes=application.score_notes if notes is None else notes,
        callback_at=happening.callback_at if following is Status.CALLBACK_SCHEDULED else None,
        needs_human_reason=happening.needs_human_reason if following is Status.NEEDS_HUMAN else None,
        cv_received_at=heard.cv_received_at or happening.cv_received_at,
        timer_id=None,
        closed_because=_why_closed(application, happening.fact) if following is Status.CLOSED else None,
        proposed=happening.to_be_confirmed,
        confirmed=False,
        set_aside=None,
        evaluation_id=_evaluation_behind(application, happening, following),
        needs_review=happening.needs_review and happening.to_be_confirmed,
        unknown_call=happening.call_id if happening.fact is Fact.CALL_OUTCOME_UNKNOWN else None,
        before_cv=application.status if happening.fact is Fact.CV_MATCHED else None,
    )


def _evaluation_behind(application: Application, happening: Happening, following: Status) -> UUID | None:
    if application.status is Status.SCORING:
        return happening.evaluation_id
    return None if following is Status.CALL_QUEUED else application.evaluation_id


def _decided(application: Application, happening: Happening) -> Application:
    """What people decide; unchanged where the table of decisions does not allow it from here."""
    fact = happening.fact
    targets = DECISIONS.get((application.status, fact), ())
    if fact in TAKES_BACK:
        return _taken_back(application, fact) if targets else application
    target = happening.status or (targets[0] if len(targets) == 1 else None)
    if target is None or target not in targets or not _may_be_decided(application, fact):
        return application
    with_cv = target in (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED)
    judged = fact is Fact.ADOPTED and target not in (Status.CALLBACK_SCHEDULED, Status.NEEDS_HUMAN)
    return replace(
        application,
        status=target,
        sequence=application.sequence + 1,
        score=happening.score if judged else application.score,
        qualified=_SAID_BY_STATUS.get(target, application.qualified),
        score_notes=happening.score_notes or application.score_notes,
        callback_at=happening.callback_at if target is Status.CALLBACK_SCHEDULED else None,
        needs_human_reason=happening.needs_human_reason if target is Status.NEEDS_HUMAN else None,
        cv_received_at=application.cv_received_at or (happening.cv_received_at if with_cv else None),
        timer_id=None,
        closed_because=_why_closed(application, fact) if target is Status.CLOSED else None,
        proposed=False,
        confirmed=False,
        set_aside=replace(application, set_aside=None, timer_id=None) if fact in SETS_ASIDE else None,
        evaluation_id=application.evaluation_id if target is Status.CLOSED else happening.evaluation_id,
        needs_review=False,
        unknown_call=None,
        before_cv=application.before_cv if target is application.status else None,
    )


def _may_be_decided(application: Application, fact: Fact) -> bool:
    """What was closed as somebody else's task is opened by them again."""
    if fact is Fact.REVERSED:
        return application.proposed
    if fact is Fact.BROUGHT_BACK:
        return application.closed_because is ClosedBecause.IMPORT_UNDONE
    if fact in (Fact.REOPENED, Fact.OVERRIDDEN):
        return application.closed_because not in (ClosedBecause.IMPORT_UNDONE, ClosedBecause.MERGED)
    return True


def _taken_back(application: Application, fact: Fact) -> Application:
    """The state that was set aside, as the pipeline has it by now. A merge is taken back as a merge."""
    aside = application.set_aside
    merged = application.closed_because is ClosedBecause.MERGED
    if aside is None or merged != (fact is Fact.MERGE_UNDONE):
        return application
    more = tuple(call for call in application.calls if call not in aside.calls)
    return replace(
        aside,
        sequence=application.sequence + 1,
        calls=(*more, *aside.calls),
        assignee=application.assignee,
    )


def _why_closed(application: Application, fact: Fact) -> ClosedBecause:
    if application.status is Status.CV_RECEIVED_REJECTED and fact is Fact.REJECTED_CV_WAIT_OVER:
        return ClosedBecause.CV_KEPT
    return WHY_CLOSED.get(fact, ClosedBecause.RECRUITER)


def cv_already_here(application: Application) -> Happening | None:
    """What follows a verdict at once when the CV came before it: nobody is asked for what is there."""
    judged = application.status in (Status.QUALIFIED, Status.NOT_QUALIFIED) and not application.proposed
    if application.cv_received_at is None or not judged:
        return None
    return Happening(Fact.CV_MATCHED, "the CV was here before the verdict")


def has_moved(before: Application, then: Application) -> bool:
    return then.sequence != before.sequence


def wait_of(application: Application) -> str | None:
    """The key of the timer that runs in this status, e.g. ``callback:17``; a proposal has none."""
    wait = None if application.proposed else WAITS.get(application.status)
    return f"{wait.value}:{application.application_id}" if wait else None
