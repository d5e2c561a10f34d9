"""Sending what was composed: once per message, whatever crashes; then what that means for the request.

The provider is asked by our own key before anything is repeated (``chassis.effects.once``). One that does not
take the message now is offered it again by a timer, so that the other channel need not wait. One that
may still be taken back, or would wake somebody, waits for its own timer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from chassis import Begin, Clock, Handlers, Tx
from chassis.effects import (
    Absent,
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
    MessageHeld,
    MessageOutcomeUnknown,
    MessageSendDue,
    MessageSent,
)
from prometheus_client import CollectorRegistry, Gauge

from messaging.domain.cv_requests import MessageStatus, hindered, unwanted
from messaging.domain.letters import Channel, MessageType
from messaging.domain.patience import LONGEST_ASKING, pause_before_try
from messaging.handlers.composing import send_due, send_key
from messaging.handlers.outcomes import settle_when_done
from messaging.handlers.reports import apply_report
from messaging.ports import (
    Carrier,
    Disconnected,
    Letter,
    Mail,
    Messages,
    NotConnected,
    Objections,
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


class HeldByNight(NotAccepted):
    """It is night where the candidate lives: nothing was sent, and it leaves in the morning."""

    def __init__(self, until: datetime) -> None:
        super().__init__("it is night where the candidate lives")
        self.until = until


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
    sending = _Sending(letter, begin, messages, pipeline, objections, carrier, clock, rules)
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


@dataclass(slots=True)
class _Sending:
    """One try to send one message. ``claim`` is ours once the message was about to leave."""

    letter: Letter
    begin: Begin
    messages: Messages
    pipeline: Pipeline
    objections: Objections
    carrier: Carrier
    clock: Clock
    rules: SendingRules
    claim: int | None = None

    async def once(self) -> Settled:
        key = f"message:{self.letter.message_id}"
        return await once(
            self.begin, key, act=self._act, look_up=self._look_up, grace=self.rules.grace_seconds
        )

    async def _act(self) -> dict[str, Any]:
        """Taking back and leaving want the same row: whoever is first has it."""
        async with self.begin() as tx:
            recipient = await self._look_once_more(tx)
            self.letter = replace(self.letter, recipient=recipient)
            self.claim = await self.messages.claim(tx, self.letter)
            kept = await self.messages.find(tx, self.letter.message_id) if self.claim is None else None
        if kept is not None and kept.status is MessageStatus.PENDING:
            raise NotAccepted("somebody else is sending it")
        if self.claim is None:
            raise ProviderDeclined("not sent: it was taken back")
        taken = await self.carrier.send(self.letter)
        return {
            "external_id": taken.external_id,
            "thread_id": taken.thread_id,
            "sent_at": self.clock.now().isoformat(),
        }

    async def _look_once_more(self, tx: Tx) -> str:
        """Right before sending: what was composed may have waited for hours. Raises what keeps it here.

        Answers where it goes: a number or an address that was wrong may have been put right meanwhile. A
        recruiter's own words go where they were written to.
        """
        letter = self.letter
        if letter.application_id is None or letter.message_type is MessageType.OTHER:
            if reason := await self._no_longer_welcome(tx):
                raise ProviderDeclined(reason)
            return letter.recipient
        standing = await self.pipeline.standing(tx, letter.application_id)
        if reason := _why_not(letter, standing):
            raise ProviderDeclined(reason)
        night = self.rules.holding.quiet
        if night.is_night(tx.now, standing.zones):
            raise HeldByNight(night.morning(tx.now, standing.zones))
        address = standing.email if letter.channel is Channel.EMAIL else standing.phone
        if address is None:
            raise ProviderDeclined("not sent: there is no such address or number of theirs any more")
        return address

    async def _no_longer_welcome(self, tx: Tx) -> str | None:
        """A recruiter's own words: whatever the application's status, if the person may be written to."""
        letter = self.letter
        if letter.candidate_id is None:
            objected = await self.objections.stands_against(tx, letter.recipient)
            return "not sent: they asked not to be contacted" if objected else None
        person = await self.pipeline.addressee(tx, letter.candidate_id)
        forbidden = person.forbidden if person else frozenset()
        return hindered(letter.message_type, letter.channel, forbidden, position_closed=False)

    async def _look_up(self) -> Sighting:
        """What never was on its way is not asked for: of a number never written to WhatsApp can't say no."""
        async with self.begin() as tx:
            kept = await self.messages.find(tx, self.letter.message_id)
            if kept is None or kept.leaving_at is None:
                return Absent()
            others = await self.messages.known_to_provider(tx, self.letter)
        try:
            sighting = await self.carrier.look_up(self.letter, others)
        except Disconnected as away:
            since = self.letter.leaves_at or self.letter.composed_at
            if self.clock.now() - since < self.rules.connection_patience:
                raise
            return CannotSay(f"the answer was lost, and {away.problem}")
        except Exception as silent:
            if self.clock.real_seconds(self.clock.now() - kept.leaving_at) < LONGEST_ASKING:
                raise
            return CannotSay(f"the answer was lost, and nobody could be asked: {type(silent).__name__}")
        if isinstance(sighting, Found):
            return Found({**sighting.result, "sent_at": self.clock.now().isoformat()})
        return sighting


def _why_not(letter: Letter, standing: Standing) -> str | None:
    return unwanted(letter.message_type, standing.status, standing.cv_known) or hindered(
        letter.message_type, letter.channel, standing.forbidden, position_closed=standing.position_closed
    )


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
