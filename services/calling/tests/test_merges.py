"""A person of several ids is rung once at a time, whatever number each id had."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from contracts.calling import CallBatchPrepared, CallDeferred, DialDue
from contracts.intake import ApplicationOpened, CandidatesMerged, CandidatesUnmerged, PositionOpened

from .conftest import SYSTEM, Office, Status, a_conversation, a_person, a_position

MERGED = CandidatesMerged(candidate_id=1, merged_candidate_id=2, merge_id=UUID(int=1), actor=SYSTEM)
UNMERGED = CandidatesUnmerged(candidate_id=1, merged_candidate_id=2, merge_id=UUID(int=1), actor=SYSTEM)


async def test_nobody_is_called_on_two_numbers_at_once(office: Office) -> None:
    await office.open(people=2)
    await office.tell(MERGED)
    await office.queue(1)
    await office.queue(2)
    assert [call.user_id for call in office.telephony.rings] == ["1"]
    [deferred] = await office.said(CallDeferred)
    assert deferred.application_id == 2


@pytest.mark.parametrize("facts", [(), (MERGED, UNMERGED), (UNMERGED, MERGED), (UNMERGED,)])
async def test_two_people_are_called_beside_each_other(office: Office, facts: tuple[object, ...]) -> None:
    await office.open(people=2)
    await office.tell(*facts)  # type: ignore[arg-type]
    await office.queue(1)
    await office.queue(2)
    assert [call.user_id for call in office.telephony.rings] == ["1", "2"]


async def test_a_merge_that_is_heard_of_before_the_people_counts(office: Office) -> None:
    await office.tell(MERGED)
    await office.open(people=2)
    await office.queue(2)
    await office.queue(1)
    assert [call.user_id for call in office.telephony.rings] == ["2"]


async def test_what_was_closed_as_merged_is_not_rung_any_more(office: Office) -> None:
    """It waits for its next try; the other application of the person goes on."""
    first, second = await office.placed(people=2)
    await office.tell(MERGED, office.moved(1, Status.CALL_IN_PROGRESS, Status.CLOSED))
    await office.hear_failure(first)
    await office.hear_failure(second)
    rung = len(office.telephony.rings)
    await office.wait(timedelta(days=1))
    assert {call.user_id for call in office.telephony.rings[rung:]} == {"2"}


async def test_two_who_turn_out_to_be_one_before_they_ring_are_called_one_after_the_other(
    office: Office,
) -> None:
    """Both are written down for the same batch when the merge is heard of."""
    event = await office.prepared(people=2)
    await office.tell(MERGED, rounds=False)
    await office.handle(event)
    assert not office.telephony.rings
    await office.go_round()
    [call] = office.telephony.rings
    await office.wait(timedelta(hours=2))
    assert office.telephony.rings == [call]


async def test_calls_of_two_positions_to_one_person_do_not_ring_at_once(office: Office) -> None:
    """Each is written down already when the merge is heard of: the last look decides which one rings."""
    first = await office.prepared(people=1)
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM), rounds=False)
    opened = ApplicationOpened(candidate_id=2, application_id=2, position_id=2, profile=a_person(2))
    queued = office.moved(2, Status.PENDING_CALL, Status.CALL_QUEUED)
    await office.tell(opened, queued.model_copy(update={"position_id": 2}), rounds=False)
    await office.handle(DialDue(position_id=2))
    second = (await office.said(CallBatchPrepared))[-1]
    assert second != first
    await office.tell(MERGED, rounds=False)
    await office.handle(first)
    await office.handle(second)
    assert [call.user_id for call in office.telephony.rings] == ["2"]
    await office.go_round()
    assert len(office.telephony.rings) == 1
    await office.hear(a_conversation(office.telephony.rings[0].call_id, "2"))
    assert [one.code for one in await office.said(CallDeferred)] == ["person_being_called", "cooldown"]
