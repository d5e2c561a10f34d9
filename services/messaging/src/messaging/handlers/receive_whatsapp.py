"""A delivery of Whapi: what people wrote, and what became of our messages."""

from __future__ import annotations

import structlog
from chassis import Handlers, Tx
from chassis.blobs import Blobs
from contracts.gateway import WhapiWebhookReceived
from contracts.messaging import WhatsAppMediaAnnounced

from messaging.domain.letters import Channel
from messaging.domain.whapi_inbox import NotAPost, WhatsAppMessage, read_post
from messaging.handlers.arrivals import announce, find_writer, take_in
from messaging.handlers.reports import apply_report
from messaging.ports import Inbound, Inbounds, Messages, Objections, Pipeline

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)


@handlers.on(WhapiWebhookReceived)
async def receive_whatsapp(
    event: WhapiWebhookReceived,
    tx: Tx,
    blobs: Blobs,
    pipeline: Pipeline,
    inbounds: Inbounds,
    messages: Messages,
    objections: Objections,
) -> None:
    try:
        post = read_post(await _body(event, blobs))
    except NotAPost as no:
        # Nothing is lost: the gateway keeps every delivery as it came.
        log.warning("whapi_delivery_not_understood", delivery_id=str(event.delivery_id), problem=str(no))
        return
    for message in post.messages:
        await _receive(message, event, tx, blobs, pipeline, inbounds, objections)
    for report in post.reports:
        await apply_report(tx, report, messages, pipeline)


async def _receive(
    message: WhatsAppMessage,
    event: WhapiWebhookReceived,
    tx: Tx,
    blobs: Blobs,
    pipeline: Pipeline,
    inbounds: Inbounds,
    objections: Objections,
) -> None:
    """A text is made known at once; one with a file once the file is here, so that it is one message."""
    inbound = Inbound(
        message_id=tx.new_id(),
        channel=Channel.WHATSAPP,
        external_id=message.external_id,
        sender=message.sender,
        sender_name=message.sender_name,
        writer=await find_writer(tx, Channel.WHATSAPP, message.sender, pipeline),
        subject=None,
        body=message.body,
        received_at=min(message.sent_at or event.received_at, event.received_at),
        media=message.media,
    )
    if not await take_in(tx, inbound, [], inbounds, pipeline, objections):
        return
    if message.media is None:
        await announce(tx, inbound, [], blobs)
        return
    writer = inbound.writer
    tx.publish(
        WhatsAppMediaAnnounced(
            candidate_id=writer.candidate_id if writer else None,
            application_id=writer.application_id if writer else None,
            message_id=inbound.message_id,
        )
    )


async def _body(event: WhapiWebhookReceived, blobs: Blobs) -> str:
    if event.body is not None or event.body_ref is None:
        return event.body or ""
    return (await blobs.get(event.body_ref)).decode("utf-8", "replace")
