"""What is learned of our access to a channel, kept, and said aloud once when it is news."""

from __future__ import annotations

from chassis import Tx
from contracts import Actor
from contracts import messaging as said
from contracts.messaging import ChannelConnected, ChannelDisconnected, ChannelLost

from messaging.domain.channel_state import By, ChannelState, Refusal, news, refused, silent, used
from messaging.domain.letters import Channel
from messaging.ports.access import Channels

AGAIN = "Open Settings and press “Connect again”."
IN_ENVIRONMENT = "Connect Gmail on the Settings page, or have a new GOOGLE_REFRESH_TOKEN set."


async def note_use(
    tx: Tx,
    channels: Channels,
    channel: Channel,
    mark: str,
    by: By,
    account: str | None,
    actor: Actor | None = None,
) -> None:
    """It works (again)."""
    before = await channels.find(tx, channel)
    after = used(before, mark, by, account, tx.now)
    await _keep(tx, channels, channel, before, after, actor or Actor.system())


async def note_refusal(
    tx: Tx,
    channels: Channels,
    channel: Channel,
    mark: str,
    by: By,
    problem: str,
    what_to_do: str,
    refusal: Refusal | None = None,
) -> None:
    before = await channels.find(tx, channel)
    after = refused(before, mark, by, problem, what_to_do, tx.now, refusal)
    await _keep(tx, channels, channel, before, after, Actor.system())


async def note_silence(tx: Tx, channels: Channels, channel: Channel, problem: str) -> None:
    before = await channels.find(tx, channel)
    after = silent(before, problem, tx.now)
    if after is not None:
        await channels.keep(tx, channel, after)


async def note_end(tx: Tx, channels: Channels, channel: Channel) -> None:
    """Nobody sets an access there any more: what was known of the last one says nothing now."""
    if await channels.find(tx, channel) is None:
        return
    await channels.forget(tx, channel)
    tx.publish(ChannelDisconnected(channel=said.Channel(channel.value), actor=Actor.system()))


async def _keep(
    tx: Tx,
    channels: Channels,
    channel: Channel,
    before: ChannelState | None,
    after: ChannelState,
    actor: Actor,
) -> None:
    await channels.keep(tx, channel, after)
    what = news(before, after)
    named = said.Channel(channel.value)
    if what == "connected":
        tx.publish(ChannelConnected(channel=named, account=after.account, actor=actor))
    elif what == "lost":
        tx.publish(ChannelLost(channel=named, problem=after.problem or "", what_to_do=after.what_to_do or ""))
