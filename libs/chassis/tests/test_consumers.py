"""How a consumer treats messages: once, failing, unreadable, in batches."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from chassis import Handlers, TryLater, Tx
from chassis.servers import free_port
from chassis.testing import eventually, running
from contracts import Envelope
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable

from .conftest import Line, World, a_note, enveloped

TAKE = "INSERT INTO notes (application_id, text, event_id) VALUES ($1, $2, $3)"


class Recorder:
    """Handlers of each form that write notes down and fail on words starting with ``bad``."""

    def __init__(self, form: str = "message") -> None:
        self.tries: dict[str, list[float]] = defaultdict(list)
        self.sizes: list[int] = []
        self.cured: set[str] = set()
        self.handlers = Handlers("intake")
        if form == "message":
            self.handlers.on(CandidateUnreachable)(self.take_note())
        else:
            self.handlers.on_batch(CandidateUnreachable)(self.take_notes())

    def _try(self, text: str) -> None:
        self.tries[text].append(time.monotonic())
        if text.startswith("bad") and text not in self.cured:
            raise ValueError("this one never works")

    def take_note(self) -> Any:
        async def take_note(event: CandidateUnreachable, envelope: Envelope, tx: Tx) -> None:
            await tx.db.execute(TAKE, event.application_id, event.reason, envelope.id)
            self._try(event.reason)

        return take_note

    def take_notes(self) -> Any:
        async def take_notes(envelopes: Sequence[Envelope], tx: Tx) -> None:
            self.sizes.append(len(envelopes))
            notes = [(e.event.application_id, e.event.reason, e.id) for e in envelopes]  # type: ignore[attr-defined]
            await tx.db.executemany(TAKE, notes)
            for _, text, _ in notes:
                self._try(text)

        return take_notes


async def count(world: World) -> int:
    return int(await world.value("SELECT count(*) FROM notes"))


async def settled(world: World, durable: str) -> bool:
    info = await world.js.consumer_info("EVENTS", durable)
    return not info.num_pending and not info.num_ack_pending


@pytest.mark.parametrize("form", ["message", "batch"])
async def test_the_same_event_delivered_twice_takes_effect_once(world: World, form: str) -> None:
    recorder = Recorder(form)
    await world.provision(recorder.handlers)
    [durable] = recorder.handlers.consumers
    first = enveloped(a_note(1, "one"))
    await world.throw(first)
    for _ in range(3):  # past the stream's own memory of ids: under another message id
        headers = {name: value for name, value in first.headers().items() if name != "Nats-Msg-Id"}
        await world.throw_bytes(first.subject, first.data(), headers)
    async with running(world.service(recorder.handlers)):
        await eventually(lambda: settled(world, durable))
    assert await count(world) == 1


@pytest.mark.parametrize("form", ["message", "batch"])
async def test_a_poison_message_harms_only_itself_and_is_buried_after_growing_delays(
    world: World, form: str
) -> None:
    recorder = Recorder(form)
    await world.provision(recorder.handlers)
    [durable] = recorder.handlers.consumers
    await world.throw(*(a_note(n, f"n{n}") for n in range(1, 30)), a_note(40, "bad"))
    await world.throw(*(a_note(n, f"n{n}") for n in range(50, 80)))
    async with running(world.service(recorder.handlers, changed={"max_deliveries": 5})):
        await eventually(lambda: count(world), lambda found: found == 59)
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda found: found == 1)
        await eventually(lambda: settled(world, durable))
    alone = recorder.tries["bad"]
    if len(alone) == 6:  # once within its batch, then alone
        alone = alone[1:]
    gaps = [later - earlier for earlier, later in itertools.pairwise(alone)]
    assert len(gaps) == 4
    assert all(tries[0] < alone[-1] for tries in recorder.tries.values()), "the others waited for its burial"
    for gap, planned in zip(gaps, (0.05, 0.1, 0.2, 0.4), strict=True):
        assert planned * 0.95 <= gap < planned + 5, "a busy machine may be late, and never early"
    assert await count(world) == 59
    assert await world.value("SELECT count(*) FROM deferred") == 0


async def test_a_dead_letter_says_what_it_was_and_why(world: World) -> None:
    recorder = Recorder()
    await world.provision(recorder.handlers)
    await world.throw(a_note(1, "fine"))
    [bad] = await world.throw(a_note(2, "bad"))
    async with running(world.service(recorder.handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda found: found == 1)
    [(subject, headers, body)] = await world.messages("DEAD_LETTERS")
    assert subject == "dlq.intake__take_note"
    assert headers["dlq-reason"] == "ValueError: this one never works"
    assert headers["dlq-attempts"] == "2"
    assert headers["dlq-subject"] == bad.subject
    assert headers["dlq-sequence"] == "2"
    assert headers["ce-id"] == str(bad.id)
    assert body == {"candidate_id": 20, "application_id": 2, "reason": "bad"}


async def test_an_unreadable_message_is_buried_without_quoting_it(world: World) -> None:
    recorder = Recorder()
    await world.provision(recorder.handlers)
    good = enveloped(a_note(3))
    data = b'{"candidate_id": "secret@example.com", "application_id": 3}'
    await world.throw_bytes(good.subject, data, good.headers())
    await world.throw_bytes("evt.messaging.cv_request.unreachable.v1.1.1", b"{}", {})
    await world.throw(a_note(4))
    async with running(world.service(recorder.handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda found: found == 2)
        await eventually(lambda: count(world), lambda found: found == 1)
    reasons = sorted(headers["dlq-reason"] for _, headers, _ in await world.messages("DEAD_LETTERS"))
    assert reasons[0].startswith("NotAnEvent")
    assert "candidate_id: int_parsing" in reasons[1]
    assert "reason: missing" in reasons[1]
    assert "secret" not in reasons[1]


async def test_later_messages_of_an_application_wait_behind_a_failed_one(world: World) -> None:
    recorder = Recorder()
    await world.provision(recorder.handlers)
    [durable] = recorder.handlers.consumers
    await world.throw(a_note(1, "bad"), a_note(1, "second"), a_note(2, "other"), a_note(1, "third"))
    async with running(world.service(recorder.handlers)):
        await eventually(lambda: count(world), lambda found: found == 1)
        await eventually(lambda: _length(recorder.tries["bad"]), lambda tries: tries >= 3)
        assert recorder.tries["third"] == []
        recorder.cured.add("bad")
        await eventually(lambda: settled(world, durable))
    rows = await world.rows("SELECT text FROM notes WHERE application_id = 1 ORDER BY place")
    assert [row["text"] for row in rows] == ["bad", "second", "third"]
    assert await world.on_stream("DEAD_LETTERS") == 0


async def test_an_application_flows_again_once_its_poison_is_buried(world: World) -> None:
    recorder = Recorder()
    await world.provision(recorder.handlers)
    await world.throw(a_note(1, "bad"), a_note(1, "second"), a_note(1, "third"))
    async with running(world.service(recorder.handlers, changed={"max_deliveries": 3})):
        await eventually(lambda: count(world), lambda found: found == 2)
    rows = await world.rows("SELECT text FROM notes ORDER BY place")
    assert [row["text"] for row in rows] == ["second", "third"]


async def test_try_later_is_no_failed_delivery_and_comes_back_when_it_said(world: World) -> None:
    tries: list[float] = []
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def wait_for_it(event: CandidateUnreachable, tx: Tx) -> None:
        tries.append(time.monotonic())
        if len(tries) < 6:
            raise TryLater("not yet", seconds=0.15)
        await tx.db.execute(TAKE, event.application_id, event.reason, None)

    await world.provision(handlers)
    await world.throw(a_note(1))
    async with running(world.service(handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: count(world), lambda found: found == 1)
    assert await world.on_stream("DEAD_LETTERS") == 0
    assert all(later - earlier >= 0.14 for earlier, later in itertools.pairwise(tries))


async def test_try_later_has_a_bound_too(world: World) -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def never(event: CandidateUnreachable, tx: Tx) -> None:
        raise TryLater("never", seconds=0.01)

    await world.provision(handlers)
    await world.throw(a_note(1))
    async with running(world.service(handlers, changed={"max_waits": 4})):
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda found: found == 1)


async def test_a_handler_that_fails_leaves_nothing_behind(world: World) -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def half_done(event: CandidateUnreachable, tx: Tx) -> None:
        await tx.db.execute(TAKE, event.application_id, event.reason, None)
        tx.publish(CallDeferred(candidate_id=1, application_id=1, until=None, reason="half"))
        raise RuntimeError("after half of it")

    await world.provision(handlers)
    await world.throw(a_note(1))
    async with running(world.service(handlers, changed={"max_deliveries": 2})):
        await eventually(lambda: world.on_stream("DEAD_LETTERS"), lambda found: found == 1)
    assert await count(world) == 0
    assert await world.value("SELECT count(*) FROM outbox") == 0


async def test_a_handler_slower_than_the_ack_wait_runs_once(world: World) -> None:
    runs: list[str] = []
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def slow(event: CandidateUnreachable, tx: Tx) -> None:
        runs.append(event.reason)
        await asyncio.sleep(2.5)

    await world.provision(handlers, ack_wait=1.0)
    await world.throw(a_note(1, "a"), a_note(2, "b"))
    async with running(world.service(handlers, changed={"consumer_ack_wait_seconds": 1.0})):
        await eventually(lambda: settled(world, "intake__slow"), within=15)
    assert runs == ["a", "b"]
    info = await world.js.consumer_info("EVENTS", "intake__slow")
    assert info.delivered.consumer_seq == 2, "delivered again while it was worked on"


async def test_what_waits_is_handled_in_batches(world: World) -> None:
    recorder = Recorder("batch")
    await world.provision(recorder.handlers)
    await world.throw(*(a_note(n) for n in range(1, 501)))
    async with running(world.service(recorder.handlers)):
        await eventually(lambda: count(world), lambda found: found == 500)
    assert max(recorder.sizes) <= 200
    assert len(recorder.sizes) <= 20


async def test_a_lone_message_does_not_wait_for_company(world: World) -> None:
    recorder = Recorder()
    await world.provision(recorder.handlers)
    async with running(world.service(recorder.handlers)):
        await world.throw(a_note(1, "warm-up"))
        await eventually(lambda: count(world), lambda found: found == 1)
        took = []
        for n in range(2, 12):
            began = time.monotonic()
            await world.throw(a_note(n, f"n{n}"))
            await eventually(lambda n=n: count(world), lambda found, n=n: found == n, every=0.002)  # type: ignore[misc]
            took.append(time.monotonic() - began)
    assert min(took) < 0.2, "the others may have waited for a busy machine"


async def test_what_was_committed_but_not_acked_takes_effect_once(world: World) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take_note(event: CandidateUnreachable, envelope: Envelope, tx: Tx) -> None:
        await tx.db.execute(TAKE, event.application_id, event.reason, envelope.id)
        entered.set()
        await leave.wait()

    await world.provision(handlers)
    line = Line(world.bus_url, free_port())
    async with line, running(world.service(handlers, changed={"nats_url": line.url})) as service:
        await world.throw(a_note(1), a_note(1, "2"))
        await entered.wait()
        line.swallow = True  # from here on nothing that the service says reaches the bus
        leave.set()
        await eventually(lambda: count(world), lambda found: found > 0)
        line.swallow = False
        line.cut()
        await eventually(lambda: settled(world, "intake__take_note"))
        assert service.metrics.repeated.labels("intake__take_note")._value.get() > 0
    assert await count(world) == 2


async def _length(items: list[Any]) -> int:
    return len(items)
