"""What cv_matching says: whose CV a file is, and what could not be told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, BlobRef, Command, Event, Query, Value
from contracts.messaging import Channel


class MatchMethod(StrEnum):
    EXACT_EMAIL = "exact_email"
    EXACT_PHONE = "exact_phone"
    SUBJECT_ID = "subject_id"
    FUZZY_NAME = "fuzzy_name"
    CV_CONTENT = "cv_content"
    MANUAL = "manual"


class CvSource(StrEnum):
    EMAIL_ATTACHMENT = "email_attachment"
    WHATSAPP_MEDIA = "whatsapp_media"
    MANUAL_UPLOAD = "manual_upload"


class RunnerUp(Value):
    """Somebody else it could be. ``score`` is the likeness, 0 to 100."""

    candidate_id: int
    score: int = Field(ge=0, le=100)
    why: str = ""


class CvContacts(Value):
    """Whose CV it is by its own words, as they stand in it; None where it says nothing."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class FileReading(Value):
    """What was found when the file was opened. ``kind`` is told by its content, never by its name.

    ``text`` holds the first pages as plain text; None with a ``note`` that says why (a scan, a picture,
    locked). ``pages`` counts all there are.
    """

    kind: str
    pages: int | None = None
    text: BlobRef | None = None
    note: str | None = None
    contacts: CvContacts | None = None
    truncated: bool = False
    hidden_text: bool | None = None
    """It holds words that nobody sees (white, tiny, outside the page). None: that was not looked at."""


class MatchRequested(Event, name="cv_matching.item.match_requested"):
    """A received file is written down; whose it is gets worked out next."""

    item_id: UUID


class CvMatched(Event, name="cv_matching.cv.matched"):
    """A CV belongs to this application. Published once for each open application of the person.

    Said again, with the same ``cv_id``, when a decision that had detached it is taken back. ``number``
    counts the CVs of the application, from 1; ``score`` is the likeness where a likeness decided.
    ``actor``: by hand.
    """

    candidate_id: int
    application_id: int
    cv_id: UUID
    item_id: UUID
    method: MatchMethod
    confidence: Literal["high", "medium"]
    needs_review: bool
    explanation: str
    file: BlobRef
    file_name: str
    source: CvSource
    received_at: datetime
    number: int | None = None
    score: int | None = None
    review_reasons: list[str] = Field(default_factory=list)
    runners_up: list[RunnerUp] = Field(default_factory=list)
    reading: FileReading | None = None
    actor: Actor | None = None


class CvConfirmed(Event, name="cv_matching.cv.confirmed"):
    """A recruiter looked at a medium-confidence match and agreed."""

    candidate_id: int
    application_id: int
    cv_id: UUID
    actor: Actor | None = None


class CvReviewReopened(Event, name="cv_matching.cv.review_reopened"):
    """The confirmation was taken back: it waits for a look again."""

    candidate_id: int
    application_id: int
    cv_id: UUID
    actor: Actor


class CvDetached(Event, name="cv_matching.cv.detached"):
    """It was not this application's CV after all. ``cvs_left``: how many others the application still has."""

    candidate_id: int
    application_id: int
    cv_id: UUID
    item_id: UUID
    because: Literal["reassigned", "discarded", "undone"]
    cvs_left: int
    actor: Actor


class InboundUnmatched(Event, name="cv_matching.item.unmatched"):
    """A file reached us and nobody can be named safely; a recruiter assigns it."""

    item_id: UUID
    channel: Channel
    sender: str
    sender_name: str | None = None
    subject: str | None = None
    body_snippet: str | None = None
    attachment_name: str
    file: BlobRef
    explanation: str
    received_at: datetime
    message_id: UUID | None = None
    quarantined: bool = False
    """Kept apart: of a kind that may do harm to whoever opens it. ``reading.kind`` says which."""
    runners_up: list[RunnerUp] = Field(default_factory=list)
    reading: FileReading | None = None


class UnmatchedAssigned(Event, name="cv_matching.item.assigned"):
    """A recruiter said whose file it is. ``application_id`` is the one they named.

    Without an ``actor``: its person was found since, by a link of the sender or by a model that was away.
    """

    candidate_id: int
    application_id: int
    item_id: UUID
    actor: Actor | None = None


class ItemDiscarded(Event, name="cv_matching.item.discarded"):
    """A recruiter looked: not a CV. What it was attached to is said by ``CvDetached``."""

    item_id: UUID
    reason: str
    file_name: str
    actor: Actor


class ItemReopened(Event, name="cv_matching.item.reopened"):
    """A decision was taken back, and the file is nobody's: it waits for a person again."""

    item_id: UUID
    actor: Actor


class AssignUnmatched(Command, name="cv_matching.assign_unmatched"):
    """A recruiter says whose file it is. Refused when it was assigned already, or the application is closed.

    It becomes the CV of all open applications of that person. Answers ``{"cv_id": str, "decision_id": str}``.
    """

    item_id: UUID
    application_id: int


class ConfirmCv(Command, name="cv_matching.confirm_cv"):
    """A recruiter agrees with a match of medium confidence, for all applications it went to.

    Refused when there is nothing to confirm. Answers ``{"decision_id": str}``.
    """

    cv_id: UUID


class ReassignCv(Command, name="cv_matching.reassign_cv"):
    """It is somebody else's: taken from the wrong person's applications, given to all open ones of the
    right one.

    Answers ``{"cv_id": str, "decision_id": str}``.
    """

    cv_id: UUID
    application_id: int


class DiscardItem(Command, name="cv_matching.discard_item"):
    """Not a CV, or not one we want: taken from every application. Answers ``{"decision_id": str}``."""

    item_id: UUID
    reason: str = Field(default="not a CV", min_length=1, max_length=200)


class UploadCv(Command, name="cv_matching.upload_cv"):
    """A recruiter adds a file to an application by hand, to this one alone; what it is is told by its
    content.

    Answers ``{"cv_id": str, "decision_id": str}``. Refused for kinds that are no document, naming what it is.
    """

    application_id: int
    file: BlobRef
    file_name: str = Field(min_length=1, max_length=255)


class UndoCvDecision(Command, name="cv_matching.undo_decision"):
    """As it was before that decision. Refused when something else was decided about the file since."""

    decision_id: UUID


class ShowCvDecision(Query, name="cv_matching.show_decision"):
    """What was decided about a file last and can be taken back.

    Answers ``{"decision": {"decision_id": str, "kind": str, "by": str | None, "at": str} | None}``;
    ``kind`` is ``confirmed``, ``reassigned``, ``assigned``, ``discarded`` or ``uploaded``.
    """

    item_id: UUID
