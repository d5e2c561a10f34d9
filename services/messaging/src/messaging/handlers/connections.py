"""How the channels stand, for the page; and whether WhatsApp works, asked now and then."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from chassis import Begin, Handlers, Tx
from contracts import Accepted
from contracts import messaging as said
from contracts.messaging import ChannelConnected, Connection, MessageSendDue, ShowConnections

from messaging.domain.channel_state import ChannelState
from messaging.domain.letters import Channel
from messaging.handlers.access import mark_of
from messaging.handlers.channel_states import note_end, note_refusal, note_silence, note_use
from messaging.handlers.connecting import NO_CLIENT, NO_KEY
from messaging.ports.access import Channels, ConnectionRules, Google, Grants, Vault, WhatsAppHealth

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    state: ChannelState | None
    waiting: int


@handlers.answers(ShowConnections)
async def show_connections(
    query: ShowConnections,
    tx: Tx,
    channels: Channels,
    grants: Grants,
    google: Google,
    vault: Vault,
    rules: ConnectionRules,
) -> Accepted:
    gmail = await _gmail(tx, await _known(tx, channels, Channel.EMAIL), grants, google, vault, rules)
    whatsapp = await _known(tx, channels, Channel.WHATSAPP)
    both = [gmail, _connection(Channel.WHATSAPP, whatsapp, whatsapp.state)]
    return Accepted(result={"connections": [one.model_dump(mode="json") for one in both]})


async def _known(tx: Tx, channels: Channels, channel: Channel) -> _Known:
    return _Known(await channels.find(tx, channel), len(await channels.offered_in_vain(tx, channel)))


async def _gmail(
    tx: Tx, known: _Known, grants: Grants, google: Google, vault: Vault, rules: ConnectionRules
) -> Connection:
    """What is known of a token that is no longer in use says nothing about the one that is."""
    given = await grants.given(tx)
    mark = given.mark if given else rules.environment_mark
    state = known.state if known.state and known.state.mark == mark else None
    hindered = NO_CLIENT if not google.ready else NO_KEY if not vault.usable else None
    shown = _connection(Channel.EMAIL, known, state)
    changed: dict[str, object] = {"may_connect": hindered is None}
    if state is None and mark is not None:
        changed |= {"state": "away", "by": "page" if given else "environment"}
        changed |= {"account": given.account if given else None, "problem": "It was not used yet."}
    elif state is None:
        changed["problem"] = hindered.message if hindered else None
    return shown.model_copy(update=changed)


def _connection(channel: Channel, known: _Known, state: ChannelState | None) -> Connection:
    named = said.Channel(channel.value)
    if state is None:
        return Connection(channel=named, state="never", waiting=known.waiting)
    words = " ".join(filter(None, (state.problem, state.what_to_do)))
    return Connection(
        channel=named,
        state=state.state,
        by=state.by,
        account=state.account,
        since=state.since,
        checked_at=state.checked_at,
        waiting=known.waiting,
        problem=words or None,
    )


@handlers.on(ChannelConnected, consumer="send_what_waited")
async def send_what_waited(event: ChannelConnected, tx: Tx, channels: Channels) -> None:
    """What the provider did not take is offered at once, not when its pause is over."""
    for one in await channels.offered_in_vain(tx, Channel(event.channel.value)):
        due = MessageSendDue(
            candidate_id=one.candidate_id, application_id=one.application_id, message_id=one.message_id
        )
        tx.publish(due, at=tx.now, key=f"message:{one.message_id}")


async def check_whatsapp(begin: Begin, whatsapp: WhatsAppHealth, channels: Channels) -> None:
    health = await whatsapp.health()
    if health.state == "never":
        async with begin() as tx:
            await note_end(tx, channels, Channel.WHATSAPP)
        return
    mark = mark_of(health.mark)
    async with begin() as tx:
        if health.state == "connected":
            await note_use(tx, channels, Channel.WHATSAPP, mark, "environment", health.account)
        elif health.state == "lost":
            problem, mend = health.problem or "", health.what_to_do or ""
            await note_refusal(tx, channels, Channel.WHATSAPP, mark, "environment", problem, mend)
        else:
            await note_silence(tx, channels, Channel.WHATSAPP, health.problem or "")
    if health.state != "connected":
        log.warning("whatsapp_not_ready", state=health.state, problem=health.problem)
