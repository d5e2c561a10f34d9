"""CVs, what was decided about them, and files nobody could be named for: the facts of cv_matching."""

from __future__ import annotations

from contracts import Envelope
from contracts.cv_matching import (
    CvConfirmed,
    CvDetached,
    CvMatched,
    CvReviewReopened,
    InboundUnmatched,
    ItemDiscarded,
    ItemReopened,
    UnmatchedAssigned,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, plain, timeline, writes


@writes(CvMatched)
def match_cv(event: CvMatched, envelope: Envelope) -> Rows:
    yield (
        read.CVS,
        {
            "cv_id": event.cv_id,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "matched_at": envelope.time,
            "matched_event": envelope.id,
            "item_id": event.item_id,
            "method": event.method.value,
            "confidence": event.confidence,
            "needs_review": event.needs_review,
            "explanation": event.explanation,
            "file": plain(event.file),
            "file_name": event.file_name,
            "source": event.source.value,
            "received_at": event.received_at,
            "number": event.number,
            "score": event.score,
            "review_reasons": event.review_reasons,
            "runners_up": [each.model_dump() for each in event.runners_up],
            "reading": event.reading.model_dump(mode="json") if event.reading else None,
            "matched_by": event.actor.name if event.actor else None,
            "attached_at": envelope.time,
            "attached_event": envelope.id,
        },
    )
    how = {"source": event.source.value, "method": event.method.value, "number": event.number}
    yield from timeline(event, envelope, event.actor, **how)


@writes(CvDetached)
def detach_cv(event: CvDetached, envelope: Envelope) -> Rows:
    yield (
        read.CVS,
        {
            **_named(event),
            "attached_at": envelope.time,
            "attached_event": envelope.id,
            "detached_because": event.because,
            "detached_by": event.actor.name,
        },
    )
    yield from timeline(event, envelope, event.actor, because=event.because)


def _named(event: CvConfirmed | CvReviewReopened | CvDetached) -> Row:
    return {
        "cv_id": event.cv_id,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
    }


@writes(CvConfirmed)
def confirm_cv(event: CvConfirmed, envelope: Envelope) -> Rows:
    confirmed = {
        "confirmed_at": envelope.time,
        "confirmed_by": event.actor.name if event.actor else None,
    }
    yield read.CVS, _named(event) | _reviewed(envelope) | confirmed
    yield from timeline(event, envelope, event.actor)


@writes(CvReviewReopened)
def review_again(event: CvReviewReopened, envelope: Envelope) -> Rows:
    yield read.CVS, _named(event) | _reviewed(envelope)
    yield from timeline(event, envelope, event.actor)


def _reviewed(envelope: Envelope) -> Row:
    return {"reviewed_at": envelope.time, "reviewed_event": envelope.id}


@writes(InboundUnmatched)
def leave_unmatched(event: InboundUnmatched, envelope: Envelope) -> Rows:
    yield (
        read.UNMATCHED,
        {
            "item_id": event.item_id,
            "seen_at": envelope.time,
            "seen_event": envelope.id,
            "channel": event.channel.value,
            "sender": event.sender,
            "sender_name": event.sender_name,
            "subject": event.subject,
            "body_snippet": event.body_snippet,
            "attachment_name": event.attachment_name,
            "file": plain(event.file),
            "explanation": event.explanation,
            "received_at": event.received_at,
            "message_id": event.message_id,
            "quarantined": event.quarantined,
            "runners_up": [each.model_dump() for each in event.runners_up],
            "reading": event.reading.model_dump(mode="json") if event.reading else None,
        },
    )


@writes(UnmatchedAssigned)
def assign_unmatched(event: UnmatchedAssigned, envelope: Envelope) -> Rows:
    who = event.actor.name if event.actor else None
    settled = {"settled": "assigned", "application_id": event.application_id, "settled_by": who}
    yield read.UNMATCHED, _settled(event, envelope) | settled
    yield from timeline(event, envelope, event.actor)


@writes(ItemDiscarded)
def discard_item(event: ItemDiscarded, envelope: Envelope) -> Rows:
    settled = {"settled": "discarded", "settled_by": event.actor.name, "settled_reason": event.reason}
    yield read.UNMATCHED, _settled(event, envelope) | settled


@writes(ItemReopened)
def reopen_item(event: ItemReopened, envelope: Envelope) -> Rows:
    yield read.UNMATCHED, _settled(event, envelope)


def _settled(event: UnmatchedAssigned | ItemDiscarded | ItemReopened, envelope: Envelope) -> Row:
    return {"item_id": event.item_id, "settled_at": envelope.time, "settled_event": envelope.id}
