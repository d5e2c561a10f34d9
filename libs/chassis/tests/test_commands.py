"""Commands: done once per id, refused without a trace, always answered."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from chassis import CommandClient, Handlers, Service, Tx
from chassis.handlers import HandlerMisdeclared
from chassis.testing import eventually, running
from contracts import Accepted, Actor, Refused
from contracts.calling import CallDeferred, PreviewCalls
from contracts.intake import CloseApplication

from .conftest import World


def closing() -> Handlers:
    handlers = Handlers("intake")

    @handlers.answers(CloseApplication)
    async def close_application(command: CloseApplication, tx: Tx) -> Accepted | Refused:
        await tx.db.execute(
            "INSERT INTO notes (application_id, text) VALUES ($1, $2)", command.application_id, command.reason
        )
        tx.publish(CallDeferred(candidate_id=1, application_id=1, until=None, reason=command.reason))
        if command.reason == "not allowed":
            return Refused(code="closed", message="It is closed already.")
        if command.reason == "breaks":
            raise RuntimeError("with secret@example.com in it")
        return Accepted(result={"note": await tx.db.fetchval("SELECT count(*) FROM notes")})

    return handlers


def close(reason: str = "filled", command_id: UUID | None = None) -> CloseApplication:
    return CloseApplication(
        command_id=command_id or uuid4(), actor=Actor.system(), application_id=7, reason=reason
    )


def client_of(service: Service) -> CommandClient:
    client: CommandClient = service.port(CommandClient)
    return client


async def notes(world: World) -> int:
    return int(await world.value("SELECT count(*) FROM notes"))


async def test_a_command_is_carried_out_and_answered(world: World) -> None:
    async with running(world.service(closing())) as service:
        reply = await client_of(service).send(close())
        assert reply == Accepted(result={"note": 1})
        await eventually(lambda: world.on_stream(), lambda count: count == 1)
    assert await notes(world) == 1


async def test_the_same_command_sent_again_gets_the_same_answer_and_is_done_once(world: World) -> None:
    command = close()
    async with running(world.service(closing())) as service:
        client = client_of(service)
        replies = await asyncio.gather(*(client.send(command) for _ in range(10)))
        assert replies == [Accepted(result={"note": 1})] * 10
    async with running(world.service(closing())) as service:
        assert await client_of(service).send(command) == Accepted(result={"note": 1})
    assert await notes(world) == 1


async def test_a_refusal_changes_nothing_and_is_decided_anew(world: World) -> None:
    command_id = uuid4()
    async with running(world.service(closing())) as service:
        client = client_of(service)
        reply = await client.send(close("not allowed", command_id))
        assert reply == Refused(code="closed", message="It is closed already.")
        assert await notes(world) == 0
        assert await world.value("SELECT count(*) FROM outbox") == 0
        assert await client.send(close("now it is", command_id)) == Accepted(result={"note": 1})


async def test_two_that_wait_for_each_other_are_both_carried_out(world: World) -> None:
    """The database stops one of them; what it did is undone, and done again."""
    handlers = Handlers("intake")
    both_hold_one, met = asyncio.Barrier(2), set[str]()

    @handlers.answers(CloseApplication)
    async def close_application(command: CloseApplication, tx: Tx) -> Accepted | Refused:
        await tx.db.execute("INSERT INTO notes (application_id, text) VALUES (7, $1)", command.reason)
        for key in (1, 2) if command.reason == "one" else (2, 1):
            await tx.db.execute("SELECT pg_advisory_xact_lock($1)", key)
            if command.reason not in met:
                met.add(command.reason)
                await both_hold_one.wait()
        return Accepted()

    async with running(world.service(handlers)) as service:
        client = client_of(service)
        replies = await asyncio.gather(client.send(close("one")), client.send(close("other")))
    assert replies == [Accepted(), Accepted()]
    assert await notes(world) == 2


async def test_an_error_of_ours_is_a_refusal_that_tells_no_secrets(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    async with running(world.service(closing())) as service:
        reply = await client_of(service).send(close("breaks"))
    assert isinstance(reply, Refused)
    assert reply.code == "internal_error"
    assert "secret" not in reply.message
    assert "secret" not in "".join(capfd.readouterr())
    assert await notes(world) == 0


async def test_a_malformed_command_is_refused_with_what_is_wrong(world: World) -> None:
    async with running(world.service(closing())):
        body = {"command_id": str(uuid4()), "actor": {"kind": "system"}, "application_id": "x", "reason": ""}
        answer = await world.client.request("cmd.intake.close_application", json.dumps(body).encode(), 2)
    reply = json.loads(answer.data)
    assert reply["code"] == "malformed"
    assert "application_id: int_parsing" in reply["message"]
    assert "reason: string_too_short" in reply["message"]


async def test_one_id_for_two_commands_is_refused(world: World) -> None:
    command = close()
    await world.db.execute(
        "INSERT INTO commands VALUES ($1, 'intake.queue_calls', '{}', now())", command.command_id
    )
    async with running(world.service(closing())) as service:
        reply = await client_of(service).send(command)
    assert isinstance(reply, Refused)
    assert reply.code == "command_id_reused"


async def test_nobody_there_is_a_refusal_that_says_nothing_is_lost(world: World) -> None:
    async with running(world.service(Handlers("intake"))) as service:
        reply = await client_of(service).send(close(), timeout=0.3)
    assert isinstance(reply, Refused)
    assert reply.code == "unavailable"
    assert "Nothing was lost" in reply.message


async def test_who_is_away_is_not_waited_for_as_long_as_who_works_on_the_answer(world: World) -> None:
    handlers, awaited = Handlers("intake"), asyncio.Event()

    @handlers.answers(CloseApplication)
    async def close_application(command: CloseApplication, tx: Tx) -> Accepted | Refused:
        await awaited.wait()
        return Accepted()

    ours = {"command_patience_seconds": 60.0, "command_absence_seconds": 0.3}
    async with running(world.service(Handlers("intake"), changed=ours)) as service:
        away = await client_of(service).send(close())
    assert isinstance(away, Refused)
    assert "is not running at the moment" in away.message
    async with running(world.service(handlers, changed=ours)) as service:
        slow = asyncio.create_task(client_of(service).send(close()))
        done, _ = await asyncio.wait({slow}, timeout=0.6)
        assert not done
        awaited.set()
        assert await slow == Accepted()


async def test_two_replicas_share_the_commands(world: World) -> None:
    async with running(world.service(closing())) as one, running(world.service(closing())):
        replies = await asyncio.gather(*(client_of(one).send(close()) for _ in range(20)))
    assert all(isinstance(reply, Accepted) for reply in replies)
    assert await notes(world) == 20


async def test_a_query_is_answered_each_time_and_leaves_no_trace(world: World) -> None:
    handlers, asked = Handlers("calling"), []

    @handlers.answers(PreviewCalls)
    async def preview_calls(query: PreviewCalls, tx: Tx) -> Accepted | Refused:
        asked.append(query.command_id)
        return Accepted(result={"asked": len(asked)})

    query = PreviewCalls(command_id=uuid4(), actor=Actor.system(), application_ids=[1])
    async with running(world.service(handlers)) as service:
        assert await client_of(service).send(query) == Accepted(result={"asked": 1})
        assert await client_of(service).send(query) == Accepted(result={"asked": 2})
    assert await world.value("SELECT count(*) FROM commands") == 0


@dataclass(frozen=True)
class Looked:
    open_transactions: int


async def test_what_takes_its_time_is_looked_at_before_the_transaction(world: World) -> None:
    handlers = Handlers("intake")

    async def look(command: CloseApplication) -> Looked:
        begun = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO commands%'"
        return Looked(await world.value(begun))

    @handlers.answers(CloseApplication, first=look)
    async def close_application(command: CloseApplication, tx: Tx, looked: Looked) -> Accepted:
        return Accepted(result={"open": looked.open_transactions})

    async with running(world.service(handlers)) as service:
        assert await client_of(service).send(close()) == Accepted(result={"open": 0})


async def test_what_comes_before_the_transaction_can_not_ask_for_it(world: World) -> None:
    handlers = Handlers("intake")

    async def look(command: CloseApplication, tx: Tx) -> Looked:
        return Looked(0)

    @handlers.answers(CloseApplication, first=look)
    async def close_application(command: CloseApplication, tx: Tx, looked: Looked) -> Accepted:
        return Accepted()

    with pytest.raises(HandlerMisdeclared, match="before the transaction"):
        async with running(world.service(handlers)):
            pass
