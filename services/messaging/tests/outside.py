"""The outside world in memory: providers that misbehave on demand, and a mailbox."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from chassis.effects import Absent, CannotSay, Found, Sighting
from messaging.domain.emails import Email
from messaging.domain.whapi_inbox import Media
from messaging.ports import (
    FileGone,
    Letter,
    Taken,
)
from messaging.ports.mailbox import Account, EmailGone, HistoryGone, Outline


@dataclass
class Postbox:
    """A provider: what it was handed stays in ``sent``, whatever it answered.

    ``trouble`` is raised, one per call: before sending, or, with ``after_sending``, when it is too late.
    """

    name: str
    trouble: list[BaseException] = field(default_factory=list)
    after_sending: bool = False
    can_look: bool = True
    away: Exception | None = None
    """Raised by a look-up."""
    sent: list[Letter] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    files: dict[str, bytes | Exception] = field(default_factory=dict)

    async def send(self, letter: Letter, before: float = math.inf) -> Taken:
        self.before.append(before)
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None and not self.after_sending:
            raise trouble
        self.sent.append(letter)
        if trouble is not None:
            raise trouble
        return Taken(self._id(len(self.sent) - 1), self._thread_of(letter))

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        if self.away is not None:
            raise self.away
        if not self.can_look:
            return CannotSay("the chat can't be read")
        for place, known in enumerate(self.sent):
            if known.body == letter.body and self._id(place) not in others:
                return Found({"external_id": self._id(place), "thread_id": self._thread_of(known)})
        return Absent()

    async def fetch(self, media: Media, limit: int) -> bytes:
        file = self.files.get(media.link or media.media_id or "", FileGone("gone"))
        if isinstance(file, Exception):
            raise file
        return file

    def _thread_of(self, letter: Letter) -> str | None:
        return (letter.thread_id or f"thread-{letter.recipient}") if self.name == "mail" else None

    def _id(self, place: int) -> str:
        return f"{self.name}-{place}"


@dataclass
class Mailbox:
    """What candidates wrote. ``trouble`` is raised by the call of that name.

    ``before`` is awaited at the beginning of every call: a test may die there.
    """

    emails: dict[str, Email] = field(default_factory=dict)
    processed: list[str] = field(default_factory=list)
    trouble: dict[str, BaseException] = field(default_factory=dict)
    address: str = "recruiting@example.com"
    forgets: bool = False
    """Whether the history is older than what it remembers."""
    asked: list[str] = field(default_factory=list)
    raws: dict[str, bytes] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None

    async def account(self) -> Account:
        self._ask("account")
        return Account(self.address, len(self.emails) + 100)

    async def waiting(self) -> list[str]:
        self._ask("waiting")
        return [external_id for external_id in self.emails if external_id not in self.processed]

    async def since(self, history_id: int) -> list[str]:
        self._ask("since")
        if self.forgets:
            raise HistoryGone
        return list(self.emails)[history_id - 100 :]

    async def read(self, external_id: str) -> Email:
        self._ask("read")
        self._raise(f"read {external_id}")
        if external_id not in self.emails:
            raise EmailGone
        return self.emails[external_id]

    async def outline(self, external_id: str) -> Outline:
        self._ask("outline")
        email = self.emails[external_id]
        return Outline(email.sender, email.subject, email.received_at)

    async def raw(self, external_id: str) -> bytes:
        self._ask("raw")
        return self.raws.get(external_id, b"From: somebody\r\n\r\n")

    async def mark_processed(self, external_id: str) -> None:
        self._ask("mark_processed")
        if external_id not in self.processed:
            self.processed.append(external_id)

    def _ask(self, call: str) -> None:
        self.before()
        self.asked.append(call)
        self._raise(call)

    def _raise(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble[call]
