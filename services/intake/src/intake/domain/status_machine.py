"""The one place that says what an application may become, as data: two tables.

``TRANSITIONS`` is what recruitflow.md 4.3 draws. A fact that comes late, twice or out of order finds no row
there and changes nothing; a closed application is never left by a fact. ``DECISIONS`` is what people may do
besides, and from where to where.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType


class Status(StrEnum):
    PENDING_CALL = "pending_call"
    CALL_QUEUED = "call_queued"
    CALL_IN_PROGRESS = "call_in_progress"
    CALL_COMPLETED = "call_completed"
    CALL_FAILED = "call_failed"
    SCORING = "scoring"
    CALLBACK_SCHEDULED = "callback_scheduled"
    NEEDS_HUMAN = "needs_human"
    QUALIFIED = "qualified"
    AWAITING_CV = "awaiting_cv"
    CV_FOLLOWUP_1 = "cv_followup_1"
    CV_FOLLOWUP_2 = "cv_followup_2"
    CV_OVERDUE = "cv_overdue"
    CV_RECEIVED = "cv_received"
    NOT_QUALIFIED = "not_qualified"
    AWAITING_CV_REJECTED = "awaiting_cv_rejected"
    CV_RECEIVED_REJECTED = "cv_received_rejected"
    CLOSED = "closed"


class ClosedBecause(StrEnum):
    """Why an application is closed."""

    RECRUITER = "recruiter"
    WITHDRAWN = "withdrawn"
    NO_CV = "no_cv"
    CV_KEPT = "cv_kept"
    UNREACHABLE = "unreachable"
    MERGED = "merged"
    IMPORT_UNDONE = "import_undone"


class Fact(Enum):
    """What can happen to an application, wherever it was said; from ``OVERRIDDEN`` on, what people decide."""

    CALL_REQUESTED = "a recruiter asked for a call"
    CALL_PLACED = "a call was placed"
    CALL_RANG_AFTER_ALL = "a call that was said not to have rung is heard of"
    CALL_TO_BE_RETRIED = "nobody answered, it will be tried again"
    CALL_GIVEN_UP = "nobody answered, the attempts are used up"
    CALL_REFUSED = "a call can't be placed"
    CALL_OUTCOME_UNKNOWN = "nobody can say how a call ended"
    CALL_TAKEN_BACK = "the provider never dialled a call"
    CALL_DID_NOT_RING = "a call of unknown outcome never rang"
    CALL_DID_RING = "a call of unknown outcome rang"
    CALL_COMPLETED = "somebody spoke with the agent"
    EVALUATION_REQUESTED = "the call is being evaluated"
    FOUND_QUALIFIED = "found qualified"
    FOUND_NOT_QUALIFIED = "found not qualified"
    CALLBACK_AGREED = "a time to call again is known"
    HUMAN_NEEDED = "a person has to go on"
    CV_REQUESTED = "asked for a CV"
    CV_REQUESTED_FOR_LATER = "asked for a CV for later positions"
    FOLLOWED_UP_ONCE = "reminded once"
    FOLLOWED_UP_TWICE = "reminded twice"
    CV_REQUEST_EXPIRED = "no CV came after two reminders"
    UNREACHABLE = "no channel is left"
    CV_MATCHED = "a CV came"
    CV_TAKEN_AWAY = "the only CV was not theirs after all"
    CALLBACK_DUE = "the time to call again has come"
    REJECTED_CV_WAIT_OVER = "the wait of a candidate who was not a fit is over"
    OVERDUE_CV_WAIT_OVER = "the wait for an overdue CV is over"
    CLOSED_BY_RECRUITER = "a recruiter closed it"
    OVERRIDDEN = "a recruiter set the status"
    CALLBACK_ARRANGED = "a recruiter scheduled a callback"
    RESOLVED = "a recruiter settled what needed a person"
    REVERSED = "a recruiter reversed the proposed outcome"
    ADOPTED = "a recruiter lets another evaluation count"
    WITHDRAWN = "the candidate does not want the position any more"
    REOPENED = "a recruiter opened it again"
    UNDONE = "a recruiter took back what was set by hand"
    CLOSED_AS_MERGED = "the same person's other application goes on"
    MERGE_UNDONE = "they are not the same person after all"
    IMPORT_UNDONE = "the import that brought it was undone"
    BROUGHT_BACK = "the lead was imported again"


class Wait(Enum):
    """A timer that runs while an application is in a state. The value names it in a timer key."""

    CALLBACK = "callback"
    REJECTED_CV = "rejected-cv"
    OVERDUE_CV = "overdue-cv"


_DRAWN: Mapping[Fact, Mapping[tuple[Status, ...], Status]] = {
    Fact.CALL_REQUESTED: {
        (
            Status.PENDING_CALL,
            Status.CALL_FAILED,
            Status.NEEDS_HUMAN,
            Status.CALLBACK_SCHEDULED,
        ): Status.CALL_QUEUED
    },
    Fact.CALL_PLACED: {(Status.CALL_QUEUED,): Status.CALL_IN_PROGRESS},
    Fact.CALL_RANG_AFTER_ALL: {(Status.CALL_QUEUED,): Status.CALL_IN_PROGRESS},
    Fact.CALL_TO_BE_RETRIED: {(Status.CALL_IN_PROGRESS,): Status.CALL_QUEUED},
    Fact.CALL_GIVEN_UP: {(Status.CALL_IN_PROGRESS, Status.CALL_QUEUED): Status.CALL_FAILED},
    Fact.CALL_REFUSED: {(Status.CALL_QUEUED,): Status.CALL_FAILED},
    Fact.CALL_OUTCOME_UNKNOWN: {(Status.CALL_IN_PROGRESS, Status.CALL_QUEUED): Status.NEEDS_HUMAN},
    Fact.CALL_TAKEN_BACK: {(Status.CALL_IN_PROGRESS,): Status.CALL_QUEUED},
    Fact.CALL_DID_NOT_RING: {(Status.NEEDS_HUMAN,): Status.CALL_QUEUED},
    Fact.CALL_DID_RING: {(Status.NEEDS_HUMAN,): Status.NEEDS_HUMAN},
    Fact.CALL_COMPLETED: {(Status.CALL_IN_PROGRESS, Status.CALL_QUEUED): Status.CALL_COMPLETED},
    Fact.EVALUATION_REQUESTED: {(Status.CALL_COMPLETED,): Status.SCORING},
    Fact.FOUND_QUALIFIED: {(Status.SCORING,): Status.QUALIFIED},
    Fact.FOUND_NOT_QUALIFIED: {(Status.SCORING,): Status.NOT_QUALIFIED},
    Fact.CALLBACK_AGREED: {(Status.SCORING,): Status.CALLBACK_SCHEDULED},
    Fact.HUMAN_NEEDED: {(Status.SCORING,): Status.NEEDS_HUMAN},
    Fact.CV_REQUESTED: {(Status.QUALIFIED,): Status.AWAITING_CV},
    Fact.CV_REQUESTED_FOR_LATER: {(Status.NOT_QUALIFIED,): Status.AWAITING_CV_REJECTED},
    Fact.FOLLOWED_UP_ONCE: {(Status.AWAITING_CV,): Status.CV_FOLLOWUP_1},
    Fact.FOLLOWED_UP_TWICE: {(Status.CV_FOLLOWUP_1,): Status.CV_FOLLOWUP_2},
    Fact.CV_REQUEST_EXPIRED: {(Status.CV_FOLLOWUP_2,): Status.CV_OVERDUE},
    Fact.UNREACHABLE: {
        (Status.QUALIFIED, Status.AWAITING_CV, Status.CV_FOLLOWUP_1): Status.NEEDS_HUMAN,
        (Status.NOT_QUALIFIED,): Status.CLOSED,
    },
    Fact.CV_MATCHED: {
        (
            Status.QUALIFIED,
            Status.AWAITING_CV,
            Status.CV_FOLLOWUP_1,
            Status.CV_FOLLOWUP_2,
            Status.CV_OVERDUE,
        ): Status.CV_RECEIVED,
        (Status.NOT_QUALIFIED, Status.AWAITING_CV_REJECTED): Status.CV_RECEIVED_REJECTED,
    },
    Fact.CALLBACK_DUE: {(Status.CALLBACK_SCHEDULED,): Status.CALL_QUEUED},
    Fact.REJECTED_CV_WAIT_OVER: {
        (Status.AWAITING_CV_REJECTED, Status.CV_RECEIVED_REJECTED): Status.CLOSED,
    },
    Fact.OVERDUE_CV_WAIT_OVER: {(Status.CV_OVERDUE,): Status.CLOSED},
    Fact.CLOSED_BY_RECRUITER: {
        tuple(status for status in Status if status is not Status.CLOSED): Status.CLOSED
    },
}

TRANSITIONS: Mapping[tuple[Status, Fact], Status] = MappingProxyType(
    {
        (current, fact): following
        for fact, rows in _DRAWN.items()
        for sources, following in rows.items()
        for current in sources
    }
)
"""(current, fact) to the next status: all there is."""

BEFORE_A_CV: Mapping[Status, tuple[Status, ...]] = MappingProxyType(
    {
        following: tuple(
            current for current in Status if TRANSITIONS.get((current, Fact.CV_MATCHED)) is following
        )
        for following in (Status.CV_RECEIVED, Status.CV_RECEIVED_REJECTED)
    }
)
"""Where an application goes back to when its CV is taken away: to the one of these that it came from."""

OPEN = tuple(status for status in Status if status is not Status.CLOSED)

SETTABLE = (
    Status.PENDING_CALL,
    Status.NEEDS_HUMAN,
    Status.QUALIFIED,
    Status.NOT_QUALIFIED,
    Status.CV_RECEIVED,
    Status.CV_RECEIVED_REJECTED,
    Status.CLOSED,
)
"""What a recruiter may set by hand; a call and a callback have commands of their own."""

CALL_UNDER_WAY = (Status.CALL_IN_PROGRESS, Status.CALL_COMPLETED, Status.SCORING)
"""Where a call is being held or looked at."""

OUTCOMES = (Status.QUALIFIED, Status.NOT_QUALIFIED, Status.CALLBACK_SCHEDULED)
"""What may be proposed; that a person is needed never is, since one is asked anyway."""

ON_THE_WAY_OF: Mapping[Status, tuple[Status, ...]] = MappingProxyType(
    {
        Status.QUALIFIED: (
            Status.AWAITING_CV,
            Status.CV_FOLLOWUP_1,
            Status.CV_FOLLOWUP_2,
            Status.CV_OVERDUE,
            Status.CV_RECEIVED,
        ),
        Status.NOT_QUALIFIED: (Status.AWAITING_CV_REJECTED, Status.CV_RECEIVED_REJECTED),
    }
)
"""How far an outcome may have led already: who is found the same again, stays there and is asked nothing."""


def _adopted_from(status: Status) -> tuple[Status, ...]:
    further = tuple(status for ways in ON_THE_WAY_OF.values() if status in ways)
    return (*OUTCOMES, Status.NEEDS_HUMAN, *further)


_DECIDED: Mapping[Fact, Mapping[tuple[Status, ...], tuple[Status, ...]]] = {
    Fact.OVERRIDDEN: {(status,): tuple(one for one in SETTABLE if one is not status) for status in Status},
    Fact.CALLBACK_ARRANGED: {
        tuple(one for one in OPEN if one not in CALL_UNDER_WAY): (Status.CALLBACK_SCHEDULED,)
    },
    Fact.RESOLVED: {(Status.NEEDS_HUMAN,): (*OUTCOMES, Status.CALL_QUEUED, Status.CLOSED)},
    Fact.REVERSED: {
        (status,): tuple(one for one in (*OUTCOMES, Status.NEEDS_HUMAN) if one is not status)
        for status in OUTCOMES
    },
    Fact.ADOPTED: {(one,): _adopted_from(one) for one in OPEN if one not in CALL_UNDER_WAY},
    Fact.CLOSED_BY_RECRUITER: {OPEN: (Status.CLOSED,)},
    Fact.WITHDRAWN: {OPEN: (Status.CLOSED,)},
    Fact.REOPENED: {(Status.CLOSED,): (Status.PENDING_CALL, Status.NEEDS_HUMAN)},
    Fact.UNDONE: {tuple(Status): tuple(Status)},
    Fact.CLOSED_AS_MERGED: {OPEN: (Status.CLOSED,)},
    Fact.MERGE_UNDONE: {(Status.CLOSED,): OPEN},
    Fact.IMPORT_UNDONE: {(Status.PENDING_CALL,): (Status.CLOSED,)},
    Fact.BROUGHT_BACK: {(Status.CLOSED,): (Status.PENDING_CALL,)},
}

DECISIONS: Mapping[tuple[Status, Fact], tuple[Status, ...]] = MappingProxyType(
    {
        (current, fact): targets
        for fact, rows in _DECIDED.items()
        for sources, targets in rows.items()
        for current in sources
    }
)
"""(current, decision) to the statuses it may lead to: all that people may do besides the pipeline."""

BY_HAND = frozenset(
    {
        Fact.OVERRIDDEN,
        Fact.CALLBACK_ARRANGED,
        Fact.RESOLVED,
        Fact.REVERSED,
        Fact.ADOPTED,
        Fact.CLOSED_BY_RECRUITER,
        Fact.WITHDRAWN,
        Fact.REOPENED,
    }
)
"""Decisions that can be taken back by the recruiter, one application at a time."""

SETS_ASIDE = BY_HAND | {Fact.CLOSED_AS_MERGED}
"""Decisions beside which the state they replaced is kept, and goes on following the pipeline."""

TAKES_BACK = frozenset({Fact.UNDONE, Fact.MERGE_UNDONE})

WHY_CLOSED: Mapping[Fact, ClosedBecause] = MappingProxyType(
    {
        Fact.WITHDRAWN: ClosedBecause.WITHDRAWN,
        Fact.UNREACHABLE: ClosedBecause.UNREACHABLE,
        Fact.REJECTED_CV_WAIT_OVER: ClosedBecause.NO_CV,
        Fact.OVERDUE_CV_WAIT_OVER: ClosedBecause.NO_CV,
        Fact.CLOSED_AS_MERGED: ClosedBecause.MERGED,
        Fact.IMPORT_UNDONE: ClosedBecause.IMPORT_UNDONE,
    }
)
"""Every other way to ``closed`` is a recruiter's."""

WAITS: Mapping[Status, Wait] = MappingProxyType(
    {
        Status.CALLBACK_SCHEDULED: Wait.CALLBACK,
        Status.AWAITING_CV_REJECTED: Wait.REJECTED_CV,
        Status.CV_RECEIVED_REJECTED: Wait.REJECTED_CV,
        Status.CV_OVERDUE: Wait.OVERDUE_CV,
    }
)
"""Which timer runs in which status; it is cancelled when the status is left."""
