"""Applications: the one status each has, who moved it, and what recruiters do with it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, Command, Event
from contracts.intake.candidates import CandidateProfile
from contracts.intake.states import ApplicationStatus, ClosedBecause


class ApplicationOpened(Event, name="intake.application.opened"):
    """A candidate is in the pipeline of a position, in status ``pending_call``."""

    candidate_id: int
    application_id: int
    position_id: int
    profile: CandidateProfile
    import_id: UUID | None = None
    via: Literal["import", "live_lead", "recruiter"] = "import"
    actor: Actor = Actor(kind="system")


class ApplicationStatusChanged(Event, name="intake.application.status_changed"):
    """One transition of the status machine, with the side fields as they stand after it.

    ``sequence`` counts the transitions of this application from 1: fold by it, never by arrival.
    ``proposed``: the outcome is the model's, and nothing follows from it before ``OutcomeConfirmed``.
    ``by_hand``: a recruiter set the status; it can be undone while nothing else has happened.
    ``undoes`` is the sequence of the transition that this one takes back.
    ``call_under_way``, with ``call_queued``: the call that rings already, as far as intake has heard: it is
    the one that was asked for, and its end is about to be heard of.
    ``evaluation_id`` is the evaluation that it goes back to; ``needs_review``: its evidence does not hold,
    so it is ``proposed`` whatever the position says about confirmation.
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
    proposed: bool = False
    by_hand: bool = False
    undoes: int | None = None
    closed_because: ClosedBecause | None = None
    call_under_way: UUID | None = None
    evaluation_id: UUID | None = None
    needs_review: bool = False


class OutcomeConfirmed(Event, name="intake.application.outcome_confirmed"):
    """A recruiter agrees with the proposed outcome that transition ``sequence`` led to: it counts now."""

    candidate_id: int
    application_id: int
    position_id: int
    sequence: int
    status: ApplicationStatus
    actor: Actor
    cv_received_at: datetime | None = None


class NoteAdded(Event, name="intake.application.note_added"):
    candidate_id: int
    application_id: int
    note_id: UUID
    text: str
    actor: Actor


class ApplicationAssigned(Event, name="intake.application.assigned"):
    """A recruiter looks after this application; None means nobody does any more."""

    candidate_id: int
    application_id: int
    assignee: Actor | None
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


class QueueCalls(Command, name="intake.queue_calls"):
    """Answers ``{"queued": [ids], "refused": [{"application_id", "code", "message"}]}``."""

    application_ids: list[int] = Field(min_length=1, max_length=10_000)


class OpenApplication(Command, name="intake.open_application"):
    """Put a known candidate into a position. Answers ``{"application_id": int}``."""

    candidate_id: int
    position_id: int


class OverrideStatus(Command, name="intake.override_status"):
    """Set a status by hand. Answers ``{"sequence": int}``, by which it can be undone.

    Refused for a status that only the pipeline reaches; the message names the ones that can be set.
    """

    application_id: int
    status: ApplicationStatus
    reason: str = Field(min_length=1, max_length=500)
    expected_sequence: int | None = None


class UndoOverride(Command, name="intake.undo_override"):
    """Take back what a recruiter set by hand in transition ``sequence``.

    The application goes to where the pipeline would have it by now. Answers ``{"sequence", "status"}``.
    """

    application_id: int
    sequence: int


class ScheduleCallback(Command, name="intake.schedule_callback"):
    """Answers ``{"sequence": int}``. Refused while a call is under way, and for a time that has passed."""

    application_id: int
    at: datetime
    reason: str = Field(min_length=1, max_length=500)
    expected_sequence: int | None = None


class ResolveNeedsHuman(Command, name="intake.resolve_needs_human"):
    """What a recruiter found out where a person was needed. ``callback_at`` goes with ``callback``.

    Answers ``{"sequence": int}``; ``call_again`` is refused where a call can't be queued.
    """

    application_id: int
    resolution: Literal["qualified", "not_qualified", "call_again", "callback", "close"]
    reason: str = Field(min_length=1, max_length=500)
    callback_at: datetime | None = None
    expected_sequence: int | None = None


class ConfirmOutcome(Command, name="intake.confirm_outcome"):
    """The proposed outcome counts; what follows from it starts now. Answers ``{"sequence": int}``."""

    application_id: int
    expected_sequence: int


class ReverseOutcome(Command, name="intake.reverse_outcome"):
    """The proposed outcome is wrong; ``outcome`` counts instead. ``callback_at`` goes with ``callback``.

    Answers ``{"sequence": int}``, by which it can be undone.
    """

    application_id: int
    expected_sequence: int
    outcome: Literal["qualified", "not_qualified", "needs_human", "callback"]
    reason: str = Field(min_length=1, max_length=500)
    callback_at: datetime | None = None


class AdoptEvaluation(Command, name="intake.adopt_evaluation"):
    """A later evaluation of the same application counts instead: its outcome, score and notes.

    Answers ``{"sequence": int}``, by which it can be undone. Refused while a call is under way, and for the
    evaluation that counts already.
    """

    application_id: int
    evaluation_id: UUID
    expected_sequence: int | None = None


class CloseApplication(Command, name="intake.close_application"):
    """Answers ``{"sequence": int}``, by which it can be undone."""

    application_id: int
    reason: str = Field(min_length=1, max_length=500)


class CloseApplications(Command, name="intake.close_applications"):
    """Answers ``{"closed": [ids], "refused": [{"application_id", "code", "message"}]}``."""

    application_ids: list[int] = Field(min_length=1, max_length=10_000)
    reason: str = Field(min_length=1, max_length=500)


class WithdrawApplication(Command, name="intake.withdraw_application"):
    """The candidate does not want the position any more. Answers as ``CloseApplication`` does."""

    application_id: int
    reason: str = Field(min_length=1, max_length=500)


class ReopenApplication(Command, name="intake.reopen_application"):
    """A closed application goes on: waiting for its first call if there was none, else with a recruiter.

    Answers ``{"sequence": int}``. Refused for one that was closed as merged, or with the import it came by.
    """

    application_id: int
    reason: str = Field(min_length=1, max_length=500)


class AssignApplications(Command, name="intake.assign_applications"):
    """Answers ``{"assigned": [ids], "refused": [{"application_id", "code", "message"}]}``."""

    application_ids: list[int] = Field(min_length=1, max_length=10_000)
    assignee: Actor | None


class AddNote(Command, name="intake.add_note"):
    """Answers ``{"note_id": str}``."""

    application_id: int
    text: str = Field(min_length=1, max_length=10_000)
