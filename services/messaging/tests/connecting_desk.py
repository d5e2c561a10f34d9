"""A recruiter's desk at which Gmail is connected, with the sandbox as Google."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Actor, Refused
from contracts.messaging import (
    DisconnectGmail,
    FinishGmailConnection,
    ShowConnections,
    StartGmailConnection,
)
from messaging.adapters.gmail_client import GmailClient
from messaging.adapters.gmail_inbox import GmailInbox
from messaging.adapters.google_oauth import GoogleOauth
from messaging.adapters.postgres_access import PostgresChannels, PostgresFlows, PostgresGrants
from messaging.handlers import connecting, connections
from messaging.handlers.access import GmailAccess, mark_of
from messaging.ports.access import ConnectionRules, Vault
from sandbox.settings import SandboxSettings

IRINA = Actor(kind="recruiter", id="1", name="Irina")
PAUL = Actor(kind="recruiter", id="2", name="Paul")
KEY = "a long random text of an operator 123456"
OURS, OTHER = "recruiting@example.com", "somebody.else@example.com"
BACK = "http://localhost:8010/settings/gmail/callback/"


@dataclass
class Desk:
    """Messaging's side of the flow, with the sandbox as Google."""

    room: PostgresRoom
    url: str
    google: GoogleOauth
    vault: Vault
    settings: SandboxSettings
    token: str = ""

    def __post_init__(self) -> None:
        self.grants, self.channels = PostgresGrants(), PostgresChannels()
        self.flows = PostgresFlows(self.room.begin)

    def access(self, *, pauses: bool = True) -> GmailAccess:
        return GmailAccess(self.room.begin, self.grants, self.channels, self.vault, self.token, pauses=pauses)

    def inbox(self, *, pauses: bool = True) -> GmailInbox:
        client = GmailClient(
            self.access(pauses=pauses),
            client_id=self.settings.google_client_id,
            client_secret=self.settings.google_client_secret,
            token_uri=f"{self.url}/google-token/token",
            base_url=f"{self.url}/gmail",
            timeout=10,
        )
        return GmailInbox(client, "CVs", "CVs-Processed")

    async def starts(self, actor: Actor = IRINA) -> str:
        async with self.room.begin() as tx:
            command = StartGmailConnection(command_id=uuid4(), actor=actor)
            reply = await connecting.start_gmail_connection(
                command, tx, self.google, self.vault, self.flows, self.grants
            )
        assert isinstance(reply, Accepted), reply
        return str(reply.result["authorization_url"])

    async def finishes(self, answer: dict[str, str], actor: Actor = IRINA) -> Accepted | Refused:
        given = {"state": answer["state"], "code": answer["code"]}
        command = FinishGmailConnection(command_id=uuid4(), actor=actor, **given)
        async with self.room.begin() as tx:
            return await connecting.finish_gmail_connection(
                command, tx, self.google, self.vault, self.flows, self.grants, self.channels
            )

    async def connects(self, account: str = OURS) -> Accepted | Refused:
        return await self.finishes(await decide(self.url, await self.starts(), account=account))

    async def disconnects(self) -> Accepted | Refused:
        command = DisconnectGmail(command_id=uuid4(), actor=IRINA)
        async with self.room.begin() as tx:
            return await connecting.disconnect_gmail(
                command, tx, self.google, self.vault, self.grants, self.channels
            )

    async def shown(self) -> dict[str, Any]:
        rules = ConnectionRules(mark_of(self.token) if self.token else None)
        async with self.room.begin() as tx:
            query = ShowConnections(command_id=uuid4(), actor=IRINA)
            reply = await connections.show_connections(
                query, tx, self.channels, self.grants, self.google, self.vault, rules
            )
        found: dict[str, Any] = reply.result["connections"][0]
        return found

    async def revoked_at_google(self) -> None:
        async with httpx2.AsyncClient() as http:
            (await http.post(f"{self.url}/__control__/act/google/revoke")).raise_for_status()


async def decide(
    url: str, address: str, *, decision: str = "allow", account: str = OURS, ticked: str = "true"
) -> dict[str, str]:
    """A person at the consent page; answers what Google sends back."""
    async with httpx2.AsyncClient() as http:
        page = await http.get(address)
        assert page.status_code == 200, page.text
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        form = {name: unescape(value) for name, value in form.items()}
        chosen = {"decision": decision, "account": account, "ticked": ticked}
        back = await http.post(f"{url}/google-auth/decision", data=form | chosen)
    place = urlsplit(back.headers["location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == BACK
    return {name: values[0] for name, values in parse_qs(place.query).items()}
