"""What intake says: positions, candidates, applications and the one status an application has."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, BlobRef, Command, Event, Value


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
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class PositionDetails(Value):
    """A position as a recruiter wrote it (recruitflow.md 4.1).

    Hours are on the 24-hour clock where the candidate is; ``time_zone`` counts where that is not known.
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


class FormAnswer(Value):
    """One question of a lead form: as asked, as a person reads it, and what was answered."""

    question: str
    label: str
    answer: str


class CandidateProfile(Value):
    """A person as intake knows them. ``phone`` is E.164 or None; ``phone_as_given`` is never changed."""

    full_name: str
    first_name: str
    last_name: str
    phone: str | None = None
    phone_as_given: str | None = None
    email: str | None = None
    whatsapp_number: str | None = None
    language: str = "ro"
    time_zone: str | None = None
    source: str = "meta_form"
    meta_lead_id: str | None = None
    meta_created_time: datetime | None = None
    campaign_name: str | None = None
    platform: str | None = None
    form_answers: list[FormAnswer] = Field(default_factory=list)


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


class CandidateProfileRevised(Event, name="intake.candidate.profile_revised"):
    candidate_id: int
    profile: CandidateProfile


class PossibleDuplicateFound(Event, name="intake.candidate.possible_duplicate_found"):
    """Two candidates share a phone or an email under different lead ids; a recruiter decides."""

    candidate_id: int
    other_candidate_id: int
    shared: list[Literal["phone", "email"]]


class ApplicationOpened(Event, name="intake.application.opened"):
    """A candidate is in the pipeline of a position, in status ``pending_call``."""

    candidate_id: int
    application_id: int
    position_id: int
    profile: CandidateProfile
    import_id: UUID | None = None


class ApplicationStatusChanged(Event, name="intake.application.status_changed"):
    """One transition of the status machine, with the side fields as they stand after it.

    ``sequence`` counts the transitions of this application from 1: fold by it, never by arrival.
    """

    candidate_id: int
    application_id: int
    position_id: int
    sequence: int
    previous: ApplicationStatus
    current: ApplicationStatus
    actor: Actor
    reason: str
    score: int | None = None
    qualified: bool | None = None
    score_notes: str | None = None
    callback_at: datetime | None = None
    needs_human_reason: str | None = None
    cv_received_at: datetime | None = None


class LeadsImportRequested(Event, name="intake.leads_import.requested"):
    import_id: UUID
    position_id: int
    file: BlobRef
    file_name: str
    actor: Actor


class RefusedRow(Value):
    """A row that was not imported: its line in the file (the header is line 1) and why."""

    line: int
    reason: str


class LeadsImported(Event, name="intake.leads_import.completed"):
    """What an import did. ``refused`` lists the first 100; ``skipped`` counts test leads and repeats.

    ``flagged`` lists the first 100 rows that were imported with a phone number that can't be used as it is.
    """

    import_id: UUID
    position_id: int
    file_name: str
    rows: int
    candidates_created: int
    candidates_updated: int
    candidates_unchanged: int
    applications_created: int
    skipped: int
    possible_duplicates: int
    refused_count: int
    refused: list[RefusedRow]
    flagged_count: int = 0
    flagged: list[RefusedRow] = Field(default_factory=list)
    actor: Actor


class LeadsImportRefused(Event, name="intake.leads_import.refused"):
    """The file as a whole could not be read; nothing was written. ``reason`` says what to do."""

    import_id: UUID
    position_id: int
    file_name: str
    reason: str
    actor: Actor


class CallbackDue(Event, name="intake.application.callback_due"):
    """A timer: the moment a candidate asked to be called again has come."""

    candidate_id: int
    application_id: int


class RejectedCvWaitOver(Event, name="intake.application.rejected_cv_wait_over"):
    """A timer: a candidate who was not a fit had ``rejected_cv_timeout_days`` to send a CV."""

    candidate_id: int
    application_id: int


class OverdueCvWaitOver(Event, name="intake.application.overdue_cv_wait_over"):
    """A timer: nobody acted on an overdue CV for one more follow-up interval."""

    candidate_id: int
    application_id: int


class OpenPosition(Command, name="intake.open_position"):
    """Answers ``{"position_id": int}``."""

    details: PositionDetails


class RevisePosition(Command, name="intake.revise_position"):
    """Answers ``{"revision": int}``; refused when ``expected_revision`` is no longer the current one."""

    position_id: int
    details: PositionDetails
    expected_revision: int | None = None


class ImportLeads(Command, name="intake.import_leads"):
    """Answers ``{"import_id": str}`` once the head of the file was read; the result follows as an event."""

    position_id: int
    file: BlobRef
    file_name: str


class QueueCalls(Command, name="intake.queue_calls"):
    """Answers ``{"queued": [ids], "refused": [{"application_id", "code", "message"}]}``."""

    application_ids: list[int] = Field(min_length=1, max_length=10_000)


class CloseApplication(Command, name="intake.close_application"):
    application_id: int
    reason: str = Field(min_length=1, max_length=500)
