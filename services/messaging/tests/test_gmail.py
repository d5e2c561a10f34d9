"""Gmail over the wire: sent once, looked up by our own Message-ID, read by labels."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from chassis.effects import Absent, Found, NotAccepted, ProviderDeclined
from chassis.testing_http import HANGS_UP, Asked, LoopbackServer, Says
from messaging.adapters.gmail_client import Answered, GmailClient
from messaging.adapters.gmail_inbox import GmailInbox
from messaging.adapters.gmail_mail import GmailMail, as_rfc822
from messaging.domain.letters import Channel, MessageType
from messaging.ports import Disconnected, Letter, ProviderAway
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
)
TOKEN = Says({"access_token": "at", "expires_in": 3599, "scope": "x", "token_type": "Bearer"})
REVOKED = Says({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)


def an_error(status: int, reason: str = "backendError") -> Says:
    return Says({"error": {"code": status, "message": "no", "errors": [{"reason": reason}]}}, status)


def a_client(url: str, **changed: Any) -> GmailClient:
    facts = {
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "rt",
        "token_uri": f"{url}/token",
        "base_url": url,
        "timeout": 5,
    }
    return GmailClient(**{**facts, **changed})


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


async def test_an_email_carries_our_own_message_id_and_all_its_letters() -> None:
    async with talking(lambda _: Says({"id": "g-1", "threadId": "t"})) as (client, server):
        assert await GmailMail(client, "jobs@example.com").send(LETTER) == "g-1"
    [asked] = api_calls(server)
    assert (asked.method, asked.path) == ("POST", "/gmail/v1/users/me/messages/send")
    assert asked.headers["authorization"] == "Bearer at"
    mail = BytesParser(policy=default).parsebytes(base64.urlsafe_b64decode(asked.json()["raw"]))
    assert mail["Message-ID"] == f"<{LETTER.message_id}@recruitflow>"
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        LETTER.recipient,
        "jobs@example.com",
        LETTER.subject,
    )
    assert mail.get_content().replace("\r\n", "\n").strip() == LETTER.body


def test_an_email_without_a_sender_leaves_that_to_gmail() -> None:
    assert b"From:" not in as_rfc822(LETTER, "")


@pytest.mark.parametrize("status", [400, 404, 413])
async def test_a_clear_no_is_final(status: int) -> None:
    async with talking(lambda _: an_error(status)) as (client, _):
        with pytest.raises(ProviderDeclined):
            await GmailMail(client, "").send(LETTER)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "authError"), (429, "rateLimitExceeded"), (403, "userRateLimitExceeded"), (503, "x")],
)
async def test_what_surely_did_not_happen_may_be_tried_later(status: int, reason: str) -> None:
    async with talking(lambda _: an_error(status, reason)) as (client, server):
        with pytest.raises(NotAccepted):
            await GmailMail(client, "").send(LETTER)
    assert len(api_calls(server)) == 1


async def test_a_revoked_token_keeps_the_email_waiting() -> None:
    async with talking(lambda _: Says(), token=REVOKED) as (client, server):
        with pytest.raises(NotAccepted, match="connect Gmail again"):
            await GmailMail(client, "").send(LETTER)
    assert api_calls(server) == []


async def test_gmail_that_was_never_connected_declines() -> None:
    async with talking(lambda _: Says(), refresh_token="") as (client, server):
        with pytest.raises(ProviderDeclined, match="not connected"):
            await GmailMail(client, "").send(LETTER)
    assert server.asked == []


async def test_an_unreachable_gmail_surely_did_not_send() -> None:
    client = a_client("http://127.0.0.1:9")
    with pytest.raises(NotAccepted):
        await GmailMail(client, "").send(LETTER)


@pytest.mark.parametrize("answer", [HANGS_UP, an_error(500), an_error(502), an_error(408)])
async def test_a_lost_answer_is_not_known_and_the_email_is_never_sent_again_by_the_library(
    answer: Says | None,
) -> None:
    async with talking(lambda _: answer) as (client, server):
        with pytest.raises((ProviderAway, Answered)):
            await GmailMail(client, "").send(LETTER)
    assert len(api_calls(server)) == 1


@pytest.mark.parametrize(
    ("found", "sighting"), [([], Absent()), ([{"id": "g-1"}], Found({"external_id": "g-1"}))]
)
async def test_a_lost_email_is_looked_up_by_its_message_id(found: list[Any], sighting: object) -> None:
    async with talking(lambda _: Says({"messages": found} if found else {"resultSizeEstimate": 0})) as (
        client,
        server,
    ):
        assert await GmailMail(client, "").look_up(LETTER, ()) == sighting
    assert api_calls(server)[0].query["q"] == f"rfc822msgid:{LETTER.message_id}@recruitflow"


async def test_the_token_is_asked_for_once_and_again_after_a_refusal() -> None:
    answers = [Says({"id": "1"}), Says({"id": "2"}), an_error(401), Says({"id": "3"})]
    async with talking(lambda _: answers.pop(0)) as (client, server):
        mail = GmailMail(client, "")
        await mail.send(LETTER)
        await mail.send(LETTER)
        with pytest.raises(NotAccepted):
            await mail.send(LETTER)
        await mail.send(LETTER)
    assert [asked.path for asked in server.asked].count("/token") == 2


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class LabelledMailbox:
    """Two pages of messages, one of them with a large attachment."""

    def __init__(self) -> None:
        self.labels = [{"id": "INBOX", "name": "INBOX"}, {"id": "L1", "name": "cvs"}]

    def __call__(self, asked: Asked) -> Says:
        path = asked.path.removeprefix("/gmail/v1/users/me")
        if path == "/labels" and asked.method == "POST":
            label = {"id": "L2", "name": asked.json()["name"]}
            self.labels.append(label)
            return Says(label)
        if path == "/labels":
            return Says({"labels": self.labels})
        if path == "/messages":
            second = {"messages": [{"id": "m1"}]}
            return Says(
                second if "pageToken" in asked.query else {"messages": [{"id": "m2"}], "nextPageToken": "2"}
            )
        if path == "/messages/m1":
            return Says({"id": "m1", "internalDate": "1795000000000", "payload": self.payload()})
        if path == "/messages/m1/attachments/A1":
            return Says({"size": 4, "data": b64(b"%PDF")})
        return Says({}) if path.endswith("/modify") else Says({}, 404)

    def payload(self) -> dict[str, Any]:
        text = {"mimeType": "text/plain", "filename": "", "body": {"data": b64("Atașat".encode())}}
        file = {
            "mimeType": "application/pdf",
            "filename": "cv.pdf",
            "body": {"attachmentId": "A1", "size": 4},
        }
        headers = [{"name": "From", "value": "Ana <ana@example.com>"}]
        return {"mimeType": "multipart/mixed", "headers": headers, "body": {}, "parts": [text, file]}


async def test_waiting_messages_are_found_by_label_on_every_page_oldest_first() -> None:
    async with talking(LabelledMailbox()) as (client, server):
        inbox = GmailInbox(client, "CVs", "CVs-Processed")
        assert await inbox.waiting() == ["m1", "m2"]
        await inbox.waiting()
    lists = [asked for asked in server.asked if asked.path.endswith("/messages")]
    assert lists[0].query["q"] == "label:CVs -label:CVs-Processed"
    made = [asked.json()["name"] for asked in server.asked if asked.path.endswith("/labels") and asked.body]
    assert made == ["CVs-Processed"]


async def test_a_message_is_read_with_its_large_attachment_and_marked() -> None:
    async with talking(LabelledMailbox()) as (client, server):
        inbox = GmailInbox(client, "CVs", "CVs-Processed")
        email = await inbox.read("m1")
        await inbox.mark_processed("m1")
    assert (email.sender, email.body) == ("ana@example.com", "Atașat")
    assert [(file.file_name, file.data) for file in email.files] == [("cv.pdf", b"%PDF")]
    assert server.asked[-1].json() == {"addLabelIds": ["L2"]}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (an_error(500), ProviderAway),
        (an_error(429), ProviderAway),
        (an_error(403, "rateLimitExceeded"), ProviderAway),
        (an_error(401), Disconnected),
        (an_error(403, "insufficientPermissions"), Disconnected),
        (HANGS_UP, ProviderAway),
    ],
)
async def test_a_mailbox_that_can_not_be_asked_is_away(answer: Says | None, kind: type[Exception]) -> None:
    async with talking(lambda _: answer) as (client, _):
        with pytest.raises(kind) as away:
            await GmailInbox(client, "CVs", "CVs-Processed").waiting()
    assert isinstance(away.value, Disconnected) == (kind is Disconnected)


async def test_a_revoked_token_disconnects_the_mailbox() -> None:
    async with talking(lambda _: Says(), token=REVOKED) as (client, _):
        with pytest.raises(Disconnected):
            await GmailInbox(client, "CVs", "CVs-Processed").waiting()


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


async def test_the_sandbox_takes_an_email_and_finds_it_again(tmp_path: Path) -> None:
    async with in_the_sandbox(tmp_path) as (_, client):
        mail = GmailMail(client, "")
        assert await mail.look_up(LETTER, ()) == Absent()
        external_id = await mail.send(LETTER)
        assert await mail.look_up(LETTER, ()) == Found({"external_id": external_id})


async def test_a_cv_mailed_in_the_sandbox_is_read_whole_and_once(tmp_path: Path) -> None:
    async with in_the_sandbox(tmp_path) as (url, client):
        inbox = GmailInbox(client, "CVs", "CVs-Processed")
        assert await inbox.waiting() == []
        content = b"%PDF-1.7" + bytes(5000)
        body = {
            "address": "ana@example.com",
            "name": "Ana Probă",
            "subject": "CV șofer",
            "text": "Atașat CV-ul.",
            "file": {"file_name": "CV Ana.pdf", "content": base64.b64encode(content).decode()},
        }
        async with httpx2.AsyncClient() as http:
            (await http.post(f"{url}/__control__/act/mail", json=body)).raise_for_status()
        [external_id] = await inbox.waiting()
        email = await inbox.read(external_id)
        assert (email.sender, email.sender_name, email.subject) == (
            "ana@example.com",
            "Ana Probă",
            "CV șofer",
        )
        assert email.body == "Atașat CV-ul."
        assert [(file.file_name, file.content_type, file.data) for file in email.files] == [
            ("CV Ana.pdf", "application/pdf", content)
        ]
        await inbox.mark_processed(external_id)
        assert await inbox.waiting() == []


def test_a_mail_is_what_a_mail_program_reads() -> None:
    read = BytesParser(_class=EmailMessage, policy=default).parsebytes(as_rfc822(LETTER, "jobs@example.com"))
    assert read.get_content_type() == "text/plain"
    assert read.get_content_charset() == "utf-8"
