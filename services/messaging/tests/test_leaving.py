"""The moment of leaving: who is first, what a kill leaves behind, and what nobody knows afterwards."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from chassis import Begin, Tx
from chassis.effects import NotAccepted, OutcomePending
from chassis.testing_rooms import Killed, crashing
from contracts import Accepted, Refused
from contracts.messaging import (
    CvRequested,
    MessageComposed,
    MessageHeld,
    MessageOutcomeUnknown,
    MessageSent,
    MessageSettledByHand,
    MessageTakenBack,
)
from messaging.ports import Disconnected, Letter, Taken

from .office import Office, someone

NIGHT_IN = 10  # hours from noon in London to midnight in Bucharest


def code_of(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def composed(office: Office) -> list[MessageComposed]:
    return await office.room.said(MessageComposed)


async def test_what_nobody_knows_is_settled_by_who_looked(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble, office.whatsapp.after_sending = [ConnectionResetError()], True
    office.whatsapp.can_look = False
    [message] = await composed(office)
    with pytest.raises(OutcomePending):
        await office.sends_one(message)
    await office.sends_one(message)
    assert len(await office.room.said(MessageOutcomeUnknown)) == 1
    assert code_of(await office.has_sent("cv_request", "whatsapp")) == "sent_before"
    assert isinstance(await office.finds_out(message.message_id, sent=True), Accepted)
    [settled] = await office.room.said(MessageSettledByHand)
    assert (settled.sent, settled.actor.name) == (True, "Irina Dobre")
    assert len(await office.room.said(CvRequested)) == 1
    assert code_of(await office.finds_out(message.message_id, sent=False)) == "settled"
    assert code_of(await office.has_sent("cv_request", "whatsapp")) == "sent_before"


async def test_what_never_arrived_may_be_sent_by_hand(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    office.whatsapp.trouble, office.whatsapp.after_sending = [ConnectionResetError()], True
    office.whatsapp.can_look = False
    [message] = await composed(office)
    with pytest.raises(OutcomePending):
        await office.sends_one(message)
    await office.sends_one(message)
    await office.finds_out(message.message_id, sent=False)
    assert isinstance(await office.has_sent("cv_request", "whatsapp"), Accepted)
    office.waits(seconds=10)
    await office.due()
    assert len(await office.room.said(CvRequested)) == 1


async def test_taking_back_races_with_leaving_and_exactly_one_wins(on_postgres: Office) -> None:
    """While the provider is being talked to; the row says who came first."""
    office = on_postgres
    await office.opens()
    for number in range(12):
        await office.writes(f"Mesajul {number}")
    office.waits(seconds=10)
    messages = await composed(office)
    answers = await asyncio.gather(
        *(
            task
            for message in messages
            for task in (office.sends_one(message), office.takes_back(message.message_id))
        )
    )
    taken = sum(isinstance(answer, Accepted) for answer in answers)
    assert taken + len(office.whatsapp.sent) == 12
    assert len(await office.room.said(MessageTakenBack)) == taken
    assert len(await office.room.said(MessageSent)) == 12 - taken


async def test_what_is_at_the_provider_is_not_taken_back(on_postgres: Office) -> None:
    office = on_postgres
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    answers = []

    class Meanwhile:
        async def send(self, letter: Letter, before: float = math.inf) -> Taken:
            answers.append(await office.takes_back(message.message_id))
            return Taken("wa-1")

    office.whatsapp.send = Meanwhile().send  # type: ignore[method-assign]
    await office.sends_one(message)
    assert code_of(answers[0]) == "has_left"
    assert len(await office.room.said(MessageSent)) == 1


async def test_what_a_provider_did_not_take_may_be_taken_back(office: Office) -> None:
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    office.whatsapp.trouble = [NotAccepted("HTTP 503")]
    await office.sends_one(message)
    assert isinstance(await office.takes_back(message.message_id), Accepted)
    await office.sends_one(message)
    assert office.whatsapp.sent == []


@pytest.mark.parametrize("moment", range(14))
async def test_killed_anywhere_it_leaves_once(on_postgres: Office, moment: int) -> None:
    office = on_postgres
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    begin = crashing(office.room.begin, moment)
    with suppress(Killed):
        await office.sends_one(message, begin)
    await office.sends_one(message)
    assert len(office.whatsapp.sent) == 1
    assert len(await office.room.said(MessageSent)) == 1


@pytest.mark.parametrize("moment", [5, 6, 7])
async def test_killed_before_it_was_on_its_way_it_leaves_though_nobody_can_look(
    on_postgres: Office, moment: int
) -> None:
    """WhatsApp knows no chat with a number that was never written to, so it could not say no."""
    office = on_postgres
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    office.whatsapp.can_look = False
    with pytest.raises(Killed):
        await office.sends_one(message, crashing(office.room.begin, moment))
    assert office.whatsapp.sent == []
    await office.sends_one(message)
    assert len(office.whatsapp.sent) == 1
    assert await office.room.said(MessageOutcomeUnknown) == []


def overtaken(office: Office, message: MessageComposed, hours: float = 0) -> Begin:
    """Transactions of a process that stands still once it has written down the intent: another one claims the
    message meanwhile, and ``hours`` go by."""
    passed = 0

    @asynccontextmanager
    async def begin() -> AsyncIterator[Tx]:
        nonlocal passed
        passed += 1
        if passed == 3:  # after reading it and writing down the intent
            async with office.room.begin() as tx:
                letter = await office.messages.to_send(tx, message.message_id)
                assert letter is not None
                assert await office.messages.claim(tx, letter) == 1
            office.waits(hours=hours)
        async with office.room.begin() as tx:
            yield tx

    return begin


async def _is_left_to_the_other_one(office: Office, message: MessageComposed) -> None:
    assert office.whatsapp.sent == []
    async with office.room.begin() as tx:
        kept = await office.messages.find(tx, message.message_id)
        intent = await tx.effects.intend(f"message:{message.message_id}", datetime.now(UTC))
    assert kept is not None
    assert kept.leaving_at is not None, "the other one's claim stands"
    assert intent is not None, "the other one's answer may be lost: then it has to be looked up"
    assert intent.state == "acting"


async def test_who_was_stopped_for_long_and_goes_on_does_not_send_what_another_has_claimed(
    office: Office,
) -> None:
    """Between reading the message and claiming it a process may stand still for minutes."""
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    with pytest.raises(OutcomePending):
        await office.sends_one(message, overtaken(office, message))
    await _is_left_to_the_other_one(office, message)


async def test_what_keeps_a_message_here_leaves_the_intent_of_who_is_sending_it(office: Office) -> None:
    """Night falls while another is at it: nothing is held any more, and a lost answer is looked up."""
    await office.opens(someone(email=None))
    await office.stands("qualified")
    [message] = await composed(office)
    with pytest.raises(OutcomePending):
        await office.sends_one(message, overtaken(office, message, hours=NIGHT_IN))
    assert await office.room.said(MessageHeld) == []
    await _is_left_to_the_other_one(office, message)


async def test_who_comes_to_send_when_another_may_be_at_it_by_now_leaves_it(office: Office) -> None:
    """The grace counts from the intent: what stands still after it has that much less time."""
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    office.grace = 0.6
    passed = 0

    @asynccontextmanager
    async def slowly() -> AsyncIterator[Tx]:
        nonlocal passed
        passed += 1
        if passed == 3:
            await asyncio.to_thread(Event().wait, 0.4)
        async with office.room.begin() as tx:
            yield tx

    with pytest.raises(OutcomePending):
        await office.sends_one(message, slowly)
    assert office.whatsapp.sent == []
    async with office.room.begin() as tx:
        kept = await office.messages.find(tx, message.message_id)
    assert kept is not None
    assert kept.leaving_at is None, "it has not left"


async def test_an_email_is_given_no_more_time_to_leave_than_is_left_of_the_grace(office: Office) -> None:
    await office.opens(someone(phone=None))
    await office.stands("qualified")
    [message] = await composed(office)
    office.grace = 60
    began = time.monotonic()
    await office.sends_one(message)
    [before] = office.mail.before
    assert began < before <= time.monotonic() + 20


async def test_what_nobody_can_be_asked_about_for_a_day_is_for_a_person(office: Office) -> None:
    """Else it would be on its way for ever, and nobody would see it."""
    await office.opens()
    await office.writes()
    [message] = await composed(office)
    office.waits(seconds=10)
    office.whatsapp.trouble, office.whatsapp.away = [TimeoutError()], RuntimeError("HTTP 500")
    for _ in range(3):
        with pytest.raises(OutcomePending):
            await office.sends_one(message)
        office.waits(hours=11)
    assert await office.room.said(MessageOutcomeUnknown) == []
    await office.sends_one(message)
    [unknown] = await office.room.said(MessageOutcomeUnknown)
    assert "nobody could be asked" in unknown.reason


async def test_what_came_to_nothing_and_is_held_by_night_may_be_taken_back(office: Office) -> None:
    await office.opens(someone(email=None))
    await office.stands("qualified")
    [message] = await composed(office)
    office.whatsapp.trouble = [TimeoutError()]
    with pytest.raises(OutcomePending):
        await office.sends_one(message)
    office.waits(hours=NIGHT_IN)
    await office.sends_one(message)  # WhatsApp has never heard of it
    assert len(await office.room.said(MessageHeld)) == 1
    assert isinstance(await office.takes_back(message.message_id), Accepted)


async def test_an_answer_lost_in_the_morning_has_the_whole_patience(office: Office) -> None:
    """What waited for the night to end did not wait for Gmail."""
    await office.opens(someone(phone=None))
    office.waits(hours=NIGHT_IN)
    await office.stands("qualified")
    [message] = await composed(office)
    office.waits(hours=8)
    office.mail.trouble, office.mail.after_sending = [TimeoutError()], True
    office.mail.away = Disconnected("Google no longer accepts our access")
    for _ in range(2):
        with pytest.raises(OutcomePending):
            await office.sends_one(message)
    office.mail.away = None
    await office.sends_one(message)
    assert await office.room.said(MessageOutcomeUnknown) == []
    assert len(await office.room.said(CvRequested)) == 1
