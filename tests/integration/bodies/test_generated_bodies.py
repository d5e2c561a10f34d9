"""Generated bodies at each provider's door: never a 5xx, what got a 2xx is on disk, and nobody who hears of
them stumbles. 2,000 a door here, 10,000 by ``make test-bodies`` (``BODIES``). ``BODIES_SEED`` repeats."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.testing import eventually
from contracts.gateway import (
    ElevenLabsWebhookReceived,
    MetaWebhookReceived,
    WebhookDelivery,
    WhapiWebhookReceived,
)

from . import generated, samples
from .door import knock
from .house import SECRET, House, house

BODIES = int(os.environ.get("BODIES", "2000"))
AT_ONCE = 200
GENUINE = 0.85


@pytest.mark.parametrize(
    ("provider", "reader", "kind"),
    [
        ("elevenlabs", "calling", ElevenLabsWebhookReceived),
        ("whapi", "messaging", WhapiWebhookReceived),
        ("meta", "intake", MetaWebhookReceived),
    ],
)
async def test_nothing_that_is_sent_breaks_the_door_or_who_stands_behind_it(
    provider: str,
    reader: str,
    kind: type[WebhookDelivery],
    fresh_database: str,
    fresh_bus: str,
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("BODIES_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed}", file=sys.stderr)
    dice = random.Random(seed)
    async with house(fresh_database, fresh_bus, tmp_path, reader, kind) as here:
        statuses, kept = await _send(here, provider, dice)
        assert {status for status in statuses if status >= 500} == set()
        assert set(statuses) <= {200, 400, 401, 413}
        assert statuses[200] > BODIES * 0.7
        assert statuses[401] > BODIES * 0.05
        await _is_on_disk(here, provider, kept)
        await eventually(here.heard, lambda count: count >= len(kept), within=120, every=0.2)
        assert await here.dead() == 0
        assert await here.reader_db.fetchval("SELECT count(*) FROM deferred") == 0
    print(f"{provider}: {dict(statuses)}, {len(kept)} different", file=sys.stderr)


async def _send(here: House, provider: str, dice: random.Random) -> tuple[Counter[int], set[bytes]]:
    """Answers the statuses, and the bodies that got a 2xx."""
    bodies = generated.Bodies(dice, getattr(samples, provider))
    headers: Callable[..., generated.Headers] = getattr(generated, f"{provider}_headers")
    statuses: Counter[int] = Counter()
    kept: set[bytes] = set()

    async def send_one() -> None:
        body = bodies.next()
        proof = headers(dice, SECRET, body, genuine=dice.random() < GENUINE)
        sent = [generated.content_type(dice), *proof]
        status = await knock(here.door, f"/webhooks/{provider}", sent, body, dice)
        statuses[status] += 1
        if 200 <= status < 300:
            kept.add(hashlib.sha256(body).digest())

    for _ in range(0, BODIES, AT_ONCE):
        await asyncio.gather(*(send_one() for _ in range(AT_ONCE)))
    return statuses, kept


async def _is_on_disk(here: House, provider: str, kept: set[bytes]) -> None:
    """Each body once, byte for byte, inline or in the blob store, with one event that says so."""
    rows = await here.db.fetch("SELECT delivery_id, provider, sha256, body, body_ref FROM deliveries")
    assert {row["provider"] for row in rows} == {provider}
    assert {row["sha256"] for row in rows} == kept
    assert len(rows) == len(kept)
    for row in rows:
        body = row["body"] if row["body_ref"] is None else (here.blobs / row["body_ref"]).read_bytes()
        assert hashlib.sha256(body).digest() == row["sha256"]
    said = await here.db.fetch("SELECT data::jsonb ->> 'delivery_id' AS named FROM outbox")
    assert sorted(str(row["delivery_id"]) for row in rows) == sorted(row["named"] for row in said)
