"""Forty calls, a stop in the middle of them, and a provider whose ledger says whose telephone rang."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from calling.adapters.elevenlabs import ElevenLabs
from calling.ports import Telephony
from chassis.ids import new_id
from chassis.testing import eventually
from contracts.calling import CallCompleted, CallNotAnswered, CallTakenBack
from contracts.gateway import ElevenLabsWebhookReceived
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, Receiver, receiver
from sandbox.testing import running as sandbox_running

from .conftest import MORNING, Office, a_position
from .test_stopping import resume, stop

FORTY = range(1, 41)


@dataclass
class Exchange:
    """The office on one line with a sandbox; both have the same time."""

    office: Office
    clock: HandClock
    control: httpx2.AsyncClient
    post: Receiver
    passed: int = 0

    async def fault(self, **fault: Any) -> None:
        answer = await self.control.post("/faults", json={"provider": "elevenlabs", **fault})
        assert answer.status_code == 201, answer.text

    async def rung(self) -> Counter[str]:
        entries = (await self.control.get("/ledger", params={"kind": "ring"})).json()["entries"]
        return Counter(entry["user_id"] for entry in entries)

    async def pass_time(self, span: timedelta, step: timedelta = timedelta(seconds=20)) -> None:
        end = self.office.clock.moment + span
        while self.office.clock.moment < end:
            self.clock.turn(seconds=step.total_seconds())
            await eventually(self._at_rest, lambda rest: rest, within=20)
            await self._pass_webhooks_on()
            await self.office.wait(step)

    async def _at_rest(self) -> bool:
        state = (await self.control.get("/state", params={"limit": 1})).json()
        due = state["next_due"]
        return not state["in_flight"]["webhooks"] and (due is None or due > state["now"])

    async def _pass_webhooks_on(self) -> None:
        for delivery in self.post.deliveries[self.passed :]:
            self.passed += 1
            await self.office.tell(
                ElevenLabsWebhookReceived(
                    delivery_id=new_id(),
                    kind=delivery.body["type"],
                    body=delivery.raw.decode(),
                    received_at=self.office.clock.moment,
                )
            )


@pytest.fixture
async def exchange(office: Office, tmp_path: Path) -> AsyncIterator[Exchange]:
    clock = HandClock(MORNING)
    with receiver() as post:
        given = SandboxSettings(SANDBOX_STATE=tmp_path, GATEWAY_URL=post.url)
        with sandbox_running(given, clock) as url:
            client = ElevenLabs(
                api_key=given.elevenlabs_api_key,
                agent_id=given.elevenlabs_agent_id,
                phone_number_id=given.elevenlabs_phone_number_id,
                base_url=f"{url}/elevenlabs",
            )
            async with client, httpx2.AsyncClient(base_url=f"{url}/__control__") as control:
                office.use(Telephony, client)
                people = [{"phone": f"+4070000{one:04}", "persona": "qualifies"} for one in FORTY]
                assert (await control.post("/people", json=people)).status_code == 200
                yield Exchange(office, clock, control, post)


async def in_queue(office: Office, *states: str) -> set[str]:
    rows = await office.rows("SELECT application_id FROM queue WHERE state = ANY($1::text[])", list(states))
    return {str(row["application_id"]) for row in rows}


async def ended(office: Office) -> set[str]:
    over = [*await office.said(CallCompleted), *await office.said(CallNotAnswered)]
    return {str(one.application_id) for one in over}


@pytest.mark.parametrize("held", [True, False], ids=["before the first rings", "while some ring"])
async def test_who_has_not_rung_rings_once_after_the_resumption_and_nobody_twice(
    exchange: Exchange, held: bool
) -> None:
    office = exchange.office
    everybody = {str(one) for one in FORTY}
    await (exchange.fault(kind="held") if held else exchange.fault(kind="slow_dispatch", seconds=30))
    await office.open(a_position(call_retry_max=1), people=40)
    await office.queue(*FORTY)
    await exchange.pass_time(timedelta(minutes=4))
    await office.ask(stop())
    rang = set(await exchange.rung())
    assert len(rang) == (0 if held else 8)
    assert {str(one.application_id) for one in await office.said(CallTakenBack)} == everybody - rang
    assert await in_queue(office, "held") == everybody - rang
    await exchange.pass_time(timedelta(minutes=20), timedelta(minutes=1))
    assert set(await exchange.rung()) == rang
    assert await ended(office) == rang
    await office.ask(resume())
    await exchange.pass_time(timedelta(minutes=20), timedelta(minutes=1))
    assert await exchange.rung() == Counter(everybody)
    assert await ended(office) == everybody
    assert not (await exchange.control.get("/ledger/duplicates")).json()["entries"]
    assert not await office.unbound()


async def test_a_recall_whose_answer_is_lost_is_asked_again(exchange: Exchange) -> None:
    office = exchange.office
    await exchange.fault(kind="held")
    await office.open(people=3)
    await office.queue(1, 2, 3)
    await exchange.fault(kind="accept_then_close", operation="batch_cancel")
    await exchange.fault(kind="status", operation="batch_detail", status=503)
    await office.ask(stop())
    assert not await office.said(CallTakenBack)
    await exchange.pass_time(timedelta(minutes=3))
    assert len(await office.said(CallTakenBack)) == 3
    await office.ask(resume())
    await exchange.pass_time(timedelta(minutes=10), timedelta(minutes=1))
    assert await exchange.rung() == Counter(["1", "2", "3"])
