"""Decisions that take an application out of the queue, and what happens when they are taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
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


@pytest.mark.parametrize("status", [Status.PENDING_CALL, Status.CALLBACK_SCHEDULED, Status.QUALIFIED])
async def test_coming_back_to_where_nobody_is_called_calls_nobody(office: Office, status: Status) -> None:
    await office.open()
    await office.tell(undone(office, status))
    assert not office.telephony.rings
