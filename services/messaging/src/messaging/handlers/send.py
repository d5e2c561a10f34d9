"""Sending what was composed: once per message, whatever crashes; then what that means for the request.

The provider is asked by our own key before anything is repeated (``chassis.effects.once``). One that does not
take the message now is offered it again by a timer, so that the other channel need not wait. One that
may still be taken back, or would wake somebody, waits for its own timer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from chassis import Begin, Clock, Handlers, Tx
from chassis.effects import Declined, Done, NotAccepted, Settled
from contracts import messaging as said
from contracts.messaging import (
    MessageComposed,
    MessageFailed,
    MessageHeld,
    MessageOutcomeUnknown,
    MessageSendDue,
    MessageSent,
)
from prometheus_client import CollectorRegistry, Gauge

from messaging.domain.cv_requests import MessageStatus
from messaging.domain.letters import Channel
from messaging.domain.patience import pause_before_try
from messaging.handlers.composing import send_due, send_key
from messaging.handlers.leaving import HeldByNight, Sending
from messaging.handlers.outcomes import settle_when_done
from messaging.handlers.reports import apply_report
from messaging.ports import (
    Carrier,
    Letter,
    Mail,
    Messages,
    NotConnected,
    Objections,
    Pipeline,
    SendingRules,
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
    objections: Objections,
    mail: Mail,
    whatsapp: WhatsApp,
    clock: Clock,
    rules: SendingRules,
    metrics: SendingMetrics,
) -> None:
    async with begin() as tx:
        letter = await messages.to_send(tx, event.message_id)
    if letter is None or await _waits(letter, event, begin, clock):
        return
    carrier: Carrier = mail if letter.channel is Channel.EMAIL else whatsapp
    sending = Sending(letter, begin, messages, pipeline, objections, carrier, clock, rules)
    try:
        settled = await sending.once()
    except HeldByNight as night:
        async with begin() as tx:
            await _hold(tx, letter, night.until, messages)
        return
    except NotAccepted as refused:
        if isinstance(refused, NotConnected):
            metrics.connected.labels(letter.channel.value).set(0)
        async with begin() as tx:
            if sending.claim is not None:
                await messages.release(tx, letter.message_id, sending.claim)
            await _offer_again(tx, letter, messages, pipeline, clock, rules, refused)
        return
    if isinstance(settled, Done):
        metrics.connected.labels(letter.channel.value).set(1)
    async with begin() as tx:
        await _record(tx, letter, settled, messages, pipeline)


async def _waits(letter: Letter, event: MessageComposed | MessageSendDue, begin: Begin, clock: Clock) -> bool:
    """It has a timer of its own; one that came before its time, by another clock, is set again."""
    if letter.leaves_at is None or letter.leaves_at <= clock.now():
        return False
    if isinstance(event, MessageSendDue):
        async with begin() as tx:
            tx.publish(send_due(letter), at=letter.leaves_at, key=send_key(letter))
    return True


async def _hold(tx: Tx, letter: Letter, until: datetime, messages: Messages) -> None:
    await messages.hold(tx, letter.message_id, until, "quiet_hours")
    tx.publish(
        MessageHeld(
            candidate_id=letter.candidate_id,
            application_id=letter.application_id,
            message_id=letter.message_id,
            leaves_at=until,
            held_because="quiet_hours",
        )
    )
    tx.publish(send_due(letter), at=until, key=send_key(letter))


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
    waited = tx.now - (letter.leaves_at or letter.composed_at)
    if isinstance(refused, NotConnected) and waited >= rules.connection_patience:
        pause = None
    log.warning("message_not_accepted", message_id=str(letter.message_id), reason=str(refused), pause=pause)
    if pause is None:
        await _record(tx, letter, Declined(f"not sent: {refused}"), messages, pipeline)
        return
    # The provider lives in real time, whatever the pace of our clock.
    second = clock.real_seconds(timedelta(seconds=1))
    tx.publish(send_due(letter), at=tx.now + timedelta(seconds=pause / second), key=send_key(letter))


async def _record(tx: Tx, letter: Letter, settled: Settled, messages: Messages, pipeline: Pipeline) -> None:
    """Runs again after a crash: what is recorded already is left alone."""
    about = _about(letter)
    if isinstance(settled, Done):
        external_id = settled.result.get("external_id")
        thread_id = settled.result.get("thread_id")
        sent_at = datetime.fromisoformat(settled.result["sent_at"])
        if await messages.sent(tx, letter.message_id, external_id, sent_at, thread_id):
            tx.publish(MessageSent(**about, external_id=external_id, sent_at=sent_at))
            for report in await messages.reports_waiting(tx, external_id) if external_id else ():
                await apply_report(tx, report, messages, pipeline)
    elif isinstance(settled, Declined):
        if await messages.not_sent(tx, letter.message_id, MessageStatus.FAILED, settled.reason):
            tx.publish(MessageFailed(**about, reason=settled.reason))
    elif await messages.not_sent(tx, letter.message_id, MessageStatus.UNKNOWN, settled.reason):
        tx.publish(MessageOutcomeUnknown(**about, reason=settled.reason))
    await settle_when_done(tx, letter, messages, pipeline)


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "candidate_id": letter.candidate_id,
        "application_id": letter.application_id,
        "message_id": letter.message_id,
        "channel": said.Channel(letter.channel.value),
        "message_type": said.MessageType(letter.message_type.value),
    }
