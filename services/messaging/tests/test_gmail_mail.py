"""Email out over the wire: sent once, looked up by our own Message-ID."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest
from chassis.effects import Absent, Found, NotAccepted, ProviderDeclined
from chassis.testing_http import HANGS_UP, Asked, Says
from messaging.adapters.gmail_client import Answered
from messaging.adapters.gmail_mail import GmailMail, as_rfc822
from messaging.domain.threads import LONGEST_REFERENCES, Head, agree
from messaging.ports import NotConnected, ProviderAway, Taken

from .gmail_talk import LETTER, REVOKED, a_client, an_error, api_calls, in_the_sandbox, talking


async def test_an_email_carries_our_own_message_id_and_all_its_letters() -> None:
    async with talking(lambda _: Says({"id": "g-1", "threadId": "t"})) as (client, server):
        assert await GmailMail(client, "jobs@example.com").send(LETTER) == Taken("g-1", "t")
    [asked] = api_calls(server)
    assert (asked.method, asked.path) == ("POST", "/gmail/v1/users/me/messages/send")
    assert asked.headers["authorization"] == "Bearer at"
    mail = BytesParser(policy=default).parsebytes(base64.urlsafe_b64decode(asked.json()["raw"]))
    assert mail["Message-ID"] == f"<{LETTER.message_id}@recruitflow>"
    assert mail["X-RecruitFlow-Message"] == str(LETTER.message_id)
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        LETTER.recipient,
        "jobs@example.com",
        LETTER.subject,
    )
    assert mail.get_content().replace("\r\n", "\n").strip() == LETTER.body


async def test_an_address_that_fits_no_email_is_declined_before_anything_is_sent() -> None:
    async with talking(lambda _: Says({"id": "g-1"})) as (client, server):
        with pytest.raises(ProviderDeclined, match="address"):
            await GmailMail(client, "").send(replace(LETTER, recipient="a@example.com\r\nBcc: b@example.com"))
    assert server.asked == []


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
        with pytest.raises(NotConnected, match="connect Gmail again"):
            await GmailMail(client, "").send(LETTER)
    assert api_calls(server) == []


@pytest.mark.parametrize("reason", ["insufficientPermissions", "accessNotConfigured", "domainPolicy"])
async def test_an_email_waits_for_whoever_mends_our_access(reason: str) -> None:
    """None of it is about this email: the next one would be refused as well."""
    async with talking(lambda _: an_error(403, reason)) as (client, _):
        with pytest.raises(NotConnected):
            await GmailMail(client, "").send(LETTER)


async def test_gmail_that_was_never_connected_declines() -> None:
    async with talking(lambda _: Says(), refresh_token="") as (client, server):
        with pytest.raises(ProviderDeclined, match="not connected"):
            await GmailMail(client, "").send(LETTER)
    assert server.asked == []


async def test_an_email_does_not_leave_when_it_took_long_to_get_there() -> None:
    """Somebody else may be at it by then: a thread goes on when whoever waited for it was cancelled."""
    async with talking(lambda _: Says({"id": "g-1"})) as (client, server):
        with pytest.raises(NotAccepted, match="too long"):
            await GmailMail(client, "").send(LETTER, before=time.monotonic())
    assert api_calls(server) == []


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


async def test_the_sandbox_takes_an_email_and_finds_it_again(tmp_path: Path) -> None:
    async with in_the_sandbox(tmp_path) as (_, client):
        mail = GmailMail(client, "")
        assert await mail.look_up(LETTER, ()) == Absent()
        external_id = (await mail.send(LETTER)).external_id
        sighting = await mail.look_up(LETTER, ())
        assert isinstance(sighting, Found)
        assert sighting.result["external_id"] == external_id


def test_a_mail_is_what_a_mail_program_reads() -> None:
    read = BytesParser(_class=EmailMessage, policy=default).parsebytes(as_rfc822(LETTER, "jobs@example.com"))
    assert read.get_content_type() == "text/plain"
    assert read.get_content_charset() == "utf-8"


async def test_the_sandbox_keeps_a_conversation_together(tmp_path: Path) -> None:
    """A request, a candidate's reply, and a reminder that answers the reply."""
    async with in_the_sandbox(tmp_path) as (_, client):
        mail = GmailMail(client, "jobs@example.com")
        first = await mail.send(LETTER)
        assert first.thread_id
        second = replace(
            LETTER, message_id=UUID(int=2), subject=f"Re: {LETTER.subject}", thread_id=first.thread_id
        )
        third = replace(second, message_id=UUID(int=3))
        elsewhere = replace(second, message_id=UUID(int=4), subject="Altceva")
        gone = replace(second, message_id=UUID(int=5), thread_id="none")
        assert (await mail.send(second)).thread_id == first.thread_id
        taken = await mail.send(third)
        assert taken.thread_id == first.thread_id
        raw = await client.call(
            lambda users: users.messages().get(userId="me", id=taken.external_id, format="raw")
        )
        read = BytesParser(policy=default).parsebytes(base64.urlsafe_b64decode(raw["raw"]))
        assert read["In-Reply-To"] == f"<{UUID(int=2)}@recruitflow>"
        assert read["References"] == f"<{UUID(int=1)}@recruitflow> <{UUID(int=2)}@recruitflow>"
        assert (await mail.send(elsewhere)).thread_id != first.thread_id
        assert (await mail.send(gone)).thread_id != first.thread_id


async def test_an_email_with_another_subject_refers_to_nothing_of_the_conversation() -> None:
    first = {"name": "Message-ID", "value": "<1@example.com>"}, {"name": "Subject", "value": "Altceva"}
    thread = {"messages": [{"payload": {"headers": list(first)}}]}

    def gmail(asked: Asked) -> Says:
        return Says(thread) if asked.method == "GET" else Says({"id": "g-1", "threadId": "t-2"})

    async with talking(gmail) as (client, server):
        await GmailMail(client, "").send(replace(LETTER, thread_id="t-1"))
        sent = api_calls(server)[-1].json()
    mail = BytesParser(policy=default).parsebytes(base64.urlsafe_b64decode(sent["raw"]))
    assert "threadId" not in sent
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


async def test_what_can_not_be_asked_about_a_conversation_sends_nothing() -> None:
    in_one = replace(LETTER, thread_id="t-1", subject="Re: CV")
    async with talking(lambda _: an_error(500)) as (client, server):
        with pytest.raises(NotAccepted):
            await GmailMail(client, "").send(in_one)
        assert [asked.method for asked in api_calls(server)] == ["GET"]


def test_a_long_reference_is_not_broken() -> None:
    long = f"<{'x' * 120}@mail.example.com>"
    raw = as_rfc822(LETTER, "", Head("CV", long, tuple(f"<{n}@example.com>" for n in range(60))))
    read = BytesParser(policy=default).parsebytes(raw)
    assert read["In-Reply-To"] == long
    assert read["References"].split()[-1] == long
    assert len(read["References"].split()) == LONGEST_REFERENCES
    assert b"=?" not in raw.partition(b"References:")[2].partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Re: CV", "CV", True),
        ("RE: re:  FW: CV  șofer", "cv Șofer", True),
        ("Re[2]: CV", "AW: CV", True),
        ("CV", "CV 2", False),
        ("Recomandare", "comandare", False),
    ],
)
def test_subjects_agree_whatever_stands_before_them(one: str, other: str, same: bool) -> None:
    assert agree(one, other) is same
