"""WhatsApp over the wire: what is certain, what is not, and what is looked up."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.effects import Absent, CannotSay, Found, NotAccepted, ProviderDeclined
from chassis.testing_http import HANGS_UP, Asked, LoopbackServer, Says
from messaging.adapters.whapi import Whapi
from messaging.domain.letters import Channel, MessageType
from messaging.domain.whapi_inbox import Media
from messaging.ports import FileGone, FileTooLarge, Letter, ProviderAway, Taken
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, running

LETTER = Letter(
    message_id=UUID(int=1),
    application_id=7,
    candidate_id=10,
    channel=Channel.WHATSAPP,
    message_type=MessageType.CV_REQUEST,
    recipient="+40700000011",
    subject=None,
    body="Bună ziua, Ana! RF-1",
    composed_at=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
)


@asynccontextmanager
async def talking(
    answer: Callable[[Asked], Says | None], token: str = "secret"
) -> AsyncIterator[tuple[Whapi, LoopbackServer]]:
    async with (
        LoopbackServer(answer).running() as server,
        Whapi(token=token, base_url=f"{server.url}/gate", timeout=5) as whapi,
    ):
        yield whapi, server


async def test_a_text_goes_to_the_digits_of_the_number() -> None:
    async with talking(lambda _: Says({"sent": True, "message": {"id": "wa-9"}})) as (whapi, server):
        assert await whapi.send(LETTER) == Taken("wa-9")
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", "/gate/messages/text")
    assert asked.headers["authorization"] == "Bearer secret"
    assert asked.json()["to"] == "40700000011@s.whatsapp.net"
    assert asked.json()["body"] == LETTER.body


async def test_an_answer_without_a_message_is_sent_without_an_id() -> None:
    async with talking(lambda _: Says({"sent": True})) as (whapi, _):
        assert await whapi.send(LETTER) == Taken(None)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
async def test_a_clear_no_is_final(status: int) -> None:
    async with talking(lambda _: Says({}, status)) as (whapi, _):
        with pytest.raises(ProviderDeclined, match=str(status)):
            await whapi.send(LETTER)


async def test_not_sent_is_a_clear_no_and_so_is_a_missing_token() -> None:
    async with talking(lambda _: Says({"sent": False})) as (whapi, _):
        with pytest.raises(ProviderDeclined):
            await whapi.send(LETTER)
    async with talking(lambda _: Says(), token="") as (whapi, server):
        with pytest.raises(ProviderDeclined, match="WHAPI_TOKEN"):
            await whapi.send(LETTER)
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 402, 429, 503])
async def test_what_surely_did_not_happen_may_be_tried_later(status: int) -> None:
    async with talking(lambda _: Says({}, status)) as (whapi, _):
        with pytest.raises(NotAccepted):
            await whapi.send(LETTER)


async def test_an_unreachable_provider_surely_did_not_send() -> None:
    async with Whapi(token="t", base_url="http://127.0.0.1:9", timeout=5) as whapi:
        with pytest.raises(NotAccepted):
            await whapi.send(LETTER)


async def test_a_text_does_not_leave_when_it_took_long_to_get_there() -> None:
    async with talking(lambda _: Says({"sent": True})) as (whapi, server):
        with pytest.raises(NotAccepted, match="too long"):
            await whapi.send(LETTER, before=time.monotonic())
    assert server.asked == []


@pytest.mark.parametrize(
    "answer", [HANGS_UP, Says({}, 500), Says({}, 502), Says({}, 504), Says({}, 408), Says(b"?")]
)
async def test_anything_else_is_not_known_and_asked_once(answer: Says | None) -> None:
    async with talking(lambda _: answer) as (whapi, server):
        with pytest.raises(Exception) as failure:  # noqa: PT011 - any exception but the two certain ones
            await whapi.send(LETTER)
    assert not isinstance(failure.value, (ProviderDeclined, NotAccepted))
    assert len(server.asked) == 1


def a_chat(*messages: dict[str, Any]) -> Says:
    return Says({"messages": list(messages), "count": len(messages)})


def ours(external_id: str, body: str, **changed: Any) -> dict[str, Any]:
    return {"id": external_id, "from_me": True, "type": "text", "text": {"body": body}, **changed}


@pytest.mark.parametrize(
    ("chat", "found"),
    [
        ([], None),
        ([ours("wa-1", "Altceva"), ours("wa-2", LETTER.body)], "wa-2"),
        ([ours("wa-1", f" {LETTER.body}\r\n")], "wa-1"),
        ([ours("wa-1", LETTER.body, from_me=False)], None),
        ([ours("wa-known", LETTER.body)], None),
        ([ours("wa-3", "", type="link_preview", link_preview={"body": LETTER.body})], "wa-3"),
    ],
)
async def test_our_own_text_is_looked_for_in_the_chat(chat: list[dict[str, Any]], found: str | None) -> None:
    async with talking(lambda _: a_chat(*chat)) as (whapi, server):
        sighting = await whapi.look_up(LETTER, {"wa-known"})
    assert sighting == (Found({"external_id": found}) if found else Absent())
    assert server.asked[0].path == "/gate/messages/list/40700000011@s.whatsapp.net"
    assert server.asked[0].query["from_me"] == "true"


async def test_a_chat_that_is_not_found_is_no_proof_and_a_silent_provider_says_nothing() -> None:
    async with talking(lambda _: Says({}, 404)) as (whapi, _):
        assert isinstance(await whapi.look_up(LETTER, ()), CannotSay)
    async with talking(lambda _: Says({}, 500)) as (whapi, _):
        with pytest.raises(Exception, match="500"):
            await whapi.look_up(LETTER, ())


def a_file(**changed: Any) -> Media:
    return Media(**{"file_name": "cv.pdf", "content_type": "application/pdf", "media_id": "pdf-1", **changed})


async def test_a_file_is_fetched_by_its_id_with_the_token() -> None:
    async with talking(lambda _: Says(b"%PDF")) as (whapi, server):
        assert await whapi.fetch(a_file(), 100) == b"%PDF"
    assert server.asked[0].path == "/gate/media/pdf-1"
    assert server.asked[0].headers["authorization"] == "Bearer secret"


async def test_a_link_never_sees_the_token_and_the_id_stands_in_for_it() -> None:
    def answer(asked: Asked) -> Says:
        return Says(b"", 403) if asked.path == "/files/1" else Says(b"%PDF")

    async with talking(answer) as (whapi, server):
        assert await whapi.fetch(a_file(link=f"{server.url}/files/1"), 100) == b"%PDF"
    assert [asked.path for asked in server.asked] == ["/files/1", "/gate/media/pdf-1"]
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://example.com/x", "nonsense"])
async def test_only_web_addresses_are_followed(link: str) -> None:
    async with talking(lambda _: Says(b"")) as (whapi, server):
        with pytest.raises(FileGone):
            await whapi.fetch(a_file(link=link, media_id=None), 100)
    assert server.asked == []


async def test_a_file_over_the_limit_is_not_read_to_its_end() -> None:
    async with talking(lambda _: Says(b"x" * 101)) as (whapi, server):
        with pytest.raises(FileTooLarge):
            await whapi.fetch(a_file(), 100)
        with pytest.raises(FileTooLarge):
            await whapi.fetch(a_file(size=101), 100)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, FileGone),
        (410, FileGone),
        (403, ProviderAway),
        (429, ProviderAway),
        (500, ProviderAway),
        (302, FileGone),
    ],
)
async def test_a_file_is_gone_or_the_provider_is_away(status: int, kind: type[Exception]) -> None:
    async with talking(lambda _: Says(b"", status)) as (whapi, _):
        with pytest.raises(kind):
            await whapi.fetch(a_file(), 100)


async def test_the_sandbox_takes_a_text_and_shows_it_in_the_chat(tmp_path: Path) -> None:
    settings = SandboxSettings(SANDBOX_STATE=tmp_path)
    with running(settings, HandClock()) as url:
        async with Whapi(token=settings.whapi_token, base_url=f"{url}/whapi", timeout=10) as whapi:
            assert await whapi.look_up(LETTER, ()) == Absent()
            external_id = (await whapi.send(LETTER)).external_id
            assert external_id
            assert await whapi.look_up(LETTER, ()) == Found({"external_id": external_id})
            assert await whapi.look_up(LETTER, {external_id}) == Absent()
            with pytest.raises(FileGone):
                await whapi.fetch(a_file(media_id="pdf-none"), 100)
