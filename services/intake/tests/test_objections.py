"""Who writes STOP is not contacted on any channel; in memory and on PostgreSQL."""

from __future__ import annotations

from uuid import UUID

import pytest
from contracts import Accepted
from contracts.intake import AllowContact, ContactAllowed, ContactForbidden
from contracts.messaging import Channel, ContactObjected
from intake.domain.status_machine import Status
from intake.handlers.objections import forbid_who_objected
from intake_support.desk import Desk, somebody

CALL = UUID(int=7)


async def hears_stop(desk: Desk, candidate_id: int, words: str = "STOP", number: int = 1) -> None:
    event = ContactObjected(
        candidate_id=candidate_id, channel=Channel.WHATSAPP, message_id=UUID(int=number), words=words
    )
    async with desk.begin() as tx:
        await forbid_who_objected(event, tx, desk.store.candidates, desk.store.contacts)


async def test_every_channel_is_forbidden_with_the_words(desk: Desk) -> None:
    await desk.has(Status.AWAITING_CV, calls=(CALL,))
    candidate_id = (await desk.now()).candidate_id
    await hears_stop(desk, candidate_id, "Nu mă mai contactați")
    said = await desk.said(ContactForbidden)
    assert {one.channel.value for one in said} == {"call", "whatsapp", "email"}
    assert {one.source for one in said} == {"message"}
    assert {one.reason for one in said} == {"Wrote by WhatsApp: \u201cNu mă mai contactați\u201d"}


async def test_whoever_shares_the_number_is_left_alone_too(desk: Desk) -> None:
    await desk.has(Status.AWAITING_CV, calls=(CALL,))
    async with desk.begin() as tx:
        (other,) = await desk.store.add(tx, somebody()._replace(lead_key="other"))
    await hears_stop(desk, (await desk.now()).candidate_id)
    assert [one.candidate_id for one in await desk.said(ContactForbidden)].count(other) == 3


async def test_said_twice_it_is_forbidden_once_and_said_anew_after_a_recruiter_lifted_it_again(
    desk: Desk,
) -> None:
    await desk.has(Status.AWAITING_CV, calls=(CALL,))
    candidate_id = (await desk.now()).candidate_id
    await hears_stop(desk, candidate_id)
    await hears_stop(desk, candidate_id)
    assert len(await desk.said(ContactForbidden)) == 3
    channels = ["call", "whatsapp", "email"]
    allowed = await desk.asks(AllowContact, candidate_id=candidate_id, channels=channels)
    assert isinstance(allowed, Accepted)
    assert len(await desk.said(ContactAllowed)) == 3
    await hears_stop(desk, candidate_id, number=2)
    assert len(await desk.said(ContactForbidden)) == 6


async def test_nobody_known_is_no_trouble(desk: Desk) -> None:
    await hears_stop(desk, 4711)
    assert await desk.said(ContactForbidden) == []


@pytest.mark.parametrize("words", ["", " ", "x" * 5_000, "a\x00b"])
async def test_the_reason_fits_whatever_the_words_are(desk: Desk, words: str) -> None:
    await desk.has(Status.AWAITING_CV, calls=(CALL,))
    await hears_stop(desk, (await desk.now()).candidate_id, words)
    reason = (await desk.said(ContactForbidden))[0].reason
    assert 0 < len(reason) <= 500
    assert "\x00" not in reason
