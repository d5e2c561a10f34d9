"""The moment of leaving: who may send a message now, and what is known of it when the answer was lost.

Whoever takes it back, or came to send it too, wants the same row: one of them has it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from chassis import Begin, Clock, Tx
from chassis.effects import (
    Absent,
    CannotSay,
    Found,
    NotAccepted,
    OutcomePending,
    ProviderDeclined,
    Settled,
    Sighting,
    once,
)

from messaging.domain.cv_requests import MessageStatus, hindered, unwanted
from messaging.domain.letters import Channel, MessageType
from messaging.domain.patience import LONGEST_ASKING
from messaging.ports import (
    Carrier,
    Disconnected,
    Letter,
    Messages,
    Objections,
    Pipeline,
    SendingRules,
    Standing,
)


class HeldByNight(NotAccepted):
    """It is night where the candidate lives: nothing was sent, and it leaves in the morning."""

    def __init__(self, until: datetime) -> None:
        super().__init__("it is night where the candidate lives")
        self.until = until


@dataclass(slots=True)
class Sending:
    """One try to send one message. ``claim`` is ours once the message was about to leave.

    ``since`` (real time) is no later than the intent, from which the grace counts.
    """

    letter: Letter
    begin: Begin
    messages: Messages
    pipeline: Pipeline
    objections: Objections
    carrier: Carrier
    clock: Clock
    rules: SendingRules
    claim: int | None = None
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def once(self) -> Settled:
        key = f"message:{self.letter.message_id}"
        return await once(
            self.begin, key, act=self._act, look_up=self._look_up, grace=self.rules.grace_seconds
        )

    async def _act(self) -> dict[str, Any]:
        """Taking back and leaving want the same row: whoever is first has it."""
        async with self.begin() as tx:
            kept = await self.messages.find(tx, self.letter.message_id)
            if kept is None or kept.status is not MessageStatus.PENDING:
                raise ProviderDeclined("not sent: it was taken back")
            if kept.letter.claims != self.letter.claims:
                # Whatever else would keep it here: their intent stays, a lost answer has to be looked up.
                raise OutcomePending("somebody else is sending it")
            recipient = await self._look_once_more(tx)
            self.letter = replace(self.letter, recipient=recipient)
            claim = await self.messages.claim(tx, self.letter)
            assert claim is not None  # the row is locked since it was found unclaimed
            self.claim = claim
        left = self._seconds_left()
        if left <= 0:
            async with self.begin() as tx:
                await self.messages.release(tx, self.letter.message_id, claim)
            raise OutcomePending("it took too long to get there")
        taken = await self.carrier.send(self.letter, time.monotonic() + left)
        return {
            "external_id": taken.external_id,
            "thread_id": taken.thread_id,
            "sent_at": self.clock.now().isoformat(),
        }

    def _seconds_left(self) -> float:
        """In which it leaves or does not: what then remains of the grace is for connecting and being read."""
        if self.rules.grace_seconds <= 0:
            return math.inf
        return self.rules.grace_seconds / 3 - (datetime.now(UTC) - self.since).total_seconds()

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
        self.since = datetime.now(UTC)
        if isinstance(sighting, Found):
            return Found({**sighting.result, "sent_at": self.clock.now().isoformat()})
        return sighting


def _why_not(letter: Letter, standing: Standing) -> str | None:
    return unwanted(letter.message_type, standing.status, standing.cv_known) or hindered(
        letter.message_type, letter.channel, standing.forbidden, position_closed=standing.position_closed
    )
