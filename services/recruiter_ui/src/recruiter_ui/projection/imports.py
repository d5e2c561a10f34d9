"""Lead files from the look at them to their undoing, and live leads."""

from __future__ import annotations

from contracts import Actor, Envelope
from contracts.intake import (
    LeadsImported,
    LeadsImportProgressed,
    LeadsImportRefused,
    LeadsImportRequested,
    LeadsImportUndone,
    LeadsImportUndoRequested,
    LeadsPreviewed,
    LeadsPreviewRequested,
    LiveLeadAnnounced,
    LiveLeadBroughtIn,
    LiveLeadHeld,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, plain, writes

NamedFact = LeadsPreviewRequested | LeadsPreviewed | LeadsImportRequested | LeadsImported | LeadsImportRefused


def _import(event: NamedFact) -> Row:
    actor: Actor = event.actor
    return {
        "import_id": event.import_id,
        "position_id": event.position_id,
        "file_name": event.file_name,
        "requested_by": actor.name,
    }


@writes(LeadsPreviewRequested)
def request_preview(event: LeadsPreviewRequested, envelope: Envelope) -> Rows:
    yield read.IMPORTS, _import(event) | {"preview_requested_at": envelope.time, "file": plain(event.file)}


@writes(LeadsPreviewed)
def finish_preview(event: LeadsPreviewed, envelope: Envelope) -> Rows:
    seen = {
        "previewed_at": envelope.time,
        "previewed_event": envelope.id,
        "preview": event.model_dump(mode="json"),
        "of_rows": event.counts.rows,
    }
    yield read.IMPORTS, _import(event) | seen


@writes(LeadsImportRequested)
def request_import(event: LeadsImportRequested, envelope: Envelope) -> Rows:
    yield read.IMPORTS, _import(event) | {"requested_at": envelope.time, "file": plain(event.file)}


@writes(LeadsImportProgressed)
def progress_import(event: LeadsImportProgressed, envelope: Envelope) -> Rows:
    done = {"rows_done": event.rows, "of_rows": event.of_rows}
    yield read.IMPORTS, {"import_id": event.import_id, "position_id": event.position_id} | done


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
    result = {
        "result_at": envelope.time,
        "result_event": envelope.id,
        "state": "completed",
        "counts": counts,
        "refused": [row.model_dump(mode="json") for row in event.refused],
        "flagged": [row.model_dump(mode="json") for row in event.flagged],
        "refused_rows": plain(event.refused_rows),
        "rows_done": event.rows,
    }
    yield read.IMPORTS, _import(event) | result


@writes(LeadsImportRefused)
def refuse_import(event: LeadsImportRefused, envelope: Envelope) -> Rows:
    result = {
        "result_at": envelope.time,
        "result_event": envelope.id,
        "state": "refused",
        "reason": event.reason,
    }
    yield read.IMPORTS, _import(event) | result


@writes(LeadsImportUndoRequested)
def request_undo(event: LeadsImportUndoRequested, envelope: Envelope) -> Rows:
    asked = {"import_id": event.import_id, "undo_requested_at": envelope.time}
    yield read.IMPORTS, asked | {"position_id": event.position_id}


@writes(LeadsImportUndone)
def undo_import(event: LeadsImportUndone, envelope: Envelope) -> Rows:
    undone = {
        "import_id": event.import_id,
        "position_id": event.position_id,
        "undone_at": envelope.time,
        "undone_event": envelope.id,
        "undone": event.model_dump(mode="json"),
    }
    yield read.IMPORTS, undone


@writes(LiveLeadAnnounced)
def announce_lead(event: LiveLeadAnnounced, envelope: Envelope) -> Rows:
    row = {"leadgen_id": event.leadgen_id, "form_id": event.form_id, "announced_at": event.announced_at}
    yield read.LIVE_LEADS, row


@writes(LiveLeadHeld)
def hold_lead(event: LiveLeadHeld, envelope: Envelope) -> Rows:
    yield (
        read.LIVE_LEADS,
        {
            "leadgen_id": event.leadgen_id,
            "form_id": event.form_id,
            "state_at": envelope.time,
            "state_event": envelope.id,
            "state": "held",
            "code": event.code,
            "message": event.message,
            "form_name": event.form_name,
        },
    )


@writes(LiveLeadBroughtIn)
def bring_in_lead(event: LiveLeadBroughtIn, envelope: Envelope) -> Rows:
    yield (
        read.LIVE_LEADS,
        {
            "leadgen_id": event.leadgen_id,
            "form_id": event.form_id,
            "state_at": envelope.time,
            "state_event": envelope.id,
            "state": "brought_in",
            "candidate_id": event.candidate_id,
            "application_id": event.application_id,
            "position_id": event.position_id,
        },
    )
