"""Somebody writes that they want no more of us: kept to at once, for everybody who has that address.

It is remembered by address too: who writes from there is not answered, and whoever turns out to have it later
is not written to either. A recruiter may lift it for a candidate, as any other wish. Nobody confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts import messaging as said
from contracts.messaging import ContactObjected
from people import fold_email

from messaging.domain.letters import Channel
from messaging.domain.objections import objection_in
from messaging.ports import Inbound, Objection, Objections, Person, Pipeline


async def hear_objection(tx: Tx, inbound: Inbound, pipeline: Pipeline, objections: Objections) -> None:
    """In the transaction that takes the message in: what is composed from now on, and what has not left,
    knows of it."""
    words = objection_in(inbound.body) or objection_in(inbound.subject)
    if words is None:
        return
    address = address_of(inbound.channel, inbound.sender)
    objection = Objection(inbound.message_id, inbound.channel, address, words, inbound.received_at)
    await objections.remember(tx, objection)
    theirs = set(await objections.everybody_at(tx, address))
    if inbound.writer is not None:
        person = await pipeline.addressee(tx, inbound.writer.candidate_id)
        theirs |= set(person.ids) if person else {inbound.writer.candidate_id}
    await hold_against(tx, sorted(theirs), objection, pipeline, objections)


def address_of(channel: Channel, sender: str) -> str:
    """By which an objection from there is remembered."""
    return fold_email(sender) if channel is Channel.EMAIL else sender


async def hold_against_newcomer(tx: Tx, person: Person, pipeline: Pipeline, objections: Objections) -> None:
    """Somebody is heard of, or reads differently now: what came from their address was theirs."""
    addresses = [each for each in (person.email, person.phone, person.whatsapp_number) if each]
    for objection in await objections.not_told_of(tx, person.candidate_id, addresses):
        await hold_against(tx, [person.candidate_id], objection, pipeline, objections)


async def hold_what_was_said(
    tx: Tx, candidate_ids: Sequence[int], address: str, pipeline: Pipeline, objections: Objections
) -> None:
    """A recruiter says whose address it is: what came from there was theirs."""
    for candidate_id in candidate_ids:
        for objection in await objections.not_told_of(tx, candidate_id, [address]):
            await hold_against(tx, [candidate_id], objection, pipeline, objections)


async def hold_against(
    tx: Tx,
    candidate_ids: Sequence[int],
    objection: Objection,
    pipeline: Pipeline,
    objections: Objections,
) -> None:
    for candidate_id in candidate_ids:
        if not await objections.told_of(tx, candidate_id, objection.message_id):
            continue
        for channel in Channel:
            await pipeline.contact_forbidden(tx, candidate_id, channel, forbidden=True)
        tx.publish(
            ContactObjected(
                candidate_id=candidate_id,
                channel=said.Channel(objection.channel.value),
                message_id=objection.message_id,
                words=objection.words,
            )
        )
