"""A service from start to end over real servers."""

from __future__ import annotations

import asyncio

from chassis import Handlers, Tx
from chassis.testing import eventually, running
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable

from .conftest import World, a_note


def note_taker() -> Handlers:
    """Writes every note down and says so."""
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take_note(event: CandidateUnreachable, tx: Tx) -> None:
        await tx.db.execute(
            "INSERT INTO notes (application_id, text) VALUES ($1, $2)", event.application_id, event.reason
        )
        tx.publish(
            CallDeferred(
                candidate_id=event.candidate_id,
                application_id=event.application_id,
                until=None,
                reason=event.reason,
            )
        )

    return handlers


async def test_an_event_becomes_state_and_another_event(world: World) -> None:
    handlers = note_taker()
    await world.provision(handlers)
    async with running(world.service(handlers)):
        [sent] = await world.throw(a_note(7, "hello"))
        await eventually(lambda: world.on_stream(), lambda count: count == 2)
    assert await world.value("SELECT text FROM notes WHERE application_id = 7") == "hello"
    subject, headers, body = (await world.messages())[1]
    assert subject == "evt.calling.call.deferred.v1.70.7"
    assert body["reason"] == "hello"
    assert headers["ce-causationid"] == str(sent.id)
    assert headers["ce-correlationid"] == str(sent.correlation_id)
    assert headers["ce-source"] == "intake"


async def test_a_service_starts_before_its_consumers_are_provisioned(world: World) -> None:
    handlers = note_taker()
    service = world.service(handlers)
    task = asyncio.create_task(service.serve())
    await eventually(_async(service.problems), lambda found: any("not provisioned" in one for one in found))
    await world.provision(handlers)
    await eventually(_async(service.problems), lambda found: not found)
    await world.throw(a_note(1))
    await eventually(lambda: world.value("SELECT count(*) FROM notes"), lambda count: count == 1)
    service.stop()
    await task


def _async(function):  # type: ignore[no-untyped-def]
    async def ask():  # type: ignore[no-untyped-def]
        return function()

    return ask
