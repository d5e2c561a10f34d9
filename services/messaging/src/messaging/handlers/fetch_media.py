"""The file of a WhatsApp message is fetched; the message is made known with it, or with what is wrong."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from chassis import Begin, Clock, Handlers, Tx
from chassis.blobs import Blobs
from contracts import BlobRef
from contracts.messaging import Attachment, WhatsAppMediaAnnounced, WhatsAppMediaDue

from messaging.domain.patience import pause_before_try
from messaging.domain.whapi_inbox import Media
from messaging.handlers.arrivals import announce
from messaging.ports import FileGone, FileTooLarge, Inbound, Inbounds, ProviderAway, WhatsApp

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)

LARGEST_FILE = 25 * 2**20
"""Bytes."""


@handlers.acts_on(WhatsAppMediaAnnounced, WhatsAppMediaDue, consumer="fetch_media")
async def fetch_media(
    event: WhatsAppMediaAnnounced | WhatsAppMediaDue,
    begin: Begin,
    inbounds: Inbounds,
    whatsapp: WhatsApp,
    blobs: Blobs,
    clock: Clock,
) -> None:
    async with begin() as tx:
        inbound = await inbounds.to_fetch(tx, event.message_id)
    if inbound is None or inbound.media is None:
        return
    try:
        file = await whatsapp.fetch(inbound.media, LARGEST_FILE)
        stored = await _store(blobs, inbound.message_id, inbound.media, file)
    except ProviderAway as away:
        async with begin() as tx:
            await _try_again(tx, inbound, inbounds, blobs, clock, away.problem)
        return
    except (FileGone, FileTooLarge) as lost:
        async with begin() as tx:
            await _settle(tx, inbound, inbounds, blobs, None, str(lost))
        return
    async with begin() as tx:
        await _settle(tx, inbound, inbounds, blobs, stored, None)


async def _store(blobs: Blobs, message_id: UUID, media: Media, file: bytes) -> BlobRef:
    """Trouble of our own store may last as well: among the dead letters nobody would see the message."""
    try:
        return await blobs.put(f"inbound/{message_id}/0", file, media.content_type)
    except Exception as failure:
        raise ProviderAway(f"not stored: {type(failure).__name__}") from failure


async def _settle(
    tx: Tx, inbound: Inbound, inbounds: Inbounds, blobs: Blobs, stored: BlobRef | None, problem: str | None
) -> None:
    attachments = [_attachment(inbound.media, stored)] if stored and inbound.media else []
    kept = [attachment.model_dump(mode="json") for attachment in attachments]
    # A recruiter may have said meanwhile whose it is.
    inbound = await inbounds.to_fetch(tx, inbound.message_id) or inbound
    if await inbounds.fetched(tx, inbound.message_id, kept, problem):
        note = f"a file could not be fetched: {problem}" if problem else None
        await announce(tx, inbound, attachments, blobs, note)


def _attachment(media: Media, stored: BlobRef) -> Attachment:
    return Attachment(file=stored, file_name=media.file_name, content_type=media.content_type)


async def _try_again(
    tx: Tx, inbound: Inbound, inbounds: Inbounds, blobs: Blobs, clock: Clock, problem: str
) -> None:
    await inbounds.count_try(tx, inbound.message_id)
    pause = pause_before_try(inbound.tries + 1)
    log.warning("media_not_fetched", message_id=str(inbound.message_id), problem=problem, pause=pause)
    if pause is None:
        await _settle(tx, inbound, inbounds, blobs, None, problem)
        return
    writer = inbound.writer
    due = WhatsAppMediaDue(
        candidate_id=writer.candidate_id if writer else None,
        application_id=writer.application_id if writer else None,
        message_id=inbound.message_id,
    )
    # The provider lives in real time, whatever the pace of our clock.
    second = clock.real_seconds(timedelta(seconds=1))
    tx.publish(due, at=tx.now + timedelta(seconds=pause / second), key=f"media:{inbound.message_id}")
