"""Sending what was composed: once per message, whatever crashes; then what that means for the request.

The provider is asked by our own key before anything is repeated (``chassis.effects.once``). One that does not
take the message now is offered it again by a timer, so that the other channel need not wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from chassis import Begin, Clock, Handlers, Tx
from chassis.effects import (
    CannotSay,
    Declined,
    Done,
    Found,
    NotAccepted,
    ProviderDeclined,
    Settled,
    Sighting,
    once,
)
from contracts import messaging as said
from contracts.messaging import (
    MessageComposed,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageSendDue,
    MessageSent,
)
from prometheus_client import CollectorRegistry, Gauge

from messaging.domain.cv_requests import MessageStatus, hindered, outcome_of, unwanted
from messaging.domain.letters import Channel
from messaging.domain.patience import pause_before_try
from messaging.handlers.outcomes import announce_outcome
from messaging.handlers.reports import apply_report
from messaging.ports import (
    Carrier,
    Disconnected,
    Letter,
    Mail,
    Messages,
    NotConnected,
    Pipeline,
    SendingRules,
    Standing,
    WhatsApp,
)

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)


class SendingMetrics:
    """What an operator sees of the sending."""

    def __init__(self) -> None:
        self.connected = Gauge(
            "messaging_channel_connected",
            "0 while our access to a channel is gone and a person has to connect it again",
            ["channel"],
            registry=None,
        )

    def show_in(self, registry: CollectorRegistry) -> None:
        registry.register(self.connected)


@handlers.acts_on(MessageComposed, MessageSendDue, consumer="send")
async def send(
    event: MessageComposed | MessageSendDue,
    begin: Begin,
    messages: Messages,
    pipeline: Pipeline,
    mail: Mail,
    whatsapp: WhatsApp,
    clock: Clock,
    rules: SendingRules,
    metrics: SendingMetrics,
) -> None:
    async with begin() as tx:
        letter = await messages.to_send(tx, event.message_id)
    if letter is None:
        return
    carrier: Carrier = mail if letter.channel is Channel.EMAIL else whatsapp
    try:
        settled = await _send_once(begin, letter, messages, pipeline, carrier, clock, rules)
    except NotAccepted as refused:
        if isinstance(refused, NotConnected):
            metrics.connected.labels(letter.channel.value).set(0)
        async with begin() as tx:
            await _offer_again(tx, letter, messages, pipeline, clock, rules, refused)
        return
    if isinstance(settled, Done):
        metrics.connected.labels(letter.channel.value).set(1)
    async with begin() as tx:
        await _record(tx, letter, settled, messages, pipeline)


async def _send_once(
    begin: Begin,
    letter: Letter,
    messages: Messages,
    pipeline: Pipeline,
    carrier: Carrier,
    clock: Clock,
    rules: SendingRules,
) -> Settled:
    async def act() -> dict[str, Any]:
        async with begin() as tx:
            standing = await pipeline.standing(tx, letter.application_id)
        if reason := _why_not(letter, standing):
            raise ProviderDeclined(reason)
        external_id = await carrier.send(letter)
        return {"external_id": external_id, "sent_at": clock.now().isoformat()}

    async def look_up() -> Sighting:
        async with begin() as tx:
            others = await messages.known_to_provider(tx, letter)
        try:
            sighting = await carrier.look_up(letter, others)
        except Disconnected as away:
            if clock.now() - letter.composed_at < rules.connection_patience:
                raise
            return CannotSay(f"the answer was lost, and {away.problem}")
        if isinstance(sighting, Found):
            return Found({**sighting.result, "sent_at": clock.now().isoformat()})
        return sighting

    key = f"message:{letter.message_id}"
    return await once(begin, key, act=act, look_up=look_up, grace=rules.grace_seconds)


def _why_not(letter: Letter, standing: Standing) -> str | None:
    """Asked right before sending: what was composed may have waited for hours."""
    return unwanted(letter.message_type, standing.status, standing.cv_known) or hindered(
        letter.message_type, letter.channel, standing.forbidden, position_closed=standing.position_closed
    )


async def _offer_again(
    tx: Tx,
    letter: Letter,
    messages: Messages,
    pipeline: Pipeline,
    clock: Clock,
    rules: SendingRules,
    refused: NotAccepted,
) -> None:
    """An outage passes by itself; a lost connection waits for a person, who has to learn of it in time."""
    await messages.count_try(tx, letter.message_id)
    pause = pause_before_try(letter.tries + 1)
    if isinstance(refused, NotConnected) and tx.now - letter.composed_at >= rules.connection_patience:
        pause = None
    log.warning("message_not_accepted", message_id=str(letter.message_id), reason=str(refused), pause=pause)
    if pause is None:
        await _record(tx, letter, Declined(f"not sent: {refused}"), messages, pipeline)
        return
    due = MessageSendDue(
        candidate_id=letter.candidate_id, application_id=letter.application_id, message_id=letter.message_id
    )
    # The provider lives in real time, whatever the pace of our clock.
    second = clock.real_seconds(timedelta(seconds=1))
    tx.publish(due, at=tx.now + timedelta(seconds=pause / second), key=f"message:{letter.message_id}")


async def _record(tx: Tx, letter: Letter, settled: Settled, messages: Messages, pipeline: Pipeline) -> None:
    """Runs again after a crash: what is recorded already is left alone."""
    about = _about(letter)
    if isinstance(settled, Done):
        external_id = settled.result.get("external_id")
        sent_at = datetime.fromisoformat(settled.result["sent_at"])
        if await messages.sent(tx, letter.message_id, external_id, sent_at):
            tx.publish(MessageSent(**about, external_id=external_id, sent_at=sent_at))
            for report in await messages.reports_waiting(tx, external_id) if external_id else ():
                await apply_report(tx, report, messages, pipeline)
    elif isinstance(settled, Declined):
        if await messages.not_sent(tx, letter.message_id, MessageStatus.FAILED, settled.reason):
            tx.publish(MessageFailed(**about, reason=settled.reason))
    elif await messages.not_sent(tx, letter.message_id, MessageStatus.UNKNOWN, settled.reason):
        tx.publish(MessageOutcomeUnknown(**about, reason=settled.reason))
    await _settle_request(tx, letter, messages, pipeline)


async def _settle_request(tx: Tx, letter: Letter, messages: Messages, pipeline: Pipeline) -> None:
    """When every channel is settled, say what became of it; reminders count from the time of sending."""
    fates = await messages.lock_request(tx, letter)
    outcome = outcome_of(fates) if fates is not None else None
    if outcome is None:
        return
    await messages.settle_request(tx, letter.application_id, letter.message_type, letter.round)
    standing = await pipeline.standing(tx, letter.application_id)
    announce_outcome(tx, standing, letter.message_type, outcome, outcome.last_sent_at or tx.now)


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "candidate_id": letter.candidate_id,
        "application_id": letter.application_id,
        "message_id": letter.message_id,
        "channel": said.Channel(letter.channel.value),
        "message_type": said.MessageType(letter.message_type.value),
    }
