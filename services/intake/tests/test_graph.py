"""The client against a loopback server that answers in the Graph API's own shapes (providers.md 7.2)."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from chassis.telemetry import set_up_logging
from chassis.testing_http import HANGS_UP, LoopbackServer, Says
from intake.adapters.graph import MOST_BYTES, Graph
from intake.ports import LeadNotGiven, NoAccess, NotNow, UnknownLead, Unusable
from intake.settings import Settings

TOKEN = "EAAB-secret-token"
LEAD: dict[str, Any] = {
    "id": "1990",
    "created_time": "2025-09-12T12:05:13+0000",
    "form_id": "120213",
    "campaign_name": "Sales",
    "field_data": [{"name": "email", "values": ["ana@example.com"]}],
    "is_organic": False,
    "platform": "fb",
}


def error(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> Says:
    body = {
        "message": f"Trouble with {TOKEN}",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "A",
        **more,
    }
    if subcode is not None:
        body["error_subcode"] = subcode
    return Says({"error": body}, status)


@asynccontextmanager
async def graph(says: Says | None, *, token: str = TOKEN) -> AsyncIterator[tuple[Graph, LoopbackServer]]:
    async with LoopbackServer(lambda asked: says).running() as server:
        client = Graph(access_token=token, base_url=server.url, version="v24.0", timeout_seconds=2.0)
        async with client:
            yield client, server


async def test_a_lead_is_asked_for_by_its_id_with_fields_and_token() -> None:
    async with graph(Says(LEAD)) as (client, server):
        lead = await client.fetch("1990")
    assert (lead.leadgen_id, lead.form_id, lead.campaign_name) == ("1990", "120213", "Sales")
    assert lead.fields == (("email", "ana@example.com"),)
    [asked] = server.asked
    assert (asked.method, asked.path, asked.query["access_token"]) == ("GET", "/v24.0/1990", TOKEN)
    assert {"id", "form_id", "field_data", "created_time", "platform"} <= set(
        asked.query["fields"].split(",")
    )


REFUSALS: list[tuple[str, Says | None, type[LeadNotGiven]]] = [
    ("expired token", error(190, 463, 401), NoAccess),
    ("session", error(102, status=401), NoAccess),
    ("permission", error(200, status=403), NoAccess),
    ("permission of the app", error(10), NoAccess),
    ("a field we may not ask for", error(100), NoAccess),
    ("no error named", Says({"error": "no"}, 403), NoAccess),
    ("unknown id", error(100, 33), UnknownLead),
    ("unknown alias", error(803, status=404), UnknownLead),
    ("not found", Says(b"<html>", 404), UnknownLead),
    ("app limit", error(4), NotNow),
    ("user limit", error(17), NotNow),
    ("page limit", error(32), NotNow),
    ("business limit", error(80005), NotNow),
    ("429", Says({}, 429), NotNow),
    ("unknown error", error(1, status=500), NotNow),
    ("service away", error(2, status=503), NotNow),
    ("transient", error(190, is_transient=True), NotNow),
    ("gateway", Says(b"<html>", 502), NotNow),
    ("no json", Says(b"<html>", 200), Unusable),
    ("a list", Says([], 200), Unusable),
    ("an error with 200", error(2, status=200), NotNow),
    ("deep nonsense", Says(b"[" * 200_000, 200), Unusable),
    ("a redirect", Says({}, 302, {"Location": "http://127.0.0.1:1/"}), NoAccess),
    ("another lead", Says({**LEAD, "id": "1991"}), Unusable),
    ("not packed as it says", Says(b"{}", headers={"Content-Encoding": "gzip"}), Unusable),
    ("hangs up", HANGS_UP, NotNow),
]


@pytest.mark.parametrize(("says", "kind"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
async def test_each_trouble_is_told_from_the_others(says: Says | None, kind: type[LeadNotGiven]) -> None:
    async with graph(says) as (client, server):
        with pytest.raises(LeadNotGiven) as refused:
            await client.fetch("1990")
    assert type(refused.value) is kind
    assert TOKEN not in refused.value.reason
    assert refused.value.__cause__ is None
    assert len(server.asked) == 1, "it is asked once"


async def test_asking_too_often_is_told_from_being_ill() -> None:
    for says, too_often in ((error(4), True), (Says({}, 429), True), (error(2), False)):
        async with graph(says) as (client, _):
            with pytest.raises(NotNow) as refused:
                await client.fetch("1")
        assert refused.value.too_often is too_often


async def test_without_a_token_nothing_is_asked_and_it_says_what_to_set() -> None:
    async with graph(Says(LEAD), token="") as (client, server):
        with pytest.raises(NoAccess, match="META_ACCESS_TOKEN"):
            await client.fetch("1990")
    assert not server.asked


async def test_who_can_not_be_reached_is_asked_again_later() -> None:
    client = Graph(access_token=TOKEN, base_url="http://127.0.0.1:1", version="v24.0", timeout_seconds=1.0)
    async with client:
        with pytest.raises(NotNow):
            await client.fetch("1")


async def test_an_answer_that_breaks_off_is_asked_for_again_later() -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, Graph(access_token=TOKEN, base_url=url, version="v24.0") as client:
        with pytest.raises(NotNow):
            await client.fetch("1")


async def test_an_answer_that_trickles_in_is_given_up() -> None:
    """Each byte comes in time; the whole never does."""

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        try:
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.05)
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = Graph(access_token=TOKEN, base_url=url, version="v24.0", timeout_seconds=0.3)
    async with client:
        with pytest.raises(NotNow, match="TimeoutError"):
            async with asyncio.timeout(5):
                await client.fetch("1")
    server.close()


async def test_of_an_answer_without_end_no_more_is_read_than_a_lead_can_be() -> None:
    """Packed it is small."""
    packed = gzip.compress(b" " * (MOST_BYTES + 100_000) + b"{}")
    assert len(packed) < 100_000
    async with graph(Says(packed, headers={"Content-Encoding": "gzip"})) as (client, _):
        with pytest.raises(Unusable, match="too long"):
            await client.fetch("1990")


async def test_a_form_is_called_by_its_name_or_by_nothing() -> None:
    for says, name in (
        (Says({"id": "120213", "name": " Formular  vânzări "}), "Formular vânzări"),
        (Says({"id": "120213", "name": 7}), None),
        (Says({"id": "120213", "name": "x" * 999}), "x" * 200),
        (error(190), None),
        (HANGS_UP, None),
    ):
        async with graph(says) as (client, _):
            assert await client.form_name("120213") == name


def test_no_log_line_holds_the_address_in_which_the_token_stands(capfd: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    set_up_logging("intake", "INFO")
    try:
        logging.getLogger("httpx2").info('HTTP Request: GET %s "200"', f"https://x/?access_token={TOKEN}")
        assert not logging.getLogger("httpx2").isEnabledFor(logging.INFO)
    finally:
        logging.getLogger().handlers[:] = before
    assert TOKEN not in capfd.readouterr().out


def test_the_version_and_the_address_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("META_ACCESS_TOKEN", TOKEN)
    settings = Settings(database_url="postgresql://x@127.0.0.1/x")
    assert settings.meta_graph_url == "https://graph.facebook.com"
    assert TOKEN not in repr(settings)
