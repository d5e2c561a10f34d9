"""What a transaction says: timers that wait, are replaced and taken back, times that only grow, the relay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chassis import Handlers, Tx
from chassis.clock import Pace, write_pace
from chassis.outbox import LARGEST_EVENT, MANY_ROWS, EventTooLarge, HybridClock
from chassis.testing import InMemoryTx, eventually, running
from chassis.testing_servers import RunningNats
from chassis.tx import Written
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable, FollowUpDue
from hypothesis import given
from hypothesis import strategies as st

from .conftest import World, a_note

DAY = timedelta(days=1)


class StubbornClock:
    """Shows what it is told, backwards too."""

    def __init__(self) -> None:
        self.shown = datetime(2026, 11, 18, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.shown

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.none() | st.integers(-2000, 2000)), max_size=50))
def test_times_only_grow_and_are_later_than_their_cause(steps: list[tuple[int, int | None]]) -> None:
    clock = StubbornClock()
    start, hybrid, last = clock.shown, HybridClock(clock), None
    for shift, cause_shift in steps:
        clock.shown = start + timedelta(microseconds=shift)
        cause = None if cause_shift is None else start + timedelta(microseconds=cause_shift)
        stamp = hybrid.stamp(cause)
        assert last is None or stamp > last
        assert cause is None or stamp > cause
        assert stamp >= clock.shown
        last = stamp


def said(reason: str) -> CallDeferred:
    return CallDeferred(candidate_id=1, application_id=1, until=None, reason=reason)


def silent() -> Handlers:
    return Handlers("intake")


async def reasons(world: World) -> list[str]:
    return [body["reason"] for _, _, body in await world.messages()]


async def test_a_timer_leaves_when_its_time_has_come(world: World, tmp_path: Path) -> None:
    pace = tmp_path / "pace.json"
    clock = Pace(since=datetime.now(UTC).timestamp(), shown=datetime(2026, 1, 1, tzinfo=UTC), scale=1.0)
    write_pace(pace, clock)
    async with running(world.service(silent(), changed={"clock_file": pace})) as service:
        async with service.begin() as tx:
            due = tx.now + 30 * DAY
            tx.publish(said("in thirty days"), at=due)
            tx.publish(said("now"))
        await eventually(lambda: reasons(world), lambda found: found == ["now"])
        now = datetime.now(UTC).timestamp()
        write_pace(pace, clock.changed(30 * 86_400 * 2.0, now))
        await eventually(lambda: reasons(world), lambda found: found == ["now", "in thirty days"], within=5)
    [_, (_, headers, _)] = await world.messages()
    assert datetime.fromisoformat(headers["ce-time"]) >= due
    assert await world.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0


async def test_a_due_timer_waits_less_than_a_second(world: World) -> None:
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("soon"), at=tx.now + timedelta(milliseconds=300))
        began = asyncio.get_running_loop().time()
        await eventually(lambda: world.on_stream(), lambda count: count == 1, every=0.01)
        assert 0.2 < asyncio.get_running_loop().time() - began < 1.0


async def test_a_timer_under_the_same_key_replaces_the_one_that_waits(world: World) -> None:
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("first"), at=tx.now + DAY, key="mine")
            tx.publish(said("other"), at=tx.now + DAY, key="other")
        async with service.begin() as tx:
            tx.publish(said("second"), at=tx.now + 2 * DAY, key="mine")
            tx.publish(said("third"), at=tx.now + 3 * DAY, key="mine")
        rows = await world.rows("SELECT data::jsonb ->> 'reason' AS reason FROM outbox ORDER BY key")
        assert [row["reason"] for row in rows] == ["third", "other"]


async def test_a_cancelled_timer_never_leaves(world: World) -> None:
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("never"), at=tx.now + timedelta(seconds=0.4), key="mine")
            tx.publish(said("neither"), at=tx.now + timedelta(seconds=0.4), key="same transaction")
            tx.cancel("same transaction")
        async with service.begin() as tx:
            tx.cancel("mine")
            tx.cancel("no such timer")
        async with service.begin() as tx:
            tx.publish(said("after"), at=tx.now + timedelta(seconds=0.5))
        await eventually(lambda: reasons(world), lambda found: found == ["after"])


async def test_a_cancelled_timer_may_be_set_again_in_the_same_transaction(world: World) -> None:
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("old"), at=tx.now + DAY, key="mine")
        async with service.begin() as tx:
            tx.cancel("mine")
            tx.publish(said("new"), at=tx.now + DAY, key="mine")
        assert await world.value("SELECT data::jsonb ->> 'reason' FROM outbox") == "new"


async def test_a_cancel_that_rolls_back_leaves_the_timer(world: World) -> None:
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("stays"), at=tx.now + timedelta(seconds=0.3), key="mine")

        async def change_its_mind() -> None:
            async with service.begin() as tx:
                tx.cancel("mine")
                raise RuntimeError("changed its mind")

        with pytest.raises(RuntimeError, match="changed"):
            await change_its_mind()
        await eventually(lambda: reasons(world), lambda found: found == ["stays"])


async def test_a_handler_can_set_and_cancel_timers(world: World) -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable, consumer="follow")
    async def set_timer(event: CandidateUnreachable, tx: Tx) -> None:
        if event.reason == "stop":
            tx.cancel(f"follow-up:{event.application_id}")
            return
        due = FollowUpDue(candidate_id=event.candidate_id, application_id=event.application_id, number=1)
        tx.publish(due, at=tx.now + timedelta(seconds=0.5), key=f"follow-up:{event.application_id}")

    await world.provision(handlers)
    async with running(world.service(handlers)):
        await world.throw(a_note(1), a_note(2), a_note(1, "stop"))
        await eventually(lambda: world.on_stream(), lambda count: count == 4)
    assert [subject for subject, _, _ in await world.messages()][-1].endswith(".20.2")


async def test_what_is_said_while_the_bus_is_away_leaves_in_order_when_it_is_back(
    world: World, nats_server: RunningNats
) -> None:
    async with running(world.service(silent())) as service:
        nats_server.stop()
        try:
            for number in range(30):
                async with service.begin() as tx:
                    tx.publish(said(str(number)))
        finally:
            nats_server.start()
        await eventually(lambda: world.on_stream(), lambda count: count == 30, within=20)
        await eventually(
            lambda: world.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL"), lambda n: n == 0
        )
        assert await reasons(world) == [str(number) for number in range(30)]
        assert service.problems() == []


async def test_rows_that_were_stored_but_not_marked_are_not_stored_twice(world: World) -> None:
    async with running(world.service(silent())) as service:
        for number in range(5):
            async with service.begin() as tx:
                tx.publish(said(str(number)))
        await eventually(lambda: world.on_stream(), lambda count: count == 5)
    await world.db.execute("UPDATE outbox SET sent_at = NULL WHERE id > 2")
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            tx.publish(said("5"))
        await eventually(lambda: world.on_stream(), lambda count: count == 6)
        await eventually(
            lambda: world.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL"), lambda n: n == 0
        )
    assert await reasons(world) == [str(number) for number in range(6)]


async def test_two_replicas_relay_each_row_once_and_in_order(world: World) -> None:
    async with running(world.service(silent())) as one, running(world.service(silent())) as other:
        for number in range(40):
            async with (one if number % 2 else other).begin() as tx:
                tx.publish(said(str(number)))
        await eventually(lambda: world.on_stream(), lambda count: count == 40)
    assert await reasons(world) == [str(number) for number in range(40)]


async def test_what_was_committed_last_leaves_before_the_service_ends(world: World) -> None:
    async with running(world.service(silent())) as service, service.begin() as tx:
        tx.publish(said("last word"))
    assert await reasons(world) == ["last word"]


def as_json(event: CallDeferred) -> Written:
    return Written(event.candidate_id, event.application_id, event.model_dump_json())


@pytest.mark.parametrize("count", [3, MANY_ROWS])
async def test_facts_that_are_written_already_are_said_like_any_other(world: World, count: int) -> None:
    facts = [said(f'number {number}: "ț" \\ \n') for number in range(count)]
    columns = "type, candidate_id, application_id, causation_id, traceparent, data, due_at, key"
    async with running(world.service(silent())) as service:
        async with service.begin() as tx:
            for fact in facts:
                tx.publish(fact)
        async with service.begin() as tx:
            tx.publish_written(CallDeferred, map(as_json, facts))
        rows = await world.rows(f"SELECT {columns} FROM outbox ORDER BY id")
        assert [tuple(row) for row in rows[:count]] == [tuple(row) for row in rows[count:]]
        order = await world.rows("SELECT event_id, correlation_id, time FROM outbox ORDER BY id")
        assert len({row["event_id"] for row in order}) == 2 * count
        assert len({row["correlation_id"] for row in order}) == 2
        assert [row["time"] for row in order] == sorted({row["time"] for row in order})
        with pytest.raises(EventTooLarge):
            async with service.begin() as tx:
                tx.publish_written(CallDeferred, [as_json(said("ț" * (LARGEST_EVENT // 2)))])
        await eventually(lambda: world.on_stream(), lambda there: there == 2 * count)


def test_a_test_notices_a_fact_that_is_written_otherwise_than_its_class_writes_it() -> None:
    fact, tx = as_json(said("so")), InMemoryTx()
    tx.publish_written(CallDeferred, [fact])
    assert tx.published == [said("so")]
    for other in (
        fact._replace(data=fact.data.replace(",", ", ")),
        fact._replace(data=fact.data.replace("}", ',"more":1}')),
        fact._replace(candidate_id=7),
    ):
        with pytest.raises(AssertionError):
            tx.publish_written(CallDeferred, [other])
