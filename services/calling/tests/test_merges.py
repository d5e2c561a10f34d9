"""A person of several ids is rung once at a time, whatever number each id had."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from contracts.calling import CallDeferred
from contracts.intake import CandidatesMerged, CandidatesUnmerged

from .conftest import SYSTEM, Office, Status

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
