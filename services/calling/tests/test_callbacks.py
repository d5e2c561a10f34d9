"""When a callback will be dialled is said as soon as it is agreed, and that moment is then kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.calling import CallbackPlanned, CallDeferred, ZoneFrom
from contracts.intake import CandidateProfileRevised, OutcomeConfirmed, PositionRevised

from .conftest import MORNING, SYSTEM, Office, Status, a_person, a_position

AT_TWO = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
AT_TEN_IN_THE_EVENING = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
FRIDAY_AT_TEN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


async def agree(office: Office, at: datetime, **fields: Any) -> None:
    await office.tell(office.moved(1, Status.SCORING, Status.CALLBACK_SCHEDULED, callback_at=at, **fields))


async def said(office: Office) -> list[tuple[datetime | None, str | None]]:
    return [(one.planned_at, one.moved_because) for one in await office.said(CallbackPlanned)]


async def test_a_decent_time_is_kept_as_it_was_asked_for(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO)
    [planned] = await office.said(CallbackPlanned)
    assert (planned.asked_for, planned.planned_at, planned.moved_because) == (AT_TWO, AT_TWO, None)
    assert (planned.time_zone, planned.zone_from) == ("Europe/Bucharest", ZoneFrom.NUMBER)


async def test_a_time_outside_the_hours_is_moved_and_said_to_be_and_that_is_when_it_rings(
    office: Office,
) -> None:
    await office.open()
    await agree(office, AT_TEN_IN_THE_EVENING)
    assert await said(office) == [(FRIDAY_AT_TEN, "Outside the calling hours where the person is.")]
    await office.wait(AT_TEN_IN_THE_EVENING - MORNING)
    await office.tell(office.moved(1, Status.CALLBACK_SCHEDULED, Status.CALL_QUEUED))
    assert [one.until for one in await office.said(CallDeferred)] == [FRIDAY_AT_TEN]
    await office.wait(FRIDAY_AT_TEN - AT_TEN_IN_THE_EVENING)
    assert len(office.telephony.rings) == 1


async def test_a_holiday_is_not_the_day_for_it(office: Office) -> None:
    await office.open()
    await agree(office, datetime(2026, 12, 25, 12, 0, tzinfo=UTC))
    assert await said(office) == [
        (
            datetime(2026, 12, 27, 8, 0, tzinfo=UTC),
            "Friday 25 December is a public holiday where the person is: Christmas Day.",
        )
    ]


async def test_a_proposal_is_planned_when_it_is_confirmed(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO, proposed=True)
    assert await said(office) == []
    await office.tell(
        OutcomeConfirmed(
            candidate_id=1,
            application_id=1,
            position_id=1,
            sequence=1,
            status=Status.CALLBACK_SCHEDULED,
            actor=SYSTEM,
        )
    )
    assert await said(office) == [(AT_TWO, None)]


async def test_other_hours_move_it_and_the_same_is_not_said_twice(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO)
    for revision, hours in enumerate(((10, 18), (15, 18), (15, 20)), start=2):
        start, end = hours
        details = a_position(calling_hour_start=start, calling_hour_end=end)
        await office.tell(PositionRevised(position_id=1, revision=revision, details=details, actor=SYSTEM))
    at_three = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
    assert await said(office) == [
        (AT_TWO, None),
        (at_three, "Outside the calling hours where the person is."),
    ]


async def test_another_place_moves_it(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO)
    profile = a_person(1, time_zone="America/New_York")
    await office.tell(CandidateProfileRevised(candidate_id=1, profile=profile))
    [_, planned] = await office.said(CallbackPlanned)
    assert planned.planned_at == datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    assert (planned.time_zone, planned.zone_from) == ("America/New_York", ZoneFrom.STATED)


async def test_what_is_no_longer_agreed_is_not_planned_any_more(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO)
    await office.tell(office.moved(1, Status.CALLBACK_SCHEDULED, Status.CLOSED))
    details = a_position(calling_hour_start=15)
    await office.tell(PositionRevised(position_id=1, revision=2, details=details, actor=SYSTEM))
    assert await said(office) == [(AT_TWO, None)]
    assert await office.rows("SELECT 1 FROM callbacks") == []


async def test_a_time_that_has_passed_is_not_planned_again(office: Office) -> None:
    await office.open()
    await agree(office, AT_TWO)
    await office.wait(AT_TWO - MORNING + timedelta(minutes=1))
    details = a_position(calling_hour_start=15)
    await office.tell(PositionRevised(position_id=1, revision=2, details=details, actor=SYSTEM))
    assert len(await said(office)) == 1


async def test_a_position_without_hours_has_no_time_for_it_and_says_so(office: Office) -> None:
    await office.open(a_position(calling_days=[]))
    await agree(office, AT_TWO)
    [(planned_at, because)] = await said(office)
    assert planned_at is None
    assert because is not None
    assert "no calling hours" in because
