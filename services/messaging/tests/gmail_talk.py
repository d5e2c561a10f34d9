"""A Gmail client and somebody to talk to: a scripted server, or the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.testing_http import Asked, LoopbackServer, Says
from messaging.adapters.gmail_client import GmailClient
from messaging.domain.channel_state import Refusal
from messaging.domain.letters import Channel, MessageType
from messaging.ports import Letter
from messaging.ports.access import Grant, NeverConnected
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, running

LETTER = Letter(
    message_id=UUID(int=1),
    application_id=7,
    candidate_id=10,
    channel=Channel.EMAIL,
    message_type=MessageType.CV_REQUEST,
    recipient="ana.proba@example.com",
    subject="CV-ul dumneavoastră pentru Șofer [RF-1]",
    body="Bună ziua, Ana,\n\nașteptăm CV-ul.",
    composed_at=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
)
TOKEN = Says({"access_token": "at", "expires_in": 3599, "scope": "x", "token_type": "Bearer"})
REVOKED = Says({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)


def an_error(status: int, reason: str = "backendError") -> Says:
    return Says({"error": {"code": status, "message": "no", "errors": [{"reason": reason}]}}, status)


class OneGrant:
    """An access that stays what it is; ``refusals``: why Google did not take it, each time."""

    def __init__(self, refresh_token: str) -> None:
        self._token = refresh_token
        self.refusals: list[Refusal] = []

    async def grant(self) -> Grant:
        if not self._token:
            raise NeverConnected("Gmail is not connected")
        return Grant(self._token, self._token)

    async def refused(self, grant: Grant, why: Refusal) -> None:
        self.refusals.append(why)


def a_client(url: str, refresh_token: str = "rt", **changed: Any) -> GmailClient:
    facts = {
        "client_id": "id",
        "client_secret": "secret",
        "token_uri": f"{url}/token",
        "base_url": url,
        "timeout": 5,
    }
    return GmailClient(OneGrant(refresh_token), **{**facts, **changed})


@asynccontextmanager
async def talking(
    answer: Callable[[Asked], Says | None], token: Says = TOKEN, **changed: Any
) -> AsyncIterator[tuple[GmailClient, LoopbackServer]]:
    def both(asked: Asked) -> Says | None:
        return token if asked.path == "/token" else answer(asked)

    async with LoopbackServer(both).running() as server:
        client = a_client(server.url, **changed)
        yield client, server
        client.close()


def api_calls(server: LoopbackServer) -> list[Asked]:
    return [asked for asked in server.asked if asked.path != "/token"]


@asynccontextmanager
async def in_the_sandbox(tmp_path: Path) -> AsyncIterator[tuple[str, GmailClient]]:
    settings = SandboxSettings(SANDBOX_STATE=tmp_path)
    with running(settings, HandClock()) as url:
        client = a_client(
            f"{url}/gmail",
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret,
            refresh_token=settings.google_refresh_token,
            token_uri=f"{url}/google-token/token",
            timeout=10,
        )
        yield url, client
        client.close()
