"""What messaging keeps of its mailbox and its access, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis import Tx
from messaging.domain.channel_state import ChannelState
from messaging.domain.letters import Channel
from messaging.ports.access import Channels, Flow, Grants, SealedGrant, Waiting
from messaging.ports.mailbox import Account, Cursor, MailboxBook, SentEmail, SentMail, Troubled


@dataclass
class MemoryBook:
    cursors: dict[str, Cursor] = field(default_factory=dict)
    troubles: dict[str, Troubled] = field(default_factory=dict)

    async def cursor(self, tx: Tx, address: str) -> Cursor | None:
        return self.cursors.get(address)

    async def read_up_to(self, tx: Tx, account: Account, listed_at: Any) -> None:
        known = self.cursors.get(account.address)
        if listed_at is not None:
            self.cursors[account.address] = Cursor(account.history_id, listed_at)
        elif known is not None and known.history_id < account.history_id:
            self.cursors[account.address] = replace(known, history_id=account.history_id)

    async def troubled(self, tx: Tx) -> Sequence[Troubled]:
        return sorted(self.troubles.values(), key=lambda one: (one.tries, one.since))

    async def note_trouble(self, tx: Tx, external_id: str, problem: str) -> Troubled:
        known = self.troubles.get(external_id, Troubled(external_id, 0, tx.now))
        self.troubles[external_id] = replace(known, tries=known.tries + 1)
        return self.troubles[external_id]

    async def no_trouble(self, tx: Tx, external_id: str) -> None:
        self.troubles.pop(external_id, None)


@dataclass
class MemorySentMail:
    messages: Any

    async def find(
        self, tx: Tx, message_ids: Sequence[UUID], thread_id: str | None, recipient: str | None
    ) -> SentEmail | None:
        for message_id, sent in self.messages.messages.items():
            ours = message_id in message_ids
            same = (sent.letter.recipient or "").lower() == (recipient or "").lower()
            if ours or (same and thread_id and sent.external_id == thread_id):
                return SentEmail(message_id, sent.external_id, sent.status)
        return None


@dataclass
class MemoryChannels:
    states: dict[Channel, ChannelState] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    async def find(self, tx: Tx, channel: Channel) -> ChannelState | None:
        return self.states.get(channel)

    async def keep(self, tx: Tx, channel: Channel, state: ChannelState) -> None:
        self.states[channel] = state

    async def forget(self, tx: Tx, channel: Channel) -> None:
        self.states.pop(channel, None)

    async def offered_in_vain(self, tx: Tx, channel: Channel) -> Sequence[Waiting]:
        return self.waiting if channel is Channel.EMAIL else []


@dataclass
class MemoryGrants:
    grant: SealedGrant | None = None

    async def given(self, tx: Tx) -> SealedGrant | None:
        return self.grant

    async def keep(self, tx: Tx, grant: SealedGrant) -> None:
        self.grant = grant

    async def forget(self, tx: Tx) -> None:
        self.grant = None


@dataclass
class MemoryFlows:
    flows: dict[str, Flow] = field(default_factory=dict)

    async def begin(self, tx: Tx, state: str, flow: Flow) -> None:
        self.flows[state] = flow

    async def take(self, state: str) -> Flow | None:
        return self.flows.pop(state, None)


@dataclass
class MailDesk:
    """``sent_mail`` None: what the office's messages in memory hold."""

    book: MailboxBook = field(default_factory=MemoryBook)
    channels: Channels = field(default_factory=MemoryChannels)
    grants: Grants = field(default_factory=MemoryGrants)
    sent_mail: SentMail | None = None
