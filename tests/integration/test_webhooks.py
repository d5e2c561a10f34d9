"""What a provider delivers is on disk before it hears 2xx, counts once, and only when it is genuine."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

import asyncpg
from chassis.clock import ScaledClock
from chassis.testing import eventually
from ops.instance import Instance


def _delivery(kind: str) -> bytes:
    data = {"agent_id": "agent_sandbox", "conversation_id": f"conv_{uuid4().hex}", "status": "done"}
    return json.dumps({"type": kind, "event_timestamp": 1, "data": data}).encode()


def _signed(instance: Instance, body: bytes, *, age: int = 0, secret: str | None = None) -> dict[str, str]:
    """As ElevenLabs signs: HMAC over time and raw body."""
    secret = secret or f"wsec_{instance.keys.get('elevenlabs.webhook')}"
    moment = int(ScaledClock(instance.folder / "pace.json").now().timestamp()) - age
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={moment},v0={digest}"}


def _post(instance: Instance, body: bytes, headers: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{instance.ports.gateway}/webhooks/elevenlabs/"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


async def _kept(db: asyncpg.Connection[Any], body: bytes) -> list[asyncpg.Record]:
    digest = hashlib.sha256(body).digest()
    return list(await db.fetch("SELECT delivery_id, kind FROM gateway.deliveries WHERE sha256 = $1", digest))


async def _announced(db: asyncpg.Connection[Any], delivery: asyncpg.Record) -> list[asyncpg.Record]:
    named = "SELECT event_id, sent_at FROM gateway.outbox WHERE data::jsonb ->> 'delivery_id' = $1"
    return list(await db.fetch(named, str(delivery["delivery_id"])))


async def test_what_was_answered_2xx_survives_the_gateway(
    instance: Instance, db: asyncpg.Connection[Any]
) -> None:
    bodies = [_delivery("post_call_transcription") for _ in range(20)]
    for body in bodies:
        assert _post(instance, body, _signed(instance, body)) == 200
        if body is bodies[-1]:
            instance.kill("gateway")
    kept = [await _kept(db, body) for body in bodies]
    assert [len(rows) for rows in kept] == [1] * len(bodies)
    await instance.restart("gateway")

    async def all_announced() -> bool:
        events = [await _announced(db, rows[0]) for rows in kept]
        return all(len(event) == 1 and event[0]["sent_at"] is not None for event in events)

    await eventually(all_announced, within=20, what="each delivery is published once after the restart")


async def test_a_delivery_that_comes_again_changes_nothing(
    instance: Instance, db: asyncpg.Connection[Any]
) -> None:
    body = _delivery("post_call_transcription")
    headers = _signed(instance, body)
    at_once = await asyncio.gather(*(asyncio.to_thread(_post, instance, body, headers) for _ in range(8)))
    assert at_once == [200] * 8
    assert _post(instance, body, _signed(instance, body, age=2)) == 200
    (delivery,) = await _kept(db, body)
    assert len(await _announced(db, delivery)) == 1


async def test_a_forged_or_old_signature_leaves_no_trace(
    instance: Instance, db: asyncpg.Connection[Any]
) -> None:
    forged, old, tampered = (_delivery("post_call_transcription") for _ in range(3))
    day = 86_400
    assert _post(instance, forged, _signed(instance, forged, secret="wsec_not-the-secret")) == 401
    assert _post(instance, old, _signed(instance, old, age=2 * day)) == 401
    assert _post(instance, tampered, {}) == 401
    assert _post(instance, tampered + b" ", _signed(instance, tampered)) == 401
    for body in (forged, old, tampered, tampered + b" "):
        assert await _kept(db, body) == []


async def test_an_unknown_kind_is_taken_and_kept(instance: Instance, db: asyncpg.Connection[Any]) -> None:
    body = _delivery("something_new_they_invented")
    assert _post(instance, body, _signed(instance, body)) == 200
    (delivery,) = await _kept(db, body)
    assert delivery["kind"] == "something_new_they_invented"
    assert len(await _announced(db, delivery)) == 1
