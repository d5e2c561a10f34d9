"""The mailbox over the wire: found by labels, read whole, marked."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx2
import pytest
from chassis.testing_http import HANGS_UP, Asked, Says
from messaging.adapters.gmail_inbox import GmailInbox
from messaging.ports import Disconnected, ProviderAway

from .gmail_talk import REVOKED, an_error, in_the_sandbox, talking


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


async def test_two_polls_that_make_the_labels_at_once_do_not_stand_in_each_others_way() -> None:
    """As on the first connection, when the poll at intervals and that of the connection come together."""
    mailbox, first = LabelledMailbox(), True

    def beaten(asked: Asked) -> Says:
        nonlocal first
        answer = mailbox(asked)
        if asked.path.endswith("/labels") and asked.method == "POST" and first:
            first = False
            return an_error(409, "aborted")
        return answer

    async with talking(beaten) as (client, _):
        assert await GmailInbox(client, "CVs", "CVs-Processed").waiting() == ["m1", "m2"]
    assert not first


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
