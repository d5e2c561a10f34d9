"""No more calls at once, and no more a day, than is allowed; what waits goes on by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from contracts.calling import CallDeferred, DialDue
from contracts.intake import ApplicationOpened, PositionOpened

from .conftest import MORNING, SYSTEM, Office, Status, a_conversation, a_person, a_position
from .test_previewing import preview
from .test_stopping import resume, rung, stop

TOMORROW_AT_TEN = MORNING.replace(hour=8) + timedelta(days=1)


async def open_second(office: Office, *applications: int, **position: object) -> None:
    details = a_position(**position)
    await office.tell(PositionOpened(position_id=2, details=details, actor=SYSTEM))
    for one in applications:
        await office.tell(
            ApplicationOpened(candidate_id=one, application_id=one, position_id=2, profile=a_person(one))
        )


async def queue_second(office: Office, *applications: int) -> None:
    events = [office.moved(one, Status.PENDING_CALL, Status.CALL_QUEUED) for one in applications]
    await office.handle_batch([event.model_copy(update={"position_id": 2}) for event in events])
    await office.go_round()


async def live(office: Office) -> int:
    rows = await office.rows("SELECT 1 FROM attempts WHERE state IN ('intended', 'submitted', 'in_progress')")
    return len(rows)


async def test_what_waits_for_a_line_goes_on_when_a_call_ends(office: Office) -> None:
    office.limit(most_at_once=2)
    await office.open(people=5)
    await office.queue(1, 2, 3, 4, 5)
    assert rung(office) == ["1", "2"]
    waiting = await office.said(CallDeferred)
    assert [(one.application_id, one.code, one.until) for one in waiting] == [
        (3, "lines_busy", None),
        (4, "lines_busy", None),
        (5, "lines_busy", None),
    ]
    for done in range(5):
        call = office.telephony.rings[done]
        await office.hear(a_conversation(call.call_id, call.user_id))
        assert await live(office) == min(2, 4 - done)
    assert rung(office) == ["1", "2", "3", "4", "5"]
    assert len(await office.said(CallDeferred)) == 3


async def test_a_call_of_another_position_that_waits_longer_gets_the_line(office: Office) -> None:
    office.limit(most_at_once=1)
    await office.open(people=2)
    await open_second(office, 3)
    await office.queue(1)
    office.pass_seconds(1)
    await queue_second(office, 3)
    office.pass_seconds(1)
    await office.queue(2)
    for expected in (["1", "3"], ["1", "3", "2"]):
        call = office.telephony.rings[-1]
        await office.hear(a_conversation(call.call_id, call.user_id))
        assert [one.user_id for one in office.telephony.rings] == expected


async def test_a_line_that_its_position_can_not_use_goes_on_to_another(office: Office) -> None:
    """Whoever waits longest for it is in a position whose hours ended meanwhile."""
    office.limit(most_at_once=1)
    await office.open(people=2)
    await open_second(office, 3, calling_hour_end=12)
    await office.queue(1)
    await queue_second(office, 3)
    office.pass_seconds(1)
    await office.queue(2)
    office.pass_seconds(2 * 3600)
    call = office.telephony.rings[0]
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert [one.user_id for one in office.telephony.rings] == ["1", "2"]


async def test_two_replicas_that_decide_at_once_keep_to_the_limit(office: Office) -> None:
    office.limit(most_at_once=3)
    await office.open(people=4)
    await open_second(office, 5, 6, 7, 8)
    await office.handle_batch([office.moved(n, Status.PENDING_CALL, Status.CALL_QUEUED) for n in range(1, 5)])
    events = [office.moved(n, Status.PENDING_CALL, Status.CALL_QUEUED) for n in range(5, 9)]
    await office.handle_batch([event.model_copy(update={"position_id": 2}) for event in events])
    await asyncio.gather(
        *(office.handle(DialDue(position_id=position)) for position in (1, 2) for _ in range(2))
    )
    assert await live(office) == 3


async def test_a_call_that_ends_while_another_decides_frees_its_line_all_the_same(office: Office) -> None:
    """The end is not committed when the line is found busy: the decision that follows it comes after both."""
    office.limit(most_at_once=1)
    await office.open(people=2)
    await office.queue(1)
    [call] = office.telephony.rings
    await office.queue(2, rounds=False)
    await asyncio.gather(
        office.handle(DialDue(position_id=1)), office.tell_now(a_conversation(call.call_id, "1"))
    )
    await office.go_round()
    assert rung(office) == ["1", "2"]


async def test_the_positions_calls_of_a_day_are_counted_and_the_rest_waits_for_the_next(
    office: Office,
) -> None:
    await office.open(a_position(most_calls_per_day=2), people=3)
    await office.queue(1, 2, 3)
    assert rung(office) == ["1", "2"]
    [waiting] = await office.said(CallDeferred)
    assert (waiting.code, waiting.until) == ("daily_cap", TOMORROW_AT_TEN)
    for call in list(office.telephony.rings):
        await office.hear(a_conversation(call.call_id, call.user_id))
    assert rung(office) == ["1", "2"]
    await office.wait(timedelta(days=1))
    assert rung(office) == ["1", "2", "3"]


async def test_the_installations_calls_of_a_day_are_counted_over_all_positions(office: Office) -> None:
    office.limit(most_per_day=2)
    await office.open(people=1)
    await open_second(office, 2, 3)
    await office.queue(1)
    await queue_second(office, 2, 3)
    assert rung(office) == ["1", "2"]
    assert [one.code for one in await office.said(CallDeferred)] == ["daily_cap"]


async def test_what_was_taken_back_is_no_call_of_the_day(office: Office) -> None:
    event = await office.prepared(people=2)
    office.limit(most_per_day=2)
    office.telephony.holding = True
    await office.handle(event)

    await office.ask(stop())
    office.telephony.holding = False
    await office.ask(resume())
    assert rung(office) == ["1", "2"]


async def test_a_line_that_the_next_in_turn_can_not_use_goes_to_the_one_behind(office: Office) -> None:
    office.limit(most_at_once=1)
    await office.open(people=1)
    for number, zone in ((2, "Asia/Tbilisi"), (3, None)):
        profile = a_person(number, time_zone=zone)
        await office.tell(
            ApplicationOpened(candidate_id=number, application_id=number, position_id=1, profile=profile)
        )
    await office.queue(1, 2, 3)
    assert rung(office) == ["1"]
    office.pass_seconds(6 * 3600)  # in Tbilisi it is evening
    [call] = office.telephony.rings
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert rung(office) == ["1", "3"]


async def test_where_the_limit_is_lifted_everybody_who_waits_for_a_line_gets_one(office: Office) -> None:
    office.limit(most_at_once=1)
    await office.open(people=2)
    await open_second(office, 3)
    await office.queue(1, 2)
    await queue_second(office, 3)
    office.limit(most_at_once=None)
    [call] = office.telephony.rings
    await office.hear(a_conversation(call.call_id, call.user_id))
    assert rung(office) == ["1", "2", "3"]


async def test_the_preview_counts_what_other_positions_would_take_of_the_days_calls(office: Office) -> None:
    office.limit(most_per_day=2)
    await office.open(people=1)
    await open_second(office, 2, 3)
    shown = await preview(office, 1, 2, 3)
    assert shown.now == [1, 2]
    assert [(one.code, one.application_ids) for one in shown.later] == [("daily_cap", [3])]
