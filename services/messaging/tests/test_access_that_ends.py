"""An access that ends while it is used, or that nobody sets any more: nothing of it is said afterwards."""

from __future__ import annotations

import pytest
from contracts.messaging import ChannelConnected, ChannelDisconnected, ChannelLost
from messaging.adapters.whapi_health import WhapiHealth
from messaging.domain.channel_state import LOOK_AGAIN_SOON, Refusal
from messaging.domain.letters import Channel
from messaging.handlers.access import GmailAccess, mark_of
from messaging.handlers.channel_states import note_refusal, note_use
from messaging.handlers.connections import check_whatsapp
from messaging.ports import Disconnected
from messaging.ports.access import ConnectionRules, Grant, SealedGrant, Vault

from .office import Office


class OpenVault:
    """Keeps secrets as they are."""

    usable = True

    def seal(self, secret: str) -> bytes:
        return secret.encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()

    def resealed(self, sealed: bytes) -> bytes | None:
        return None


VAULT: Vault = OpenVault()


async def is_given(office: Office, token: str) -> None:
    async with office.room.begin() as tx:
        grant = SealedGrant(mark_of(token), VAULT.seal(token), "recruiting@example.com", tx.now)
        await office.desk.grants.keep(tx, grant)
        await note_use(tx, office.desk.channels, Channel.EMAIL, grant.mark, "page", "recruiting@example.com")


async def test_a_refusal_of_the_former_access_is_no_loss_of_the_new_one(office: Office) -> None:
    access = GmailAccess(office.room.begin, office.desk.grants, office.desk.channels, VAULT, "", pauses=True)
    await is_given(office, "former")
    former = await access.grant()
    await is_given(office, "new")
    await access.refused(former, Refusal.REVOKED)
    assert await office.room.said(ChannelLost) == []
    assert await access.grant() == Grant(mark_of("new"), "new", "page")
    await access.refused(await access.grant(), Refusal.REVOKED)
    assert len(await office.room.said(ChannelLost)) == 1


async def test_a_poll_under_way_at_a_disconnection_does_not_say_that_it_is_connected(office: Office) -> None:
    await is_given(office, "given")
    poller = office.poller()
    account = office.mailbox.account

    async def while_it_ends() -> object:
        async with office.room.begin() as tx:
            await office.desk.grants.forget(tx)
            await office.desk.channels.forget(tx, Channel.EMAIL)
        return await account()

    office.mailbox.account = while_it_ends  # type: ignore[method-assign, assignment]
    await poller.poll(office.room.begin)
    assert len(await office.room.said(ChannelConnected)) == 1, "the one of before"


async def test_the_alarm_of_an_access_that_nobody_sets_any_more_ends(office: Office) -> None:
    poller = office.poller()
    async with office.room.begin() as tx:
        channels = office.desk.channels
        await note_refusal(tx, channels, Channel.EMAIL, "environment", "environment", "revoked", "again")
        await note_refusal(tx, channels, Channel.WHATSAPP, "token", "environment", "QR", "scan")
    poller.connection = ConnectionRules(None)
    whatsapp = WhapiHealth(token="", base_url="http://127.0.0.1:9", timeout=1)
    for _ in range(2):
        await poller.poll(office.room.begin)
        await check_whatsapp(office.room.begin, whatsapp, office.desk.channels)
    ended = await office.room.said(ChannelDisconnected)
    assert sorted(one.channel.value for one in ended) == ["email", "whatsapp"]


@pytest.mark.parametrize(
    ("why", "to_do"),
    [
        (Refusal.TOO_LITTLE, "Tick the box"),
        (Refusal.API_OFF, "switched on"),
        (Refusal.BARRED, "looks after the Google account"),
    ],
)
async def test_a_refusal_that_lasts_is_an_alarm_with_what_to_do_and_polling_goes_on_once_mended(
    office: Office, why: Refusal, to_do: str
) -> None:
    """Nobody tells us that it was mended at Google: it is tried every few minutes."""
    await is_given(office, "given")
    access = GmailAccess(office.room.begin, office.desk.grants, office.desk.channels, VAULT, "", pauses=False)
    poller, works, asked = office.poller(), office.mailbox.account, 0

    async def forbidden() -> object:
        nonlocal asked
        asked += 1
        await access.refused(await access.grant(), why)
        raise Disconnected("HTTP 403")

    office.mailbox.account = forbidden  # type: ignore[method-assign, assignment]
    for wait in (0, 0, LOOK_AGAIN_SOON.seconds):
        office.waits(seconds=wait)
        await poller.poll(office.room.begin)
    [lost] = await office.room.said(ChannelLost)
    assert to_do in lost.what_to_do
    assert asked == 2, "in between it rests"
    office.mailbox.account = works  # type: ignore[method-assign]
    office.waits(seconds=LOOK_AGAIN_SOON.seconds)
    await poller.poll(office.room.begin)
    assert len(await office.room.said(ChannelConnected)) == 2


async def test_another_reason_than_before_is_said_too(office: Office) -> None:
    """What to do is another thing now."""
    await is_given(office, "given")
    access = GmailAccess(office.room.begin, office.desk.grants, office.desk.channels, VAULT, "", pauses=False)
    for why in (Refusal.API_OFF, Refusal.API_OFF, Refusal.REVOKED):
        await access.refused(await access.grant(), why)
    assert len(await office.room.said(ChannelLost)) == 2
