"""A recruiter says whose an unknown address or number is: what came from it, and will come, is theirs."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts import messaging as said
from contracts.messaging import LinkSender, SenderLinked, SenderUnlinked, UnlinkSender

from messaging.domain.conversations import portions, sender_key
from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.handlers.arrivals import find_writer
from messaging.handlers.objecting import address_of, hold_what_was_said
from messaging.ports import Objections, Pipeline
from messaging.ports.conversations import Conversations, Link

handlers = Handlers("messaging")

_NO_ADDRESS = Refused(
    code="no_address",
    message="These emails came without a sender's address, so who wrote one says nothing about the others.",
)


@handlers.answers(LinkSender)
async def link_sender(
    command: LinkSender,
    tx: Tx,
    pipeline: Pipeline,
    conversations: Conversations,
    objections: Objections,
) -> Accepted | Refused:
    """Whoever is written to twice at once: the second recruiter hears that the first has said it."""
    key, channel = sender_key(command.sender), Channel(command.channel.value)
    if channel is Channel.EMAIL and "@" not in key:
        return _NO_ADDRESS
    await conversations.claim_sender(tx, key)
    sender = await conversations.wrote(tx, channel, key)
    if sender is None:
        return Refused(code="not_found", message="Nobody has written from there.")
    if await find_writer(tx, channel, sender, pipeline) is not None:
        return Refused(code="known_already", message="It is known already who writes from there.")
    partner = await conversations.partner(tx, command.candidate_id)
    if partner is None:
        return Refused(code="no_candidate", message="There is no such candidate.")
    nobody_yet = Writer(command.candidate_id, None)
    link = Link(tx.new_id(), channel, sender, command.candidate_id, nobody_yet)
    ids = await conversations.link(tx, link)
    known = await conversations.linked(tx, key)
    for portion in portions(ids) if ids else [[]]:
        tx.publish(
            SenderLinked(
                candidate_id=command.candidate_id,
                application_id=known.writer.application_id if known else None,
                link_id=link.link_id,
                channel=command.channel,
                sender=sender,
                message_ids=portion,
                actor=command.actor,
            )
        )
    address = address_of(channel, sender)
    await hold_what_was_said(tx, partner.ids, address, pipeline, objections)
    held = await objections.held_against(tx, partner.ids, address)
    return Accepted(result={"link_id": str(link.link_id), "linked": len(ids), "objected": held})


@handlers.answers(UnlinkSender)
async def unlink_sender(
    command: UnlinkSender, tx: Tx, conversations: Conversations, objections: Objections
) -> Accepted | Refused:
    """Also what arrived since: it came to the person by that word alone.

    That they are left alone, if that was asked from there, is lifted by nobody but a recruiter: who presses
    here hears of it.
    """
    link = await conversations.find_link(tx, command.link_id)
    if link is None:
        return Refused(code="not_linked", message="That was taken back already.")
    await conversations.claim_sender(tx, sender_key(link.sender))
    ids = await conversations.unlink(tx, command.link_id)
    for portion in portions(ids) if ids else [[]]:
        tx.publish(
            SenderUnlinked(
                candidate_id=link.candidate_id,
                link_id=link.link_id,
                channel=said.Channel(link.channel.value),
                sender=link.sender,
                message_ids=portion,
                actor=command.actor,
            )
        )
    partner = await conversations.partner(tx, link.candidate_id)
    address = address_of(link.channel, link.sender)
    held = partner is not None and await objections.held_against(tx, partner.ids, address)
    return Accepted(result={"unlinked": len(ids), "still_forbidden": held})
