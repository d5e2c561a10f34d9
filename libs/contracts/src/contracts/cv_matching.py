"""What cv_matching says: whose CV a file is, and what could not be told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from contracts.base import BlobRef, Command, Event
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


class MatchRequested(Event, name="cv_matching.item.match_requested"):
    """A received file is written down; whose it is gets worked out next."""

    item_id: UUID


class CvMatched(Event, name="cv_matching.cv.matched"):
    """A CV belongs to this application. Published once for each open application of the person."""

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


class CvConfirmed(Event, name="cv_matching.cv.confirmed"):
    """A recruiter looked at a medium-confidence match and agreed."""

    candidate_id: int
    application_id: int
    cv_id: UUID


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


class UnmatchedAssigned(Event, name="cv_matching.item.assigned"):
    candidate_id: int
    application_id: int
    item_id: UUID


class AssignUnmatched(Command, name="cv_matching.assign_unmatched"):
    """A recruiter says whose file it is. Refused when it was assigned already, or the application is closed.

    Answers ``{"cv_id": str}``.
    """

    item_id: UUID
    application_id: int


class ConfirmCv(Command, name="cv_matching.confirm_cv"):
    """A recruiter agrees with a match of medium confidence. Refused when there is nothing to confirm."""

    cv_id: UUID
