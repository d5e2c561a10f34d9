"""A form is sent on Meta, and whoever sent it is in the pipeline: gateway, bus, intake and sandbox real."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from chassis.testing import eventually
from contracts.intake import BindLeadForm
from ops.bus import OPERATOR
from ops.demo.performing import Performance
from ops.instance import Instance
from ops.sample.write import as_sent, encoded, lead
from ops.seeding import POSITION

SECONDS = 5.0
"""What "within seconds" means here; measured it is far less."""


class Meta:
    """One form of a test's own, and the people who fill it in."""

    def __init__(self, instance: Instance, performance: Performance, numbers: Iterator[int]) -> None:
        self._instance, self._performance, self._numbers = instance, performance, numbers
        self.db: asyncpg.Connection[Any] = performance.db
        self.form_id = f"9{next(numbers):011}"

    def person(self) -> dict[str, str]:
        number = next(self._numbers)
        return {**lead(number, f"Ilinca Vântu{number}", "qualifies"), "form_id": f"f:{self.form_id}"}

    async def position(self) -> int:
        details = POSITION.model_copy(update={"lead_form_ids": [self.form_id]})
        return await self._performance.open_position(details)

    async def send(self, row: dict[str, str]) -> str:
        answer = await self._performance.outside.post("/act/lead", as_sent(row))
        return str(answer["leadgen_id"])

    async def fault(self, **fault: Any) -> None:
        await self._performance.outside.post("/faults", {"provider": "meta", **fault})

    async def said(self, fact: str, leadgen_id: str) -> list[dict[str, Any]]:
        """What intake said of one live lead."""
        rows = await self.db.fetch(
            "SELECT data FROM intake.outbox WHERE type = $1 AND due_at IS NULL"
            " AND data::jsonb ->> 'leadgen_id' = $2 ORDER BY id",
            f"intake.live_lead.{fact}.v1",
            leadgen_id,
        )
        return [json.loads(row["data"]) for row in rows]

    async def brought_in(self, leadgen_id: str) -> dict[str, Any]:
        [said] = await eventually(
            lambda: self.said("brought_in", leadgen_id), within=30, every=0.01, what="the lead is brought in"
        )
        return said

    async def applications(self, candidate_id: int) -> list[asyncpg.Record]:
        return list(
            await self.db.fetch(
                "SELECT application_id, position_id FROM intake.applications WHERE candidate_id = $1",
                candidate_id,
            )
        )

    def knock(self, body: bytes, secret: str | None) -> int:
        """Post to the gateway as Meta would."""
        secret = self._instance.keys.get("meta.webhook") if secret is None else secret
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        url = f"http://127.0.0.1:{self._instance.ports.gateway}/webhooks/meta"
        request = urllib.request.Request(url, body, {"X-Hub-Signature-256": f"sha256={digest}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def verify(self, token: str) -> tuple[int, str]:
        query = f"hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444"
        url = f"http://127.0.0.1:{self._instance.ports.gateway}/webhooks/meta?{query}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, ""


def announcing(leadgen_id: str, form_id: str, **more: Any) -> bytes:
    value = {"leadgen_id": leadgen_id, "form_id": form_id, "page_id": 1, "created_time": 1, **more}
    return json.dumps(
        {"object": "page", "entry": [{"changes": [{"field": "leadgen", "value": value}]}]}
    ).encode()


@pytest.fixture
def meta(instance: Instance, performance: Performance, numbers: Iterator[int]) -> Meta:
    return Meta(instance, performance, numbers)


async def test_who_sends_a_form_is_in_the_pipeline_within_seconds(meta: Meta) -> None:
    position_id = await meta.position()
    await meta.brought_in(await meta.send(meta.person()))  # whatever happens once has happened
    took = []
    for _ in range(5):
        row = meta.person()
        began = time.monotonic()
        leadgen_id = await meta.send(row)
        said = await meta.brought_in(leadgen_id)
        took.append(time.monotonic() - began)
        assert [entry["position_id"] for entry in await meta.applications(said["candidate_id"])] == [
            position_id
        ]
    print(f"from the form to the pipeline: {', '.join(f'{each * 1000:.0f}' for each in sorted(took))} ms")
    assert max(took) < SECONDS


async def test_an_announcement_that_comes_twice_brings_in_one_person(meta: Meta) -> None:
    await meta.position()
    await meta.fault(operation="leadgen", kind="duplicated")
    leadgen_id = await meta.send(meta.person())
    said = await meta.brought_in(leadgen_id)
    again = announcing(leadgen_id, meta.form_id, created_time=2)
    assert meta.knock(again, None) == meta.knock(again, None) == 200
    later = await meta.send(meta.person())
    await meta.brought_in(later)
    assert (
        len(await meta.said("announced", leadgen_id)) == len(await meta.said("brought_in", leadgen_id)) == 1
    )
    assert len(await meta.applications(said["candidate_id"])) == 1


async def test_a_forged_announcement_leaves_no_trace(meta: Meta) -> None:
    await meta.position()
    body = announcing("666", meta.form_id)
    assert meta.knock(body, "not-the-secret") == 401
    assert meta.knock(body, "") == 401
    kept = "SELECT count(*) FROM gateway.deliveries WHERE sha256 = $1"
    assert await meta.db.fetchval(kept, hashlib.sha256(body).digest()) == 0
    assert await meta.said("announced", "666") == []


async def test_meta_learns_that_the_address_is_ours_only_with_our_token(
    meta: Meta, instance: Instance
) -> None:
    assert meta.verify(instance.keys.get("meta.verify")) == (200, "1158201444")
    assert meta.verify("guess")[0] == 403


async def test_while_meta_answers_with_errors_the_lead_waits_and_comes_in(meta: Meta) -> None:
    await meta.position()
    await meta.fault(operation="graph_object", kind="status", status=500, count=1)
    await meta.fault(operation="graph_object", kind="close", count=1)
    leadgen_id = await meta.send(meta.person())
    await meta.brought_in(leadgen_id)
    assert await meta.said("held", leadgen_id) == []
    assert len(await meta.said("fetch_due", leadgen_id)) == 2


async def test_a_lead_of_an_unknown_form_waits_for_its_form_to_be_bound(
    meta: Meta, performance: Performance
) -> None:
    leadgen_id = await meta.send(meta.person())
    [held] = await eventually(lambda: meta.said("held", leadgen_id), what="the lead is held")
    assert (held["code"], held["form_name"]) == ("no_position", "Consilier vânzări - noiembrie")
    position_id = await performance.open_position()
    command = BindLeadForm(command_id=uuid4(), actor=OPERATOR, form_id=meta.form_id, position_id=position_id)
    assert await performance.operator.ask(command) == {"released": 1}
    said = await meta.brought_in(leadgen_id)
    assert (said["position_id"], said["created"]) == (position_id, True)


async def test_the_same_lead_by_a_later_file_is_the_same_unchanged_person(
    meta: Meta, performance: Performance, tmp_path: Path
) -> None:
    position_id = await meta.position()
    row, other = meta.person(), meta.person()
    said = await meta.brought_in(await meta.send(row))
    file = tmp_path / "leads.csv"
    file.write_bytes(encoded([row, other]))
    done, _ = await performance.import_leads(file, position_id)
    assert (done.candidates_created, done.candidates_updated, done.candidates_unchanged) == (1, 0, 1)
    assert len(await meta.applications(said["candidate_id"])) == 1
    again = await meta.brought_in(await meta.send(other))
    assert again["created"] is False


async def test_the_screens_and_the_books_agree_afterwards(meta: Meta, performance: Performance) -> None:
    broken = [
        f"{finding.name}: {finding.detail}" for finding in await performance.findings() if not finding.holds
    ]
    assert not broken
