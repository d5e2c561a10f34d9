"""Decisions that take an application out of the queue, and what happens when they are taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asyncpg import LockNotAvailableError
from calling.adapters.postgres_attempts import PostgresAttempts
from contracts.calling import CallPlaced, CallPurpose
from contracts.intake import ApplicationStatusChanged

from .conftest import MORNING, Office, Status, a_conversation

NIGHT = MORNING.replace(hour=20)


def overridden(office: Office, previous: Status = Status.CALL_QUEUED) -> ApplicationStatusChanged:
    return office.moved(1, previous, Status.NEEDS_HUMAN)


def undone(office: Office, back_to: Status = Status.CALL_QUEUED) -> ApplicationStatusChanged:
    return office.moved(1, Status.NEEDS_HUMAN, back_to, undoes=2)


async def test_a_queued_application_that_comes_back_is_called_once(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open()
    await office.queue()
    await office.tell(overridden(office), undone(office))
    await office.wait(timedelta(hours=20))
    assert len(office.telephony.rings) == 1


async def test_a_queued_application_that_does_not_come_back_is_not_called(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open()
    await office.queue()
    await office.tell(overridden(office))
    await office.wait(timedelta(hours=20))
    assert not office.telephony.rings


async def test_all_of_it_in_one_batch_is_called_once(office: Office) -> None:
    await office.open()
    await office.handle_batch(
        [
            office.moved(1, Status.PENDING_CALL, Status.CALL_QUEUED),
            overridden(office),
            undone(office),
        ]
    )
    await office.go_round()
    assert len(office.telephony.rings) == 1


async def test_a_callback_that_comes_back_is_still_a_callback(office: Office) -> None:
    office.clock.moment = NIGHT
    await office.open()
    await office.tell(office.moved(1, Status.CALLBACK_SCHEDULED, Status.CALL_QUEUED))
    await office.tell(overridden(office), undone(office))
    await office.wait(timedelta(hours=20))
    assert [placed.purpose for placed in await office.said(CallPlaced)] == [CallPurpose.CALLBACK]


async def test_a_retry_that_comes_back_waits_for_its_time(office: Office) -> None:
    [call] = await office.placed(people=1)
    await office.hear_failure(call)
    await office.tell(office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_QUEUED))
    await office.tell(overridden(office), undone(office))
    assert len(office.telephony.rings) == 1
    await office.wait(timedelta(hours=2))
    assert len(office.telephony.rings) == 2


@pytest.mark.parametrize("back_to", [Status.CALL_QUEUED, Status.CALL_IN_PROGRESS])
async def test_nobody_is_called_while_the_phone_rings(office: Office, back_to: Status) -> None:
    await office.placed(people=1)
    await office.tell(overridden(office), undone(office, back_to))
    await office.wait(timedelta(minutes=5))
    assert len(office.telephony.rings) == 1


async def test_who_was_spoken_with_meanwhile_is_not_called_again(office: Office) -> None:
    """intake may take the decision back before it has heard of the call."""
    [call] = await office.placed(people=1)
    await office.tell(overridden(office))
    await office.hear(a_conversation(call.call_id, call.user_id))
    await office.tell(undone(office))
    await office.wait(timedelta(hours=1))
    assert len(office.telephony.rings) == 1


async def test_who_was_not_reached_meanwhile_is_not_called_before_intake_has_heard(office: Office) -> None:
    """The call was given up, since nobody wanted it: intake hears of that right after the undoing."""
    [call] = await office.placed(people=1)
    await office.tell(overridden(office))
    await office.hear_failure(call)
    await office.tell(undone(office))
    await office.wait(timedelta(hours=2))
    assert len(office.telephony.rings) == 1


async def test_a_retry_that_intake_hears_of_after_the_undoing_is_still_made(office: Office) -> None:
    [call] = await office.placed(people=1)
    await office.hear_failure(call)
    await office.tell(
        overridden(office, Status.CALL_IN_PROGRESS),
        undone(office, Status.CALL_IN_PROGRESS),
        office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_QUEUED),
    )
    await office.wait(timedelta(hours=2))
    assert len(office.telephony.rings) == 2


@pytest.mark.parametrize("spoken", [True, False])
async def test_who_asks_for_the_call_that_rings_gets_that_one_though_it_ended_meanwhile(
    office: Office, spoken: bool
) -> None:
    """intake had not heard of the end when the recruiter asked; it is about to, and goes on from there."""
    [call] = await office.placed(people=1)
    await office.tell(overridden(office, Status.CALL_IN_PROGRESS))
    if spoken:
        await office.hear(a_conversation(call.call_id, call.user_id))
    else:
        await office.hear_failure(call)
    await office.tell(office.moved(1, Status.NEEDS_HUMAN, Status.CALL_QUEUED, call_under_way=call.call_id))
    await office.wait(timedelta(hours=2))
    assert len(office.telephony.rings) == 1


async def test_who_asks_anew_after_the_call_gets_another(office: Office) -> None:
    [call] = await office.placed(people=1)
    await office.tell(overridden(office, Status.CALL_IN_PROGRESS))
    await office.hear(a_conversation(call.call_id, call.user_id))
    await office.tell(office.moved(1, Status.NEEDS_HUMAN, Status.CALL_QUEUED))
    assert len(office.telephony.rings) == 2


async def test_nobody_can_queue_anew_while_a_call_is_being_taken_back(office: Office) -> None:
    """Else the entry would be found still dialling, left alone, and ended: called by nobody."""
    event = await office.prepared(people=1)
    async with office.transactions.begin() as tx:
        assert len(await PostgresAttempts().planned(tx, event.batch_id)) == 1
        with pytest.raises(LockNotAvailableError):
            await office.rows("SELECT 1 FROM applications WHERE application_id = 1 FOR UPDATE NOWAIT")


@pytest.mark.parametrize("status", [Status.PENDING_CALL, Status.CALLBACK_SCHEDULED, Status.QUALIFIED])
async def test_coming_back_to_where_nobody_is_called_calls_nobody(office: Office, status: Status) -> None:
    await office.open()
    await office.tell(undone(office, status))
    assert not office.telephony.rings
