"""The whole service over real NATS and PostgreSQL; the sandbox's ledger says what the outside world saw."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx2
import nats
import pytest
from chassis.ids import new_id
from chassis.provisioner import consumers_of, provision
from chassis.testing import eventually, running
from chassis.testing_servers import Migrated
from contracts import Actor, Envelope, Event
from contracts.gateway import WhapiWebhookReceived
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    PositionDetails,
    PositionOpened,
)
from contracts.messaging import CvRequested, FollowUpDue, MessageFailed, MessageReceived
from messaging.handlers import handlers
from messaging.main import build
from messaging.settings import MessagingSettings
from pydantic import SecretStr
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock
from sandbox.testing import running as sandbox_running

from .office import PHONE, a_document, a_post, someone

Kind = TypeVar("Kind", bound=Event)


class Scene:
    def __init__(self, settings: MessagingSettings, js: Any, db: Any, sandbox: str, http: Any) -> None:
        self.settings, self.js, self.db = settings, js, db
        self._sandbox, self._http = sandbox, http

    async def throw(self, *events: Event) -> None:
        for event in events:
            identity = new_id()
            envelope = Envelope(
                identity, event.type(), "test", datetime.now(UTC), event, correlation_id=identity
            )
            await self.js.publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def said(self, kind: type[Kind]) -> list[Kind]:
        rows = await self.db.fetch("SELECT data FROM outbox WHERE type = $1 ORDER BY id", kind.type())
        return [kind.model_validate_json(row["data"]) for row in rows]

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._http.request(method, f"{self._sandbox}/__control__{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def messages_seen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.control("GET", "/ledger?kind=message"))["entries"]
        return found

    async def whapi_upload(self, content: bytes) -> str:
        answer = await self._http.post(
            f"{self._sandbox}/whapi/media",
            content=content,
            headers={
                "Authorization": f"Bearer {self.settings.whapi_token.get_secret_value()}",
                "Content-Type": "application/pdf",
            },
        )
        return str(answer.json()["media"][0]["id"])


@pytest.fixture
async def scene(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Scene]:
    own = await migrated("messaging")
    bus = await nats.connect(fresh_bus)
    await provision(bus.jetstream(), consumers_of(handlers, 2.0))
    db = await asyncpg.connect(own.url, server_settings={"search_path": own.schema})
    sandbox = SandboxSettings(SANDBOX_STATE=tmp_path)
    with sandbox_running(sandbox, HandClock()) as url:
        settings = MessagingSettings(
            database_url=own.url,
            database_schema=own.schema,
            nats_url=fresh_bus,
            http_port=0,
            lease_retry_seconds=0.05,
            retry_delay_base_seconds=0.05,
            watch_every_seconds=0.1,
            effect_grace_seconds=0.3,
            blobs_url=f"file://{tmp_path}/blobs",
            whapi_token=SecretStr(sandbox.whapi_token),
            whapi_api_url=f"{url}/whapi",
            google_client_id=sandbox.google_client_id,
            google_client_secret=SecretStr(sandbox.google_client_secret),
            google_refresh_token=SecretStr(sandbox.google_refresh_token),
            google_token_uri=f"{url}/google-token/token",
            gmail_base_url=f"{url}/gmail",
            gmail_poll_minutes=0.01,
            quiet_hours="",
            message_undo_seconds=1,
        )
        async with httpx2.AsyncClient() as http:
            yield Scene(settings, bus.jetstream(), db, url, http)
    await db.close()
    await bus.close()


def the_application() -> list[Event]:
    return [
        PositionOpened(position_id=5, details=PositionDetails(title="Șofer"), actor=Actor.system()),
        ApplicationOpened(candidate_id=10, application_id=1, position_id=5, profile=someone()),
    ]


def it_stands(status: str, sequence: int) -> Event:
    return ApplicationStatusChanged(
        candidate_id=10,
        application_id=1,
        position_id=5,
        sequence=sequence,
        previous=ApplicationStatus.SCORING,
        current=ApplicationStatus(status),
        actor=Actor.system(),
        reason="test",
    )


async def test_a_qualified_candidate_is_asked_once_on_each_channel(scene: Scene) -> None:
    async with running(build(scene.settings)):
        await scene.throw(*the_application(), it_stands("qualified", 1), it_stands("qualified", 1))
        await eventually(lambda: scene.said(CvRequested))
        assert {message["provider"] for message in await scene.messages_seen()} == {"whapi", "gmail"}
        [due] = await scene.db.fetch("SELECT * FROM outbox WHERE type = $1", FollowUpDue.type())
        assert timedelta(hours=47) < due["due_at"] - datetime.now(UTC) < timedelta(hours=49)


@pytest.mark.parametrize("kind", ["accept_then_close", "close", "status"])
async def test_answers_that_are_lost_lead_to_one_message_each(scene: Scene, kind: str) -> None:
    for operation in ("messages_text", "messages_send"):
        await scene.control("POST", "/faults", {"operation": operation, "kind": kind, "status": 500})
    async with running(build(scene.settings)):
        await scene.throw(*the_application(), it_stands("qualified", 1))
        [requested] = await eventually(lambda: scene.said(CvRequested), within=20)
        assert len(requested.channels) == 2
    assert len(await scene.messages_seen()) == 2
    assert (await scene.control("GET", "/ledger/duplicates"))["entries"] == []


async def test_an_email_whose_answer_is_lost_leaves_once_though_search_does_not_know_it(scene: Scene) -> None:
    await scene.control("POST", "/faults", {"operation": "messages_send", "kind": "accept_then_close"})
    not_indexed = {"operation": "messages_list", "kind": "not_indexed", "count": None}
    await scene.control("POST", "/faults", not_indexed)
    async with running(build(scene.settings)):
        await scene.throw(*the_application(), it_stands("qualified", 1))
        await eventually(lambda: scene.said(CvRequested), within=20)
    assert len(await scene.messages_seen()) == 2
    assert (await scene.control("GET", "/ledger/duplicates"))["entries"] == []


async def test_a_revoked_gmail_fails_the_email_in_time_and_whatsapp_carries_the_request(scene: Scene) -> None:
    revoked = {"provider": "google", "operation": "token", "kind": "status", "status": 400, "count": None}
    await scene.control("POST", "/faults", revoked)
    settings = scene.settings.model_copy(update={"gmail_patience_hours": 1 / 3600})
    async with running(build(settings)):
        await scene.throw(*the_application(), it_stands("qualified", 1))
        [failed] = await eventually(lambda: scene.said(MessageFailed), within=20)
        assert failed.reason.startswith("not sent: Gmail is not connected")
        [requested] = await eventually(lambda: scene.said(CvRequested))
        assert [channel.value for channel in requested.channels] == ["whatsapp"]
    assert [message["provider"] for message in await scene.messages_seen()] == ["whapi"]


async def test_a_cv_comes_by_whatsapp_and_by_email(scene: Scene) -> None:
    async with running(build(scene.settings)):
        await scene.throw(*the_application())
        # The label has to be there before the filter of the mailbox can put it on what comes.
        await eventually(lambda: scene.db.fetchval("SELECT count(*) FROM mailbox_cursors"))
        # Webhooks are another consumer's: what is known of people need not be there before them.
        await eventually(lambda: scene.db.fetchval("SELECT count(*) FROM applications"))
        media_id = await scene.whapi_upload(b"%PDF-1.7 whatsapp")
        await scene.throw(
            WhapiWebhookReceived(
                delivery_id=UUID(int=1),
                kind="messages",
                body=json.dumps(a_post(a_document(id=media_id, caption="CV-ul meu"))),
                received_at=datetime.now(UTC),
            )
        )
        [message] = await eventually(lambda: scene.said(MessageReceived))
        assert (message.sender, message.body, message.candidate_id) == (PHONE, "CV-ul meu", 10)
        file = {"file_name": "cv.pdf", "content": base64.b64encode(b"%PDF-1.7 email").decode()}
        mail = {"address": "ana.proba@example.com", "subject": "CV", "text": "Atașat.", "file": file}
        await scene.control("POST", "/act/mail", mail)
        both = await eventually(lambda: scene.said(MessageReceived), lambda said: len(said) == 2)
        assert (both[1].candidate_id, both[1].body, len(both[1].attachments)) == (10, "Atașat.", 1)


async def test_gmail_that_is_away_neither_stops_whatsapp_nor_loses_the_email(scene: Scene) -> None:
    fault = {"operation": "messages_send", "kind": "status", "status": 503, "count": 1}
    await scene.control("POST", "/faults", fault)
    async with running(build(scene.settings)):
        await scene.throw(*the_application(), it_stands("qualified", 1))
        await eventually(lambda: scene.said(CvRequested), within=20)
    assert {message["provider"] for message in await scene.messages_seen()} == {"whapi", "gmail"}


def test_no_key_stands_in_what_settings_say_of_themselves(scene: Scene) -> None:
    shown = f"{scene.settings!r} {scene.settings}"
    for secret in (scene.settings.whapi_token, scene.settings.google_refresh_token):
        assert secret.get_secret_value()
        assert secret.get_secret_value() not in shown
