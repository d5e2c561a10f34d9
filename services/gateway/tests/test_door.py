"""What a provider meets at the door, and what is behind it afterwards (law 4)."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx2
import pytest
from chassis.migrations import upgrade
from chassis.servers import PostgresServer, provide_schema
from chassis.testing import eventually
from gateway.main import build

from .conftest import WHAPI_SECRET, Gateway, House, a_webhook, signed

WHATSAPP = b'{"messages":[{"id":"m1"}],"event":{"type":"messages","event":"post"},"channel_id":"TEST"}'


async def test_a_signed_delivery_is_stored_with_its_event_and_answered_200(gateway: Gateway) -> None:
    body = a_webhook()
    answer = await gateway.post(body)
    assert (answer.status_code, answer.json()) == (200, {"status": "stored"})
    [row], [event] = await gateway.rows(), await gateway.said()
    assert (row["provider"], row["kind"], row["body"]) == ("elevenlabs", "post_call_transcription", body)
    assert event["type"] == "gateway.elevenlabs_webhook.received.v1"
    assert event["body"] == body.decode()
    assert event["delivery_id"] == str(row["delivery_id"])


async def test_the_same_delivery_again_changes_nothing(gateway: Gateway) -> None:
    body = a_webhook()
    await gateway.post(body)
    answers = await asyncio.gather(*(gateway.post(body) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["status"] for answer in answers} == {"known"}
    assert len(await gateway.rows()) == len(await gateway.said()) == 1


async def test_twenty_copies_at_once_are_stored_once(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(gateway.post(a_webhook()) for _ in range(20)))
    assert sorted(answer.json()["status"] for answer in answers) == ["known"] * 19 + ["stored"]
    assert len(await gateway.rows()) == len(await gateway.said()) == 1


HALF_AN_HOUR_AND_MORE = 31 * 60


@pytest.mark.parametrize(
    "sign",
    [
        lambda: {"Content-Type": "application/json"},
        lambda: {"ElevenLabs-Signature": "t=1,v0=" + "0" * 64},
        lambda: {"ElevenLabs-Signature": "nonsense"},
        lambda: signed(a_webhook(), secret="wsec_other"),
        lambda: signed(a_webhook(), age=HALF_AN_HOUR_AND_MORE),
        lambda: signed(a_webhook(), age=-HALF_AN_HOUR_AND_MORE),
        lambda: signed(a_webhook() + b" "),
    ],
    ids=["none", "wrong", "nonsense", "other secret", "old", "from the future", "other body"],
)
async def test_a_bad_or_old_signature_gets_401_and_nothing_is_stored(
    gateway: Gateway, sign: Callable[[], dict[str, str]]
) -> None:
    answer = await gateway.post(a_webhook(), **sign())
    assert answer.status_code == 401
    assert not await gateway.rows()
    assert not await gateway.said()


async def test_an_unknown_type_is_kept_and_published(gateway: Gateway) -> None:
    assert (await gateway.post(a_webhook(type="something_new"))).status_code == 200
    [event] = await gateway.said()
    assert event["kind"] == "something_new"


@pytest.mark.parametrize("path", ["/webhooks/elevenlabs", "/webhooks/elevenlabs/"])
async def test_the_path_works_with_and_without_its_last_slash(gateway: Gateway, path: str) -> None:
    assert (await gateway.post(a_webhook(), path=path)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/whapi",
        "/webhooks/whapi/",
        "/webhooks/whapi/messages",
        "/webhooks/whapi/messages/post",
        "/messages",
        "/messages/post",
    ],
)
@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {WHAPI_SECRET}"}, {"X-Webhook-Secret": WHAPI_SECRET}]
)
async def test_whapi_is_let_in_by_its_secret_on_every_path_of_its_modes(
    gateway: Gateway, path: str, headers: dict[str, str]
) -> None:
    assert (await gateway.post(WHATSAPP, path=path, **headers)).status_code == 200
    [event] = await gateway.said()
    assert (event["type"], event["kind"]) == ("gateway.whapi_webhook.received.v1", "messages")


async def test_whapi_without_its_secret_gets_401(gateway: Gateway) -> None:
    answer = await gateway.post(WHATSAPP, path="/webhooks/whapi/", Authorization="Bearer guess")
    assert answer.status_code == 401
    assert not await gateway.rows()


async def test_a_configured_header_carries_whapis_secret(house: House) -> None:
    async with house.gateway(whapi_webhook_header="X-Whapi-Token") as gateway:
        headers = {"X-Whapi-Token": WHAPI_SECRET}
        assert (await gateway.post(WHATSAPP, path="/webhooks/whapi/", **headers)).status_code == 200


async def test_without_a_secret_a_provider_is_asked_to_come_again(house: House) -> None:
    async with house.gateway(
        elevenlabs_webhook_secret="", whapi_webhook_secret=" , ", meta_app_secret=""
    ) as gateway:
        for path in ("/webhooks/elevenlabs/", "/webhooks/whapi/", "/webhooks/meta"):
            answer = await gateway.post(b"{}", path=path, **signed(b"{}", secret=""))
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
        assert not await gateway.rows()


async def test_a_large_or_unreadable_body_goes_to_the_blob_store(gateway: Gateway, house: House) -> None:
    for body in (a_webhook(data="x" * 300_000), b"\xff\x00 no text"):
        assert (await gateway.post(body)).status_code == 200
        row = (await gateway.rows())[-1]
        event = (await gateway.said())[-1]
        assert row["body"] is None
        assert event["body"] is None
        assert event["body_ref"]["key"] == row["body_ref"]
        assert (house.folder / row["body_ref"]).read_bytes() == body


async def test_a_body_over_the_limit_gets_413(house: House) -> None:
    async with house.gateway(webhook_body_limit_bytes=2_000) as gateway:
        assert (await gateway.post(b"x" * 2_000)).status_code == 200
        assert (await gateway.post(b"x" * 2_001)).status_code == 413

        async def in_pieces() -> Any:
            for _ in range(3):
                yield b"x" * 1_000

        headers = signed(b"x" * 3_000)
        answer = await gateway.http.post("/webhooks/elevenlabs/", content=in_pieces(), headers=headers)
        assert answer.status_code == 413
        assert len(await gateway.rows()) == 1


async def test_a_body_that_does_not_come_gets_408(house: House) -> None:
    async with house.gateway(webhook_read_seconds=0.2) as gateway:
        url = gateway.http.base_url
        reader, writer = await asyncio.open_connection(url.host, url.port)
        head = {"Host": url.host, "Content-Length": "2", **signed(b"{}")}
        lines = ["POST /webhooks/elevenlabs/ HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        writer.write("\r\n".join([*lines, "", "{"]).encode())
        answer = await reader.readline()
        writer.close()
        assert b" 408 " in answer


async def test_no_signed_garbage_ever_gets_a_5xx_and_all_of_it_is_kept(gateway: Gateway) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    seeds = [a_webhook(), WHATSAPP, b"[]", b"null", b'"\\ud800"', b'{"type":1e999}', b"\x00\xff"]
    bodies = {_mangled(dice, dice.choice(seeds)) for _ in range(400)}
    answers = await asyncio.gather(*(gateway.post(body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await gateway.rows()) == len(await gateway.said()) == len(bodies)


def _mangled(dice: random.Random, body: bytes) -> bytes:
    raw = bytearray(body)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(raw) + 1)
        raw[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(4))
    return bytes(raw)


async def test_when_the_database_is_away_the_answer_is_503_and_the_delivery_can_come_again(
    tmp_path: Any, fresh_bus: str
) -> None:
    server = PostgresServer(tmp_path / "postgres", durable=True)
    server.start()
    database = await provide_schema(server.url(), "gateway", role="gateway", password="secret")
    await asyncio.to_thread(upgrade, "gateway", database.url, database.schema)
    house = House(database, fresh_bus, tmp_path)
    await house.prepare()
    async with house.gateway(webhook_store_seconds=2.0) as gateway:
        assert (await gateway.post(a_webhook(n=1))).status_code == 200
        server.stop()
        away = await gateway.post(a_webhook(n=2))
        assert (away.status_code, away.json()) == (503, {"status": "try_again"})
        assert away.headers["Retry-After"]
        server.start()
        again = await gateway.post(a_webhook(n=2))
        while again.status_code == 503:
            again = await gateway.post(a_webhook(n=2))
        assert again.status_code == 200
    db = await asyncpg.connect(database.url, server_settings={"search_path": "gateway"})
    assert await db.fetchval("SELECT count(*) FROM deliveries") == 2
    assert await db.fetchval("SELECT count(*) FROM outbox") == 2
    await db.close()
    server.stop()


async def test_before_its_database_is_reached_the_gateway_answers_503(house: House) -> None:
    settings = house.settings(database_url="postgresql://nobody@127.0.0.1:9/none", webhook_store_seconds=0.3)
    service = build(settings)
    task = asyncio.create_task(service.serve())
    address = f"http://127.0.0.1:{settings.http_port}"
    async with httpx2.AsyncClient(base_url=address) as http:
        body = a_webhook()
        answer = None
        while answer is None:
            try:
                answer = await http.post("/webhooks/elevenlabs/", content=body, headers=signed(body))
            except httpx2.ConnectError:
                await asyncio.sleep(0.02)
        assert answer.status_code == 503
    service.stop()
    await task


async def test_old_bodies_are_forgotten_and_the_fact_stays(house: House) -> None:
    async with house.gateway() as gateway:
        await gateway.post(a_webhook())
        await gateway.db.execute("UPDATE deliveries SET received_at = received_at - interval '91 days'")
    async with house.gateway() as gateway:

        async def body() -> object:
            return (await gateway.rows())[0]["body"]

        await eventually(body, lambda found: found is None, what="the body is forgotten")
        assert (await gateway.post(a_webhook())).json() == {"status": "known"}
