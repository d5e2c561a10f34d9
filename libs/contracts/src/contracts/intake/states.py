"""The words that intake's states are named by."""

from __future__ import annotations

from enum import StrEnum


class ApplicationStatus(StrEnum):
    """The states of recruitflow.md 4.3."""

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


class PositionStatus(StrEnum):
    """Paused: nothing new is dialled. Closed: no new applications."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Confirmation(StrEnum):
    """Which outcomes of the model a recruiter confirms before anything follows from them."""

    NOTHING = "nothing"
    REJECTIONS = "rejections"
    EVERY_OUTCOME = "every_outcome"


class ClosedBecause(StrEnum):
    """Why an application is closed.

    ``CV_KEPT``: no fit here, and the CV is there for later positions. ``IMPORT_UNDONE``: it should never have
    been there.
    """

    RECRUITER = "recruiter"
    WITHDRAWN = "withdrawn"
    NO_CV = "no_cv"
    CV_KEPT = "cv_kept"
    UNREACHABLE = "unreachable"
    MERGED = "merged"
    IMPORT_UNDONE = "import_undone"


class ContactChannel(StrEnum):
    """On what a person may ask not to be contacted."""

    CALL = "call"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
