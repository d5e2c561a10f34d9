"""Positions, candidates, applications and imports: the facts of intake."""

from __future__ import annotations

from contracts import Envelope
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatusChanged,
    CandidateProfile,
    CandidateProfileRevised,
    LeadsImported,
    LeadsImportRefused,
    LeadsImportRequested,
    PositionDetails,
    PositionOpened,
    PositionRevised,
    PossibleDuplicateFound,
)
from people import fold as fold_name

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, timeline, writes

FIRST_REVISION = 1
"""What `PositionOpened` says; intake counts on from it."""


def _position(position_id: int, revision: int, details: PositionDetails) -> Row:
    return {
        "position_id": position_id,
        "revision": revision,
        "title": details.title,
        "status": details.status.value,
        "details": details.model_dump(mode="json"),
    }


@writes(PositionOpened)
def open_position(event: PositionOpened, envelope: Envelope) -> Rows:
    yield (
        read.POSITIONS,
        _position(event.position_id, FIRST_REVISION, event.details) | {"opened_at": envelope.time},
    )


@writes(PositionRevised)
def revise_position(event: PositionRevised, envelope: Envelope) -> Rows:
    yield read.POSITIONS, _position(event.position_id, event.revision, event.details)


def _candidate(candidate_id: int, profile: CandidateProfile, envelope: Envelope) -> Row:
    phone = (profile.phone or "").removeprefix("+")
    return {
        "candidate_id": candidate_id,
        "first_seen_at": envelope.time,
        "profile_at": envelope.time,
        "profile_event": envelope.id,
        **profile.model_dump(exclude={"form_answers"}),
        "form_answers": [answer.model_dump(mode="json") for answer in profile.form_answers],
        "search": " ".join(
            filter(None, (fold_name(profile.full_name), (profile.email or "").lower(), phone))
        ),
    }


@writes(CandidateProfileRevised)
def revise_profile(event: CandidateProfileRevised, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, _candidate(event.candidate_id, event.profile, envelope)


@writes(PossibleDuplicateFound)
def note_duplicate(event: PossibleDuplicateFound, envelope: Envelope) -> Rows:
    yield (
        read.DUPLICATES,
        {
            "candidate_id": event.candidate_id,
            "other_candidate_id": event.other_candidate_id,
            "found_at": envelope.time,
            "found_event": envelope.id,
            "shared": list(event.shared),
        },
    )


@writes(ApplicationOpened)
def open_application(event: ApplicationOpened, envelope: Envelope) -> Rows:
    yield read.CANDIDATES, _candidate(event.candidate_id, event.profile, envelope)
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "opened_at": envelope.time,
            "opened_event": envelope.id,
            "candidate_id": event.candidate_id,
            "position_id": event.position_id,
            "import_id": event.import_id,
            "sequence": 0,
            "status": "pending_call",
            "status_at": envelope.time,
        },
    )
    yield from timeline(event, envelope, source=event.profile.source, imported=event.import_id is not None)


@writes(ApplicationStatusChanged)
def change_status(event: ApplicationStatusChanged, envelope: Envelope) -> Rows:
    yield (
        read.APPLICATIONS,
        {
            "application_id": event.application_id,
            "sequence": event.sequence,
            "status": event.current.value,
            "status_at": envelope.time,
            "previous_status": event.previous.value,
            "status_reason": event.reason,
            "score": event.score,
            "qualified": event.qualified,
            "score_notes": event.score_notes,
            "callback_at": event.callback_at,
            "needs_human_reason": event.needs_human_reason,
            "cv_received_at": event.cv_received_at,
        },
    )
    yield from timeline(
        event,
        envelope,
        event.actor,
        sequence=event.sequence,
        previous=event.previous.value,
        current=event.current.value,
        reason=event.reason,
    )


@writes(LeadsImportRequested)
def request_import(event: LeadsImportRequested, envelope: Envelope) -> Rows:
    yield (
        read.IMPORTS,
        {
            "import_id": event.import_id,
            "position_id": event.position_id,
            "file_name": event.file_name,
            "requested_by": event.actor.name,
            "requested_at": envelope.time,
        },
    )


@writes(LeadsImported)
def finish_import(event: LeadsImported, envelope: Envelope) -> Rows:
    counts = event.model_dump(
        include={
            "rows",
            "candidates_created",
            "candidates_updated",
            "candidates_unchanged",
            "applications_created",
            "skipped",
            "possible_duplicates",
            "refused_count",
            "flagged_count",
        }
    )
    yield (
        read.IMPORTS,
        {
            "import_id": event.import_id,
            "position_id": event.position_id,
            "file_name": event.file_name,
            "requested_by": event.actor.name,
            "result_at": envelope.time,
            "result_event": envelope.id,
            "state": "completed",
            "counts": counts,
            "refused": [row.model_dump(mode="json") for row in event.refused],
            "flagged": [row.model_dump(mode="json") for row in event.flagged],
        },
    )


@writes(LeadsImportRefused)
def refuse_import(event: LeadsImportRefused, envelope: Envelope) -> Rows:
    yield (
        read.IMPORTS,
        {
            "import_id": event.import_id,
            "position_id": event.position_id,
            "file_name": event.file_name,
            "requested_by": event.actor.name,
            "result_at": envelope.time,
            "result_event": envelope.id,
            "state": "refused",
            "reason": event.reason,
        },
    )
