"""Messages out and in, CVs, and files nobody could be named for: the facts of messaging and cv_matching."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import Envelope
from contracts.cv_matching import CvConfirmed, CvMatched, InboundUnmatched, UnmatchedAssigned
from contracts.messaging import (
    CandidateUnreachable,
    CvFollowedUp,
    CvRequested,
    CvRequestExpired,
    MessageComposed,
    MessageDelivered,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageRead,
    MessageReceived,
    MessageSent,
)

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row
from recruiter_ui.projection.writers import Rows, activity, plain, timeline, writes

SentFact = MessageComposed | MessageSent | MessageFailed | MessageOutcomeUnknown


def _outbound(
    event: SentFact,
    envelope: Envelope,
    rank: int,
    delivery: str,
    note: str | None = None,
    sent_at: datetime | None = None,
) -> Row:
    """``rank`` orders what is said of one message: a provider may report a sent one as failed later."""
    return {
        "message_id": event.message_id,
        "inbound": False,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
        "channel": event.channel.value,
        "message_type": event.message_type.value,
        "delivery_rank": rank,
        "delivery_at": envelope.time,
        "delivery_event": envelope.id,
        "delivery": delivery,
        "delivery_note": note,
        "sent_at": sent_at,
    }


def _named(event: SentFact) -> dict[str, Any]:
    return {"channel": event.channel.value, "type": event.message_type.value}


@writes(MessageComposed)
def compose(event: MessageComposed, envelope: Envelope) -> Rows:
    text = {
        "written_at": envelope.time,
        "written_event": envelope.id,
        "subject": event.subject,
        "body": event.body,
    }
    yield read.MESSAGES, _outbound(event, envelope, 1, "composed") | text


@writes(MessageOutcomeUnknown)
def lose_message(event: MessageOutcomeUnknown, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 2, "unknown", event.reason)
    yield from timeline(event, envelope, **_named(event), reason=event.reason)


@writes(MessageFailed)
def fail_message(event: MessageFailed, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 4, "failed", event.reason)
    yield from timeline(event, envelope, **_named(event), reason=event.reason)


@writes(MessageSent)
def send(event: MessageSent, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _outbound(event, envelope, 3, "sent", sent_at=event.sent_at)
    yield from timeline(event, envelope, **_named(event))


@writes(MessageDelivered)
def deliver(event: MessageDelivered, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _receipt(event) | {"delivered_at": event.delivered_at}
    yield from activity(event, envelope.time)


@writes(MessageRead)
def read_message(event: MessageRead, envelope: Envelope) -> Rows:
    yield read.MESSAGES, _receipt(event) | {"read_at": event.read_at}
    yield from activity(event, envelope.time)


def _receipt(event: MessageDelivered | MessageRead) -> Row:
    return {
        "message_id": event.message_id,
        "inbound": False,
        "application_id": event.application_id,
        "candidate_id": event.candidate_id,
    }


@writes(MessageReceived)
def receive(event: MessageReceived, envelope: Envelope) -> Rows:
    yield (
        read.MESSAGES,
        {
            "message_id": event.message_id,
            "inbound": True,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "channel": event.channel.value,
            "written_at": event.received_at,
            "written_event": envelope.id,
            "subject": event.subject,
            "body": event.body,
            "sender": event.sender,
            "sender_name": event.sender_name,
            "attachments": [attachment.model_dump(mode="json") for attachment in event.attachments],
        },
    )
    if event.application_id is not None:
        yield from timeline(event, envelope, channel=event.channel.value, files=len(event.attachments))


def _asked(event: CvRequested | CvFollowedUp, envelope: Envelope) -> Row:
    return {"application_id": event.application_id, "cv_asked_at": envelope.time}


@writes(CvRequested)
def ask_for_cv(event: CvRequested, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _asked(event, envelope)


@writes(CvFollowedUp)
def follow_up(event: CvFollowedUp, envelope: Envelope) -> Rows:
    yield read.APPLICATIONS, _asked(event, envelope)


@writes(CvRequestExpired)
def give_up(event: CvRequestExpired, envelope: Envelope) -> Rows:
    yield from timeline(event, envelope)


@writes(CandidateUnreachable)
def lose_candidate(event: CandidateUnreachable, envelope: Envelope) -> Rows:
    yield from timeline(event, envelope, reason=event.reason)


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
        },
    )
    yield from timeline(event, envelope, source=event.source.value, method=event.method.value)


@writes(CvConfirmed)
def confirm_cv(event: CvConfirmed, envelope: Envelope) -> Rows:
    yield (
        read.CVS,
        {
            "cv_id": event.cv_id,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "confirmed_at": envelope.time,
        },
    )
    yield from timeline(event, envelope)


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
        },
    )


@writes(UnmatchedAssigned)
def assign_unmatched(event: UnmatchedAssigned, envelope: Envelope) -> Rows:
    yield (
        read.UNMATCHED,
        {
            "item_id": event.item_id,
            "assigned_at": envelope.time,
            "assigned_event": envelope.id,
            "application_id": event.application_id,
        },
    )
    yield from timeline(event, envelope)
