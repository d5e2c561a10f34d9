"""Nobody is called who asked us not to, from the moment on in which calling has heard of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.effects import OutcomePending
from contracts.calling import (
    CallBatchPrepared,
    CallNotAnswered,
    CallPlaced,
    CallPurpose,
    CallRefused,
    DialDue,
)
from contracts.intake import ContactAllowed, ContactChannel, ContactForbidden, PositionRevised

from .conftest import MORNING, SYSTEM, Office, PositionStatus, Status, a_position

NIGHT = MORNING.replace(hour=20)
CALL = ContactChannel.CALL


def forbidden(candidate_id: int = 1, channel: ContactChannel = CALL) -> ContactForbidden:
    return ContactForbidden(
        candidate_id=candidate_id,
        channel=channel,
        since=MORNING,
        source="email",
        reason="asked for it",
        actor=SYSTEM,
    )


def allowed(candidate_id: int = 1) -> ContactAllowed:
    return ContactAllowed(candidate_id=candidate_id, channel=CALL, reason="called us", actor=SYSTEM)


async def refused(office: Office) -> list[tuple[int, str]]:
    return [(one.application_id, one.code) for one in await office.said(CallRefused)]


async def test_who_asked_before_is_refused_when_queued(office: Office) -> None:
    await office.tell(forbidden())  # before calling has heard of the person
    await office.open(people=2)
    await office.queue(1, 2)
    assert [call.user_id for call in office.telephony.rings] == ["2"]
    assert await refused(office) == [(1, "do_not_contact")]
    [said] = await office.said(CallRefused)
    assert "asked not to be called" in said.message


async def test_who_asks_while_queued_for_later_leaves_the_queue_at_once(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    await office.tell(forbidden())
    assert await refused(office) == [(1, "do_not_contact")]
    await office.tell(forbidden())
    await office.wait(timedelta(days=1))
    assert await refused(office) == [(1, "do_not_contact")]
    assert [call.user_id for call in office.telephony.rings] == ["2"]


async def test_who_asks_while_the_position_is_paused_leaves_the_queue_at_once(office: Office) -> None:
    await office.open(a_position(status=PositionStatus.PAUSED))
    await office.queue()
    await office.tell(forbidden())
    assert await refused(office) == [(1, "do_not_contact")]


async def test_every_application_of_the_person_leaves_the_queue(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open(people=2)
    await office.queue(1, 2)
    await office.rows("UPDATE queue SET candidate_id = 1 RETURNING 1")
    await office.tell(forbidden())
    assert await refused(office) == [(1, "do_not_contact"), (2, "do_not_contact")]


@pytest.mark.parametrize("people", [1, 3])
async def test_who_asks_between_the_preparation_and_the_dialling_is_not_called(
    office: Office, people: int
) -> None:
    event = await office.prepared(people)
    await office.tell(forbidden(), rounds=False)
    await office.handle(event)
    await office.go_round()
    assert [call.user_id for call in office.telephony.rings] == [str(one) for one in range(2, people + 1)]
    assert await refused(office) == [(1, "do_not_contact")]
    assert 1 not in {one.application_id for one in await office.said(CallPlaced)}
    assert "withdrawn" in await office.states()
    await office.wait(timedelta(days=2))
    assert all(call.user_id != "1" for call in office.telephony.rings)


async def test_the_wish_and_the_queueing_in_one_batch_ring_nobody(office: Office) -> None:
    await office.open()
    queued = office.moved(1, Status.PENDING_CALL, Status.CALL_QUEUED)
    for events in ([forbidden(), queued], [allowed(), forbidden()]):
        await office.handle_batch(events)
    await office.go_round()
    assert (office.telephony.rings, await refused(office)) == ([], [(1, "do_not_contact")])


async def test_a_half_of_a_declined_batch_is_asked_about_again(office: Office) -> None:
    event = await office.prepared(4)
    office.telephony.unwanted = {"+40700000004"}
    await office.handle(event)
    await office.tell(forbidden(), rounds=False)
    for half in (await office.said(CallBatchPrepared))[1:]:
        await office.handle(half)
    await office.go_round()
    assert sorted(call.user_id for call in office.telephony.rings) == ["2", "3"]


async def test_a_request_that_never_arrived_is_not_repeated_to_who_asked_meanwhile(office: Office) -> None:
    event = await office.prepared(1)
    office.telephony.failures.append(TimeoutError())
    with pytest.raises(OutcomePending):
        await office.handle(event)
    await office.tell(forbidden(), rounds=False)
    await office.handle(event)
    await office.go_round()
    assert (office.telephony.rings, await refused(office)) == ([], [(1, "do_not_contact")])


async def test_who_asked_while_the_telephone_rang_is_not_tried_again(office: Office) -> None:
    [call] = await office.placed(people=1)
    await office.tell(forbidden())
    await office.hear_failure(call, "no-answer")
    [missed] = await office.said(CallNotAnswered)
    assert (missed.retry_at, "asked not to be called" in (missed.given_up_because or "")) == (None, True)
    await office.wait(timedelta(days=2))
    assert office.telephony.rings == [call]


async def test_who_asked_between_two_tries_is_not_tried_again(office: Office) -> None:
    [call] = await office.placed(people=1)
    await office.hear_failure(call, "busy")
    await office.tell(forbidden())
    assert await refused(office) == [(1, "do_not_contact")]
    await office.wait(timedelta(days=2))
    assert office.telephony.rings == [call]


async def test_who_may_be_called_again_is_called_when_queued_again(office: Office) -> None:
    await office.open()
    await office.tell(forbidden())
    await office.queue()
    await office.tell(allowed())
    assert office.telephony.rings == []
    await office.tell(
        office.moved(1, Status.CALL_QUEUED, Status.CALL_FAILED),
        office.moved(1, Status.CALL_FAILED, Status.CALL_QUEUED),
    )
    assert len(office.telephony.rings) == 1


@pytest.mark.parametrize("channel", [ContactChannel.EMAIL, ContactChannel.WHATSAPP])
async def test_who_wants_no_messages_may_be_called(office: Office, channel: ContactChannel) -> None:
    await office.open()
    await office.tell(forbidden(channel=channel))
    await office.queue()
    assert len(office.telephony.rings) == 1


async def test_a_callback_that_falls_due_while_the_position_is_paused_waits_and_is_a_callback(
    office: Office,
) -> None:
    await office.open(a_position(status=PositionStatus.PAUSED))
    await office.tell(office.moved(1, Status.CALLBACK_SCHEDULED, Status.CALL_QUEUED))
    await office.wait(timedelta(days=2))
    assert office.telephony.rings == []
    office.clock.moment = MORNING + timedelta(days=5)
    await office.tell(PositionRevised(position_id=1, revision=2, details=a_position(), actor=SYSTEM))
    [placed] = await office.said(CallPlaced)
    assert placed.purpose is CallPurpose.CALLBACK


async def test_what_waits_in_a_paused_position_is_refused_when_it_is_closed(office: Office) -> None:
    await office.open(a_position(status=PositionStatus.PAUSED))
    await office.queue()
    closed = a_position(status=PositionStatus.CLOSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=closed, actor=SYSTEM))
    assert await refused(office) == [(1, "position_closed")]


async def test_a_callback_that_falls_due_in_a_closed_position_is_refused_with_the_reason(
    office: Office,
) -> None:
    await office.open(a_position(status=PositionStatus.CLOSED))
    await office.tell(office.moved(1, Status.CALLBACK_SCHEDULED, Status.CALL_QUEUED))
    assert await refused(office) == [(1, "position_closed")]


async def test_nobody_is_tried_again_for_a_position_closed_meanwhile_and_it_is_said(office: Office) -> None:
    [call] = await office.placed(people=1)
    closed = a_position(status=PositionStatus.CLOSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=closed, actor=SYSTEM))
    await office.hear_failure(call, "no-answer")
    [missed] = await office.said(CallNotAnswered)
    assert (missed.retry_at, "closed" in (missed.given_up_because or "")) == (None, True)


async def test_a_call_that_nobody_answers_while_the_position_is_paused_is_tried_when_it_is_open(
    office: Office,
) -> None:
    [call] = await office.placed(people=1)
    paused = a_position(status=PositionStatus.PAUSED)
    await office.tell(PositionRevised(position_id=1, revision=2, details=paused, actor=SYSTEM))
    await office.hear_failure(call, "no-answer")
    [missed] = await office.said(CallNotAnswered)
    assert missed.retry_at is not None
    await office.wait(timedelta(days=2))
    assert office.telephony.rings == [call]
    await office.tell(PositionRevised(position_id=1, revision=3, details=a_position(), actor=SYSTEM))
    await office.wait(timedelta(days=1))
    assert len(office.telephony.rings) == 2


async def test_a_due_timer_of_before_finds_nobody_who_asked(office: Office) -> None:
    """The look at the queue was on its way when the wish came."""
    await office.open()
    await office.queue(1, rounds=False)
    await office.tell(forbidden(), rounds=False)
    [due] = await office.said(DialDue)
    await office.handle(due)
    await office.go_round()
    assert (office.telephony.rings, await refused(office)) == ([], [(1, "do_not_contact")])
