"""The messages and templates that messaging keeps, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import Tx
from messaging.domain.conversations import sender_key
from messaging.domain.cv_requests import Fate, MessageStatus, later_status
from messaging.domain.holding import Held
from messaging.domain.letters import Channel, MessageType, Template
from messaging.domain.threads import Thread
from messaging.domain.whapi_inbox import Report
from messaging.ports import (
    Answered,
    Asked,
    Inbound,
    Letter,
    Reported,
)
from messaging.ports import Kept as KeptMessage


class MemoryTemplates:
    """None at all, so that the fallbacks are heard, unless some are given."""

    def __init__(self, *templates: tuple[MessageType, Channel, str, Template]) -> None:
        self._templates = templates

    async def find(
        self, tx: Tx, message_type: MessageType, channel: Channel, languages: Sequence[str]
    ) -> Template | None:
        for language in languages:
            for known_type, known_channel, known_language, template in self._templates:
                if (known_type, known_channel, known_language) == (message_type, channel, language):
                    return replace(template, language=language)
        return None


@dataclass
class Sent:
    letter: Letter
    status: MessageStatus = MessageStatus.PENDING
    external_id: str | None = None
    sent_at: datetime | None = None
    error: str | None = None
    thread_id: str | None = None
    leaving_at: datetime | None = None
    claims: int = 0


@dataclass
class MemoryMessages:
    requests: dict[tuple[int, MessageType], list[bool]] = field(default_factory=dict)
    """Whether each round is settled."""
    messages: dict[UUID, Sent] = field(default_factory=dict)
    early: list[Report] = field(default_factory=list)
    inbounds: MemoryInbounds = field(default_factory=lambda: MemoryInbounds())

    async def asked(self, tx: Tx, application_id: int, message_type: MessageType) -> Asked:
        rounds = self.requests.get((application_id, message_type), [])
        fates = [
            fate
            for number in range(1, len(rounds) + 1)
            for fate in self._fates(application_id, message_type, number)
        ]
        return Asked(not all(rounds), sorted(fates, key=lambda fate: fate.channel), len(rounds))

    async def open_round(
        self, tx: Tx, application_id: int, message_type: MessageType, asked: Asked
    ) -> int | None:
        rounds = self.requests.setdefault((application_id, message_type), [])
        rounds.append(False)
        return len(rounds)

    async def claim(self, tx: Tx, letter: Letter) -> int | None:
        message = self.messages[letter.message_id]
        if message.status is not MessageStatus.PENDING or message.claims != letter.claims:
            return None
        message.leaving_at, message.claims = tx.now, message.claims + 1
        message.letter = replace(message.letter, recipient=letter.recipient)
        return message.claims

    async def release(self, tx: Tx, message_id: UUID, claim: int) -> None:
        if self.messages[message_id].claims == claim:
            self.messages[message_id].leaving_at = None

    async def hold(self, tx: Tx, message_id: UUID, leaves_at: datetime, because: Held) -> None:
        message = self.messages[message_id]
        message.letter = replace(message.letter, leaves_at=leaves_at, held_because=because)
        message.leaving_at = None

    async def find(self, tx: Tx, message_id: UUID) -> KeptMessage | None:
        message = self.messages.get(message_id)
        if message is None:
            return None
        letter = replace(message.letter, claims=message.claims)
        return KeptMessage(letter, message.status, message.leaving_at, message.sent_at)

    async def take_back(self, tx: Tx, message_id: UUID) -> None:
        message = self.messages[message_id]
        message.status, message.error = MessageStatus.TAKEN_BACK, "taken back"

    async def settle_unknown(self, tx: Tx, message_id: UUID, sent_at: datetime | None, note: str) -> None:
        message = self.messages[message_id]
        message.status = MessageStatus.SENT if sent_at else MessageStatus.FAILED
        message.sent_at, message.error = sent_at, note

    async def mail_thread(
        self, tx: Tx, address: str, application_id: int | None, candidate_ids: Sequence[int]
    ) -> Thread | None:
        def about(application: int | None, candidate: int | None) -> bool:
            if application_id is not None:
                return application == application_id
            return candidate in candidate_ids if candidate_ids else candidate is None

        ours = [
            (message.sent_at, message.thread_id, message.letter.subject)
            for message in self.messages.values()
            if message.thread_id
            and message.sent_at
            and message.letter.recipient == address
            and about(message.letter.application_id, message.letter.candidate_id)
        ]
        theirs = [
            (one.received_at, one.thread_id, one.subject)
            for one in self._inbound()
            if one.thread_id
            and sender_key(one.sender) == address
            and about(
                one.writer.application_id if one.writer else None,
                one.writer.candidate_id if one.writer else None,
            )
        ]
        mails = sorted([*ours, *theirs], key=lambda mail: mail[0])
        return Thread(str(mails[-1][1]), mails[-1][2] or "") if mails else None

    async def answered(self, tx: Tx, message_id: UUID) -> Answered | None:
        found = next((one for one in self._inbound() if one.message_id == message_id), None)
        if found is None:
            return None
        thread = Thread(found.thread_id, found.subject or "") if found.thread_id else None
        return Answered(found.channel, found.sender, thread)

    async def wrote_from(self, tx: Tx, channel: Channel, key: str) -> str | None:
        those = [one for one in self._inbound() if (one.channel, sender_key(one.sender)) == (channel, key)]
        return max(those, key=lambda one: one.received_at).sender if those else None

    def _inbound(self) -> list[Inbound]:
        return [kept.inbound for kept in self.inbounds.rows.values()]

    async def add(self, tx: Tx, letter: Letter) -> None:
        self.messages[letter.message_id] = Sent(letter)

    async def to_send(self, tx: Tx, message_id: UUID) -> Letter | None:
        message = self.messages[message_id]
        pending = message.status is MessageStatus.PENDING
        return replace(message.letter, claims=message.claims) if pending else None

    async def known_to_provider(self, tx: Tx, letter: Letter) -> set[str]:
        return {
            message.external_id
            for message in self.messages.values()
            if message.letter.recipient == letter.recipient
            and message.letter.message_id != letter.message_id
            and message.external_id
        }

    async def sent(
        self,
        tx: Tx,
        message_id: UUID,
        external_id: str | None,
        sent_at: datetime,
        thread_id: str | None = None,
    ) -> bool:
        message = self.messages[message_id]
        if message.status is not MessageStatus.PENDING:
            return False
        message.status, message.external_id, message.sent_at = MessageStatus.SENT, external_id, sent_at
        message.thread_id = thread_id
        return True

    async def not_sent(self, tx: Tx, message_id: UUID, status: MessageStatus, reason: str) -> bool:
        message = self.messages[message_id]
        if message.status is not MessageStatus.PENDING:
            return False
        message.status, message.error = status, reason
        return True

    async def count_try(self, tx: Tx, message_id: UUID) -> None:
        message = self.messages[message_id]
        message.letter = replace(message.letter, tries=message.letter.tries + 1)

    async def lock_request(self, tx: Tx, letter: Letter) -> list[Fate] | None:
        assert letter.application_id is not None
        assert letter.round is not None
        if self.requests[letter.application_id, letter.message_type][letter.round - 1]:
            return None
        return self._fates(letter.application_id, letter.message_type, letter.round)

    async def settle_request(
        self, tx: Tx, application_id: int, message_type: MessageType, round: int
    ) -> None:
        self.requests[application_id, message_type][round - 1] = True

    def _fates(self, application_id: int, message_type: MessageType, round: int) -> list[Fate]:
        return [
            Fate(message.letter.channel, message.status, message.sent_at, message.error)
            for message in self.messages.values()
            if (message.letter.application_id, message.letter.message_type, message.letter.round)
            == (application_id, message_type, round)
        ]

    async def fates(self, tx: Tx, reported: Reported) -> list[Fate] | None:
        assert reported.application_id is not None
        assert reported.round is not None
        key = (reported.application_id, reported.message_type)
        settled = self.requests[key][reported.round - 1]
        return self._fates(*key, reported.round) if settled else None

    async def keep_report(self, tx: Tx, report: Report, at: datetime) -> Reported | None:
        message = next((m for m in self.messages.values() if m.external_id == report.external_id), None)
        if message is None:
            if report not in self.early:
                self.early.append(report)
            return None
        status = later_status(message.status, MessageStatus(report.status))
        if status is None:
            return None
        message.status, message.error = status, report.problem or message.error
        letter = message.letter
        return Reported(
            letter.message_id,
            letter.application_id,
            letter.candidate_id,
            letter.channel,
            letter.message_type,
            letter.round,
            status,
        )

    async def reports_waiting(self, tx: Tx, external_id: str) -> list[Report]:
        waiting = [report for report in self.early if report.external_id == external_id]
        self.early = [report for report in self.early if report.external_id != external_id]
        order = ("sent", "delivered", "read", "failed")
        return sorted(waiting, key=lambda report: order.index(report.status))


@dataclass
class Kept:
    inbound: Inbound
    settled: bool
    attachments: list[dict[str, Any]]


@dataclass
class MemoryInbounds:
    rows: dict[UUID, Kept] = field(default_factory=dict)

    async def add(self, tx: Tx, inbound: Inbound, attachments: Sequence[dict[str, Any]] = ()) -> bool:
        if await self.knows(tx, inbound.channel, inbound.external_id):
            return False
        self.rows[inbound.message_id] = Kept(inbound, inbound.media is None, list(attachments))
        return True

    async def knows(self, tx: Tx, channel: Channel, external_id: str) -> bool:
        return any(
            (kept.inbound.channel, kept.inbound.external_id) == (channel, external_id)
            for kept in self.rows.values()
        )

    async def to_fetch(self, tx: Tx, message_id: UUID) -> Inbound | None:
        kept = self.rows[message_id]
        return None if kept.settled else kept.inbound

    async def count_try(self, tx: Tx, message_id: UUID) -> None:
        kept = self.rows[message_id]
        kept.inbound = replace(kept.inbound, tries=kept.inbound.tries + 1)

    async def fetched(
        self, tx: Tx, message_id: UUID, attachments: list[dict[str, Any]], problem: str | None
    ) -> bool:
        kept = self.rows[message_id]
        if kept.settled:
            return False
        kept.settled, kept.attachments = True, attachments
        return True
