"""Emails of candidates, taken from the mailbox at intervals.

A message is read, its files stored, written down and made known, and only then marked as processed: a crash
anywhere in between reads it again and finds it known. Source: providers.md 5.2, idempotent polling.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from chassis import Begin
from chassis.blobs import Blobs
from contracts.messaging import Attachment
from prometheus_client import CollectorRegistry, Counter, Gauge

from messaging.domain.emails import Email
from messaging.domain.letters import Channel
from messaging.handlers.arrivals import announce, find_writer
from messaging.ports import Disconnected, Inbound, Inbounds, Inbox, Pipeline, ProviderAway

log = structlog.get_logger(__name__)


class InboxMetrics:
    """What an operator sees of the polling."""

    def __init__(self) -> None:
        self.reached = Gauge(
            "messaging_inbox_reached", "1 when the last poll of the mailbox worked, else 0", registry=None
        )
        self.polls = Counter("messaging_inbox_polls", "Polls of the mailbox", ["result"], registry=None)
        self.emails = Counter("messaging_inbox_emails", "Emails in the mailbox", ["result"], registry=None)

    def show_in(self, registry: CollectorRegistry) -> None:
        for metric in (self.reached, self.polls, self.emails):
            registry.register(metric)


async def poll_inbox(
    begin: Begin,
    inbox: Inbox,
    inbounds: Inbounds,
    pipeline: Pipeline,
    blobs: Blobs,
    metrics: InboxMetrics,
) -> None:
    """Take every waiting email. The mailbox being away ends the poll with a line in the log, no more."""
    try:
        for external_id in await inbox.waiting():
            await _take_or_leave(external_id, begin, inbox, inbounds, pipeline, blobs, metrics)
    except ProviderAway as away:
        result = "disconnected" if isinstance(away, Disconnected) else "away"
        log.warning("inbox_not_reached", result=result, problem=away.problem)
        metrics.polls.labels(result).inc()
        metrics.reached.set(0)
        return
    metrics.polls.labels("ok").inc()
    metrics.reached.set(1)


async def _take_or_leave(
    external_id: str,
    begin: Begin,
    inbox: Inbox,
    inbounds: Inbounds,
    pipeline: Pipeline,
    blobs: Blobs,
    metrics: InboxMetrics,
) -> None:
    """An email that can't be taken stays where it is, for the next poll, and does not stop the others."""
    try:
        async with begin() as tx:
            known = await inbounds.knows(tx, Channel.EMAIL, external_id)
        if not known:
            email = await inbox.read(external_id)
            if not email.ours:
                await _take(email, begin, inbounds, pipeline, blobs)
        await inbox.mark_processed(external_id)
        metrics.emails.labels("taken").inc()
    except ProviderAway:
        raise
    except Exception as failure:
        log.error("email_not_taken", external_id=external_id, failure=type(failure).__name__)
        metrics.emails.labels("failed").inc()


async def _take(email: Email, begin: Begin, inbounds: Inbounds, pipeline: Pipeline, blobs: Blobs) -> None:
    message_id = message_id_of(email.external_id)
    attachments = []
    for number, file in enumerate(email.files):
        stored = await blobs.put(f"inbound/{message_id}/{number}", file.data, file.content_type)
        attachments.append(Attachment(file=stored, file_name=file.file_name, content_type=file.content_type))
    async with begin() as tx:
        inbound = Inbound(
            message_id=message_id,
            channel=Channel.EMAIL,
            external_id=email.external_id,
            sender=email.sender,
            sender_name=email.sender_name,
            writer=await find_writer(tx, Channel.EMAIL, email.sender, pipeline),
            subject=email.subject,
            body=email.body,
            received_at=min(email.received_at or tx.now, tx.now),
        )
        kept = [attachment.model_dump(mode="json") for attachment in attachments]
        if await inbounds.add(tx, inbound, kept):
            await announce(tx, inbound, attachments, blobs)


def message_id_of(external_id: str) -> UUID:
    """Always the same for the same email: files stored before a crash are stored over, not twice."""
    return uuid5(NAMESPACE_URL, f"gmail:{external_id}")
