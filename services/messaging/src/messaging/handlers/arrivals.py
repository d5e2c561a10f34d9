"""A message of a person, written down once and made known to everyone, whatever its channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis import Tx
from chassis.blobs import Blobs
from contracts import messaging as said
from contracts.messaging import Attachment, MessageReceived
from people import fold_email

from messaging.domain.letters import Channel
from messaging.domain.people import Writer, the_writer
from messaging.handlers.objecting import hear_objection
from messaging.ports import Inbound, Inbounds, Objections, Pipeline

LONGEST_BODY = 20_000
"""Characters of a body that travel in the event; the whole of a longer one is in the blob store."""


async def find_writer(tx: Tx, channel: Channel, sender: str | None, pipeline: Pipeline) -> Writer | None:
    """By a recruiter's word, else the exact address or number (recruitflow.md 4.9).

    ``sender`` is a number, an address, or the id of somebody on WhatsApp who hides theirs.
    """
    if not sender:
        return None
    linked = await pipeline.linked_writer(tx, sender)
    if linked is not None:
        return linked
    if channel is Channel.EMAIL:
        return the_writer(await pipeline.writers_by_email(tx, fold_email(sender)))
    return the_writer(await pipeline.writers_by_phone(tx, sender))


async def take_in(
    tx: Tx,
    inbound: Inbound,
    attachments: Sequence[dict[str, Any]],
    inbounds: Inbounds,
    pipeline: Pipeline,
    objections: Objections,
) -> bool:
    """Write it down, and keep to what it asks of us at once; False when it is known already."""
    if not await inbounds.add(tx, inbound, attachments):
        return False
    await hear_objection(tx, inbound, pipeline, objections)
    return True


async def announce(
    tx: Tx, inbound: Inbound, attachments: list[Attachment], blobs: Blobs, note: str | None = None
) -> None:
    """``note`` tells a recruiter what of the message could not be had."""
    body = "\n\n".join(filter(None, (inbound.body, f"[{note}]" if note else None)))
    whole = None
    if len(body) > LONGEST_BODY:
        key = f"inbound/{inbound.message_id}/body"
        whole = await blobs.put(key, body.encode(), "text/plain; charset=utf-8")
    ids: dict[str, Any] = {}
    if inbound.writer:
        ids = {
            "candidate_id": inbound.writer.candidate_id,
            "application_id": inbound.writer.application_id,
        }
    tx.publish(
        MessageReceived(
            **ids,
            message_id=inbound.message_id,
            channel=said.Channel(inbound.channel.value),
            sender=inbound.sender,
            sender_name=inbound.sender_name,
            subject=inbound.subject,
            body=body[:LONGEST_BODY],
            body_ref=whole,
            attachments=attachments,
            external_id=inbound.external_id,
            received_at=inbound.received_at,
        )
    )
