"""Calls of unknown outcome, and what a person says of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.calling import (
    CallCompleted,
    CallNotAnswered,
    CallOutcomeUnknown,
    CallPlaced,
    CallRefused,
    CallSettledByHand,
    SettleUnknownCall,
)

from .conftest import Office, Status, a_conversation
from .test_stopping import RECRUITER, rung


def settle(call_id: UUID, rang: bool) -> SettleUnknownCall:
    return SettleUnknownCall(
        command_id=new_id(), actor=RECRUITER, call_id=call_id, rang=rang, note="asked them"
    )


async def an_unknown_call(office: Office) -> UUID:
    """Nobody heard of it for a day; intake leaves the application to a person."""
    [call] = await office.placed(people=1, call_retry_max=1)
    office.telephony.conversations.clear()
    await office.wait(timedelta(days=1, minutes=20))
    [unknown] = await office.said(CallOutcomeUnknown)
    assert unknown.call_id == call.call_id
    await office.tell(office.moved(1, Status.CALL_IN_PROGRESS, Status.NEEDS_HUMAN))
    return call.call_id


async def queued_again(office: Office) -> None:
    """What intake does when it hears that it did not ring."""
    await office.tell(office.moved(1, Status.NEEDS_HUMAN, Status.CALL_QUEUED))


async def test_one_that_did_not_ring_is_called_again_and_does_not_count(office: Office) -> None:
    """One attempt is all that the position allows."""
    call_id = await an_unknown_call(office)
    reply = await office.ask(settle(call_id, rang=False))
    assert reply == Accepted(result={"queued_again": True})
    [said] = await office.said(CallSettledByHand)
    assert (said.call_id, said.rang, said.actor) == (call_id, False, RECRUITER)
    assert said.note == "asked them"
    assert len(office.telephony.rings) == 1
    await queued_again(office)
    assert len(office.telephony.rings) == 2
    rounds = await office.rows("SELECT DISTINCT round FROM attempts")
    assert rounds == [{"round": 1}]
    assert {one.attempt_number for one in await office.said(CallPlaced)} == {1}


async def test_one_that_rang_counts_and_is_left_to_the_recruiter(office: Office) -> None:
    call_id = await an_unknown_call(office)
    reply = await office.ask(settle(call_id, rang=True))
    assert reply == Accepted(result={"queued_again": False})
    assert [one.rang for one in await office.said(CallSettledByHand)] == [True]
    await office.wait(timedelta(days=2))
    assert len(office.telephony.rings) == 1


@pytest.mark.parametrize("rang", [True, False])
async def test_said_twice_it_is_done_once(office: Office, rang: bool) -> None:
    call_id = await an_unknown_call(office)
    for _ in range(2):
        assert isinstance(await office.ask(settle(call_id, rang)), Accepted)
    assert len(await office.said(CallSettledByHand)) == 1


@pytest.mark.parametrize("rang", [True, False])
async def test_the_opposite_of_what_somebody_said_is_refused(office: Office, rang: bool) -> None:
    call_id = await an_unknown_call(office)
    await office.ask(settle(call_id, rang))
    reply = await office.ask(settle(call_id, not rang))
    assert isinstance(reply, Refused)
    assert reply.code == "settled_otherwise"
    assert len(await office.said(CallSettledByHand)) == 1


async def test_what_is_known_by_now_is_not_settled_by_hand(office: Office) -> None:
    call_id = await an_unknown_call(office)
    await office.hear(a_conversation(call_id, "1"))
    for rang in (True, False):
        reply = await office.ask(settle(call_id, rang))
        assert isinstance(reply, Refused)
        assert reply.code == "outcome_known"
    assert not await office.said(CallSettledByHand)


async def test_a_call_that_nobody_made_is_refused(office: Office) -> None:
    reply = await office.ask(settle(new_id(), rang=True))
    assert isinstance(reply, Refused)
    assert reply.code == "call_not_found"


async def test_late_news_of_one_that_rang_is_the_truth(office: Office) -> None:
    call_id = await an_unknown_call(office)
    await office.ask(settle(call_id, rang=True))
    await office.hear(a_conversation(call_id, "1"))
    assert [one.call_id for one in await office.said(CallCompleted)] == [call_id]
    assert len(office.telephony.rings) == 1


async def test_late_news_of_one_that_was_said_not_to_have_rung_calls_nobody(office: Office) -> None:
    """It was queued again, and waits for the morning."""
    call_id = await an_unknown_call(office)
    await office.ask(settle(call_id, rang=False))
    office.clock.moment = office.clock.moment.replace(hour=20)
    await queued_again(office)
    await office.hear(a_conversation(call_id, "1"))
    assert [one.call_id for one in await office.said(CallCompleted)] == [call_id]
    await office.wait(timedelta(days=1))
    assert rung(office) == ["1"]


async def test_late_news_after_the_next_call_was_made_settles_only_its_own(office: Office) -> None:
    call_id = await an_unknown_call(office)
    await office.ask(settle(call_id, rang=False))
    await queued_again(office)
    second = office.telephony.rings[-1]
    await office.hear(a_conversation(call_id, "1", status="failed", transcript=[], metadata={}))
    assert [(one.call_id, one.retry_at) for one in await office.said(CallNotAnswered)] == [(call_id, None)]
    await office.hear(a_conversation(second.call_id, "1"))
    assert [one.call_id for one in await office.said(CallCompleted)] == [second.call_id]
    await office.wait(timedelta(days=1))
    assert rung(office) == ["1", "1"]


async def test_a_round_goes_on_once_and_the_next_wish_starts_a_new_one(office: Office) -> None:
    """It was closed when a person said that it had not rung, and opened again: then its round went on."""
    call_id = await an_unknown_call(office)
    await office.tell(office.moved(1, Status.NEEDS_HUMAN, Status.CLOSED))
    await office.ask(settle(call_id, rang=False))
    await office.tell(office.moved(1, Status.CLOSED, Status.CALL_QUEUED, undoes=4))
    second = office.telephony.rings[-1]
    await office.hear(a_conversation(second.call_id, "1"))
    await office.tell(office.moved(1, Status.CALL_QUEUED, Status.NEEDS_HUMAN))
    await queued_again(office)
    assert not await office.said(CallRefused)
    assert rung(office) == ["1", "1", "1"]
    assert [row["round"] for row in await office.rows("SELECT round FROM queue")] == [2]
