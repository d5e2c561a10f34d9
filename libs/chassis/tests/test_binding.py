"""Parameters are filled by annotation, and what can't be filled is said at the start."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from typing import Protocol

import pytest
from chassis import Begin, Clock, Handlers, Periodic, Tx
from chassis.binding import bind, bind_free
from chassis.clock import SystemClock
from chassis.handlers import HandlerMisdeclared
from chassis.settings import ServiceSettings
from chassis.telemetry import note_loose_end, reason_of, where_it_failed
from chassis.testing import InMemoryTx
from contracts import Envelope
from contracts.messaging import CandidateUnreachable
from pydantic import BaseModel, ValidationError
from structlog.testing import capture_logs

from .conftest import a_note, enveloped


class Shelf(Protocol):
    def put(self, word: str) -> None: ...


class ListShelf:
    def __init__(self) -> None:
        self.words: list[str] = []

    def put(self, word: str) -> None:
        self.words.append(word)


async def test_event_transaction_envelope_and_ports_are_given() -> None:
    handlers, shelf, clock = Handlers("intake"), ListShelf(), SystemClock()

    @handlers.on(CandidateUnreachable)
    async def take(event: CandidateUnreachable, own: Shelf, envelope: Envelope, tx: Tx, now: Clock) -> None:
        own.put(event.reason)
        tx.publish(event)
        assert envelope.event is event
        assert now is clock

    [consumer] = handlers.consumers.values()
    call = bind(consumer.handlers[0], {Shelf: shelf, Clock: clock})
    event, tx = a_note(1, "word"), InMemoryTx()
    await call(event, tx, enveloped(event))
    assert shelf.words == ["word"]
    assert tx.published == [event]


def test_a_port_that_nothing_fills_is_said_with_what_there_is() -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take(event: CandidateUnreachable, own: Shelf) -> None: ...

    [consumer] = handlers.consumers.values()
    with pytest.raises(HandlerMisdeclared, match=r"take: nothing fills own: Shelf; there is \['Clock'\]"):
        bind(consumer.handlers[0], {Clock: SystemClock()})


def test_a_handler_in_a_transaction_gets_no_begin_and_an_effect_no_transaction() -> None:
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def inside(event: CandidateUnreachable, begin: Begin) -> None: ...

    @handlers.acts_on(CandidateUnreachable)
    async def outside(event: CandidateUnreachable, tx: Tx) -> None: ...

    inner, outer = (consumer.handlers[0] for consumer in handlers.consumers.values())
    with pytest.raises(HandlerMisdeclared, match="begin must be Tx"):
        bind(inner, {Begin: InMemoryTx().begin})
    with pytest.raises(HandlerMisdeclared, match="tx must be Begin"):
        bind(outer, {}, takes_begin=True)


async def test_periodic_work_gets_ports_and_begin() -> None:
    tx = InMemoryTx()

    async def look(begin: Begin, clock: Clock) -> None:
        async with begin() as opened:
            opened.publish(a_note(1))

    periodic = Periodic("look", timedelta(minutes=1), look)
    ports = {Begin: tx.begin, Clock: SystemClock()}
    await bind_free(look, periodic.parameters(), ports)()
    assert tx.published == [a_note(1)]


def test_reasons_and_log_lines_do_not_quote_what_was_given() -> None:
    class Person(BaseModel):
        age: int

    with pytest.raises(ValidationError) as failure:
        Person.model_validate({"age": "secret@example.com"})
    assert reason_of(failure.value) == "does not fit Person: age: int_parsing"
    assert "secret" not in str(where_it_failed(failure.value))


async def test_an_error_nobody_waited_for_is_logged_without_its_words() -> None:
    async def fail() -> None:
        raise ValueError("ana@example.com")

    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(note_loose_end)
    try:
        with capture_logs() as logs:
            task = asyncio.create_task(fail())
            await asyncio.wait([task])
            del task
            gc.collect()
    finally:
        loop.set_exception_handler(before)
    [entry] = [entry for entry in logs if entry["event"] == "error_nobody_waited_for"]
    assert entry["failure"] == "ValueError"
    assert "ana@" not in str(logs)


def test_settings_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://intake@127.0.0.1/recruitflow")
    monkeypatch.setenv("MAX_DELIVERIES", "3")
    monkeypatch.setenv("EFFECT_GRACE_SECONDS", "1.5")
    settings = ServiceSettings()  # type: ignore[call-arg]
    assert settings.retry_policy.max_deliveries == 3
    assert settings.effect_grace_seconds == 1.5
    assert [settings.retry_policy.delay(n) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
