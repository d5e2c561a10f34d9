"""A recruiter gives access to Gmail at the sandbox's consent page; it is lost, given again, taken away."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Refused
from contracts.messaging import (
    ChannelConnected,
    ChannelDisconnected,
    ChannelLost,
    StartGmailConnection,
)
from messaging.adapters.google_oauth import GoogleOauth
from messaging.adapters.vault import FernetVault, WeakKey
from messaging.handlers import connecting
from messaging.ports import Disconnected
from messaging.ports.access import CantOpen, NeverConnected
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock
from sandbox.testing import running as sandbox_running

from .connecting_desk import BACK, IRINA, KEY, OTHER, OURS, PAUL, Desk, decide


@pytest.fixture
async def desk(
    postgres_room: PostgresRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    settings = SandboxSettings(SANDBOX_STATE=tmp_path)
    with sandbox_running(settings, HandClock()) as url:
        google = GoogleOauth(
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret,
            auth_uri=f"{url}/google-auth/o/oauth2/v2/auth",
            token_uri=f"{url}/google-token/token",
            revoke_uri=f"{url}/google-token/revoke",
            redirect_uri=BACK,
            gmail_base_url=f"{url}/gmail",
        )
        yield Desk(postgres_room, url, google, FernetVault(KEY), settings)


async def test_who_presses_allow_connects_the_mailbox_and_it_works(desk: Desk) -> None:
    with pytest.raises(NeverConnected):
        await desk.inbox().account()
    assert (await desk.shown())["state"] == "never"
    reply = await desk.connects()
    assert reply == Accepted(result={"account": OURS})
    assert (await desk.inbox().account()).address == OURS
    shown = await desk.shown()
    assert (shown["state"], shown["by"], shown["account"]) == ("connected", "page", OURS)
    [said] = await desk.room.said(ChannelConnected)
    assert (said.account, said.actor) == (OURS, IRINA)


async def test_the_token_is_not_readable_in_the_database_and_neither_are_code_state_and_verifier(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = await desk.starts()
    state = parse_qs(urlsplit(address).query)["state"][0]
    answer = await decide(desk.url, address)
    during = await everything(desk)
    await desk.finishes(answer)
    kept = await desk.room.pool.fetchval("SELECT sealed FROM gmail_grant")
    token = desk.vault.open(kept)
    assert token.startswith("1//")
    after = await everything(desk)
    for secret in (token, answer["code"], state):
        assert secret not in during + after
    # Other processes of this test log what they like; ours say neither.
    ours = "".join(one.getMessage() for one in caplog.records if one.name.startswith("messaging"))
    assert not [secret for secret in (token, answer["code"], state) if secret in ours]


async def everything(desk: Desk) -> str:
    tables = await desk.room.pool.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    found = [await desk.room.pool.fetch(f"SELECT t::text FROM {row[0]} t") for row in tables]
    return "".join(str(row) for rows in found for row in rows)


async def test_a_state_works_once_for_who_began_and_for_ten_minutes(desk: Desk) -> None:
    answer = await decide(desk.url, await desk.starts())
    assert await desk.finishes(answer, PAUL) == connecting.EXPIRED
    assert await desk.finishes(answer) == connecting.EXPIRED, "Paul's try has used it up"
    late = await decide(desk.url, await desk.starts())
    desk.room.clock.wait(timedelta(minutes=11))
    assert await desk.finishes(late) == connecting.EXPIRED
    never = {"state": "invented", "code": "4/0A"}
    assert await desk.finishes(never) == connecting.EXPIRED
    good = await decide(desk.url, await desk.starts())
    assert isinstance(await desk.finishes(good), Accepted)
    assert await desk.finishes(good) == connecting.EXPIRED


async def test_a_code_is_worth_nothing_without_the_verifier_of_its_flow(desk: Desk) -> None:
    stolen = await decide(desk.url, await desk.starts())
    mine = parse_qs(urlsplit(await desk.starts()).query)["state"][0]
    reply = await desk.finishes({"state": mine, "code": stolen["code"]})
    assert isinstance(reply, Refused)
    assert reply.code == "code_refused"


async def test_denied_or_unticked_consent_connects_nothing(desk: Desk) -> None:
    denied = await decide(desk.url, await desk.starts(), decision="deny")
    assert denied["error"] == "access_denied"
    unticked = await decide(desk.url, await desk.starts(), ticked="")
    reply = await desk.finishes(unticked)
    assert isinstance(reply, Refused)
    assert reply.code == "scope_missing"
    assert (await desk.shown())["state"] == "never"


async def test_another_account_than_before_is_refused_in_words_and_given_back(desk: Desk) -> None:
    await desk.connects()
    reply = await desk.connects(OTHER)
    assert isinstance(reply, Refused)
    assert OTHER in reply.message
    assert OURS in reply.message
    assert (await desk.inbox().account()).address == OURS
    await desk.disconnects()
    assert isinstance(await desk.connects(OTHER), Accepted)


async def test_a_revoked_access_is_said_once_rests_and_comes_back_by_connecting_again(desk: Desk) -> None:
    await desk.connects()
    inbox = desk.inbox()
    await desk.revoked_at_google()
    for _ in range(4):
        with pytest.raises(Disconnected):
            await inbox.account()
    [lost] = await desk.room.said(ChannelLost)
    assert "Connect again" in lost.what_to_do
    shown = await desk.shown()
    assert shown["state"] == "lost"
    assert shown["may_connect"]
    await desk.connects()
    assert (await inbox.account()).address == OURS
    assert len(await desk.room.said(ChannelConnected)) == 2


async def test_the_pages_access_counts_before_the_environments_and_that_one_after_it(desk: Desk) -> None:
    desk.token = desk.settings.google_refresh_token
    assert (await desk.access().grant()).by == "environment"
    await desk.connects()
    assert (await desk.access().grant()).by == "page"
    reply = await desk.disconnects()
    assert isinstance(reply, Accepted)
    assert reply.result == {"account": OURS, "revoked": True}
    assert (await desk.access().grant()).by == "environment"
    assert len(await desk.room.said(ChannelDisconnected)) == 1
    again = await desk.disconnects()
    assert isinstance(again, Refused)


async def test_disconnecting_forgets_ours_though_google_is_away(desk: Desk) -> None:
    await desk.connects()
    desk.google._revoke_uri = "http://127.0.0.1:9/revoke"
    reply = await desk.disconnects()
    assert isinstance(reply, Accepted)
    assert reply.result["revoked"] is False
    with pytest.raises(NeverConnected):
        await desk.access().grant()


async def test_a_new_key_reads_what_the_former_one_wrote_and_writes_it_anew(desk: Desk) -> None:
    await desk.connects()
    newer = "another long random text of an operator 9"
    desk.vault = FernetVault(f"{newer},{KEY}")
    assert (await desk.access().grant()).by == "page"
    desk.vault = FernetVault(newer)
    assert (await desk.access().grant()).by == "page"
    desk.vault = FernetVault("a key that has nothing to do with them")
    for _ in range(2):
        with pytest.raises(Disconnected):
            await desk.access().grant()
    [lost] = await desk.room.said(ChannelLost)
    assert "SECRETS_KEY" in lost.problem


async def test_without_a_key_or_a_client_it_says_what_to_do(desk: Desk) -> None:
    desk.vault = FernetVault("")
    async with desk.room.begin() as tx:
        command = StartGmailConnection(command_id=uuid4(), actor=IRINA)
        reply = await connecting.start_gmail_connection(
            command, tx, desk.google, desk.vault, desk.flows, desk.grants
        )
    assert reply == connecting.NO_KEY
    shown = await desk.shown()
    assert not shown["may_connect"]
    assert "SECRETS_KEY" in shown["problem"]
    with pytest.raises(WeakKey):
        FernetVault("short")
    with pytest.raises(CantOpen):
        FernetVault("").open(b"x")


async def test_a_google_that_is_away_changes_nothing(desk: Desk) -> None:
    answer = await decide(desk.url, await desk.starts())
    desk.google._config["web"]["token_uri"] = "http://127.0.0.1:9/token"
    assert await desk.finishes(answer) == connecting.UNANSWERED
    assert (await desk.shown())["state"] == "never"


async def test_an_api_that_is_switched_off_is_said_with_what_to_do_and_goes_on_by_itself(desk: Desk) -> None:
    await desk.connects()
    inbox = desk.inbox(pauses=False)
    async with httpx2.AsyncClient(base_url=desk.url) as http:
        off = {"provider": "gmail", "kind": "api_off", "count": None}
        (await http.post("/__control__/faults", json=off)).raise_for_status()
        with pytest.raises(Disconnected):
            await inbox.account()
        [lost] = await desk.room.said(ChannelLost)
        assert "Gmail API is switched off" in lost.problem
        assert (await desk.shown())["state"] == "lost"
        with pytest.raises(Disconnected):
            await desk.access().grant()
        (await http.delete("/__control__/faults")).raise_for_status()
    assert (await inbox.account()).address == OURS
