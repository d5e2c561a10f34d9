"""What recruitflow.md 4.3 draws and what recruiters may do, written down a second time, by hand.

The tables of the status machine are checked against this, so none of it may be made from them.
"""

from __future__ import annotations

from contracts import Event
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallSettledByHand,
    CallTakenBack,
)
from contracts.cv_matching import CvDetached, CvMatched
from contracts.intake import CallbackDue, Confirmation, OverdueCvWaitOver, RejectedCvWaitOver
from contracts.messaging import CandidateUnreachable, CvFollowedUp, CvRequested, CvRequestExpired
from contracts.scoring import EvaluationCompleted, EvaluationFailed, EvaluationRequested
from intake.domain.applications import Application
from intake.domain.status_machine import OUTCOMES, Fact, Status

Steps = set[tuple[Status, Status]]


def steps(drawn: str) -> Steps:
    """``a > b c, d > e`` as pairs."""
    pairs = (line.split(" > ") for line in drawn.replace("\n", " ").split(",") if line.strip())
    return {(Status(one.strip()), Status(then)) for one, thens in pairs for then in thens.split()}


CV_COUNTS = steps("qualified > cv_received, not_qualified > cv_received_rejected")
DRAWN: dict[type[Event], Steps] = {
    CallPlaced: steps("call_queued > call_in_progress"),
    CallNotAnswered: steps("call_in_progress > call_queued call_failed, call_queued > call_failed"),
    CallRefused: steps("call_queued > call_failed"),
    CallOutcomeUnknown: steps("call_in_progress > needs_human, call_queued > needs_human"),
    CallTakenBack: steps("call_in_progress > call_queued"),
    CallSettledByHand: steps("needs_human > call_queued needs_human"),
    CallCompleted: steps("call_in_progress > call_completed, call_queued > call_completed"),
    EvaluationRequested: steps("call_completed > scoring"),
    EvaluationCompleted: steps("scoring > qualified not_qualified callback_scheduled needs_human")
    | CV_COUNTS,
    EvaluationFailed: steps("scoring > needs_human"),
    CvRequested: steps("qualified > awaiting_cv, not_qualified > awaiting_cv_rejected"),
    CvFollowedUp: steps("awaiting_cv > cv_followup_1, cv_followup_1 > cv_followup_2"),
    CvRequestExpired: steps("cv_followup_2 > cv_overdue"),
    CandidateUnreachable: steps(
        "qualified > needs_human, awaiting_cv > needs_human, cv_followup_1 > needs_human,"
        " not_qualified > closed"
    ),
    CvMatched: CV_COUNTS
    | steps(
        "awaiting_cv > cv_received, cv_followup_1 > cv_received, cv_followup_2 > cv_received,"
        " cv_overdue > cv_received, awaiting_cv_rejected > cv_received_rejected"
    ),
    CvDetached: steps(
        "cv_received > qualified awaiting_cv cv_followup_1 cv_followup_2 cv_overdue,"
        " cv_received_rejected > not_qualified awaiting_cv_rejected"
    ),
    CallbackDue: steps("callback_scheduled > call_queued"),
    RejectedCvWaitOver: steps("awaiting_cv_rejected > closed, cv_received_rejected > closed"),
    OverdueCvWaitOver: steps("cv_overdue > closed"),
}
QUEUED = steps(
    "pending_call > call_queued, call_failed > call_queued, needs_human > call_queued,"
    " callback_scheduled > call_queued"
)
_SETTABLE = "pending_call needs_human qualified not_qualified cv_received cv_received_rejected closed"
_NOT_CALLING = (
    "pending_call call_queued call_failed callback_scheduled needs_human qualified awaiting_cv cv_followup_1"
    " cv_followup_2 cv_overdue cv_received not_qualified awaiting_cv_rejected cv_received_rejected"
)
_TO_CLOSED: Steps = {(one, Status.CLOSED) for one in Status if one is not Status.CLOSED}
DECIDED: dict[Fact, Steps] = {
    Fact.OVERRIDDEN: {(one, Status(then)) for one in Status for then in _SETTABLE.split() if one != then},
    Fact.CALLBACK_ARRANGED: {(Status(one), Status.CALLBACK_SCHEDULED) for one in _NOT_CALLING.split()},
    Fact.RESOLVED: steps("needs_human > qualified not_qualified callback_scheduled call_queued closed"),
    Fact.REVERSED: steps(
        "qualified > not_qualified callback_scheduled needs_human,"
        " not_qualified > qualified callback_scheduled needs_human,"
        " callback_scheduled > qualified not_qualified needs_human"
    ),
    Fact.ADOPTED: {
        (Status(one), Status(then))
        for one in _NOT_CALLING.split()
        for then in ["qualified", "not_qualified", "callback_scheduled", "needs_human"]
    }
    | steps(
        "awaiting_cv > awaiting_cv, cv_followup_1 > cv_followup_1, cv_followup_2 > cv_followup_2,"
        " cv_overdue > cv_overdue, cv_received > cv_received, awaiting_cv_rejected > awaiting_cv_rejected,"
        " cv_received_rejected > cv_received_rejected"
    ),
    Fact.CLOSED_BY_RECRUITER: _TO_CLOSED,
    Fact.WITHDRAWN: _TO_CLOSED,
    Fact.REOPENED: steps("closed > pending_call needs_human"),
}

ON_THE_ROAD = (Status.AWAITING_CV, Status.CV_FOLLOWUP_1, Status.CV_FOLLOWUP_2, Status.CV_OVERDUE)
CV_FOR_LATER = (Status.AWAITING_CV_REJECTED, Status.CV_RECEIVED_REJECTED)

TIMED = {Status.CALLBACK_SCHEDULED, Status.CV_OVERDUE, *CV_FOR_LATER}
PROPOSALS = {
    Confirmation.NOTHING: set[Status](),
    Confirmation.REJECTIONS: {Status.NOT_QUALIFIED},
    Confirmation.EVERY_OUTCOME: set(OUTCOMES),
}
OF_THE_PIPELINE = (
    *("status", "score", "qualified", "score_notes", "callback_at", "needs_human_reason", "cv_received_at"),
    *("proposed", "confirmed", "closed_because", "on_the_phone"),
    *("evaluation_id", "needs_review", "unknown_call", "before_cv"),
)
"""What an application has from its pipeline, and gets back when a decision is taken back."""

ROUTES = {
    Status.PENDING_CALL: "",
    Status.CALL_QUEUED: "0",
    Status.CALL_IN_PROGRESS: "00",
    Status.CALL_FAILED: "002",
    Status.CALL_COMPLETED: "000",
    Status.SCORING: "0000",
    Status.QUALIFIED: "00000",
    Status.NOT_QUALIFIED: "00001",
    Status.CALLBACK_SCHEDULED: "00002",
    Status.NEEDS_HUMAN: "00003",
    Status.AWAITING_CV: "000000",
    Status.CV_FOLLOWUP_1: "0000000",
    Status.CV_FOLLOWUP_2: "00000000",
    Status.CV_OVERDUE: "000000000",
    Status.CV_RECEIVED: "000000001",
    Status.AWAITING_CV_REJECTED: "000010",
    Status.CV_RECEIVED_REJECTED: "000011",
}
"""How the story gets to every status that can be left: choices for ``the_story_goes_on``."""


_NOT_JUDGED = (
    *(Status.PENDING_CALL, Status.CALL_QUEUED, Status.CALL_IN_PROGRESS),
    *(Status.CALL_COMPLETED, Status.CALL_FAILED, Status.SCORING),
)


def agrees(one: Application) -> None:
    """The side fields say what the status says."""
    assert (one.callback_at is not None) == (one.status is Status.CALLBACK_SCHEDULED)
    assert (one.needs_human_reason is not None) == (one.status is Status.NEEDS_HUMAN)
    assert (one.closed_because is not None) == (one.status is Status.CLOSED)
    assert one.score is None or one.qualified is not None
    assert not (one.proposed and one.confirmed)
    assert one.status in OUTCOMES or not (one.proposed or one.confirmed)
    assert not one.on_the_phone or one.calls
    assert one.proposed or not one.needs_review
    assert one.evaluation_id is None or one.status not in _NOT_JUDGED
    assert one.unknown_call is None or one.status is Status.NEEDS_HUMAN
    if one.status in (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED):
        assert one.cv_received_at is not None
    if one.cv_received_at is not None and not one.proposed:
        assert one.status not in (Status.QUALIFIED, Status.NOT_QUALIFIED, Status.AWAITING_CV)
    if one.before_cv is not None:
        assert (one.before_cv, one.status) in DRAWN[CvMatched]
    if one.status in (Status.QUALIFIED, *ON_THE_ROAD, Status.CV_RECEIVED):
        assert one.qualified is True
    if one.status in (Status.NOT_QUALIFIED, *CV_FOR_LATER):
        assert one.qualified is False
