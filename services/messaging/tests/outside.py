"""The outside world in memory: providers that misbehave on demand, and a mailbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from chassis.effects import Absent, CannotSay, Found, Sighting
from messaging.domain.emails import Email
from messaging.domain.whapi_inbox import Media
from messaging.ports import (
    FileGone,
    Letter,
)


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
    files: dict[str, bytes | Exception] = field(default_factory=dict)

    async def send(self, letter: Letter) -> str | None:
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None and not self.after_sending:
            raise trouble
        self.sent.append(letter)
        if trouble is not None:
            raise trouble
        return self._id(len(self.sent) - 1)

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        if self.away is not None:
            raise self.away
        if not self.can_look:
            return CannotSay("the chat can't be read")
        for place, known in enumerate(self.sent):
            if known.body == letter.body and self._id(place) not in others:
                return Found({"external_id": self._id(place)})
        return Absent()

    async def fetch(self, media: Media, limit: int) -> bytes:
        file = self.files.get(media.link or media.media_id or "", FileGone("gone"))
        if isinstance(file, Exception):
            raise file
        return file

    def _id(self, place: int) -> str:
        return f"{self.name}-{place}"


@dataclass
class Mailbox:
    """What candidates wrote. ``trouble`` is raised by the call of that name."""

    emails: dict[str, Email] = field(default_factory=dict)
    processed: list[str] = field(default_factory=list)
    trouble: dict[str, BaseException] = field(default_factory=dict)

    async def waiting(self) -> list[str]:
        self._raise("waiting")
        return [external_id for external_id in self.emails if external_id not in self.processed]

    async def read(self, external_id: str) -> Email:
        self._raise("read")
        self._raise(f"read {external_id}")
        return self.emails[external_id]

    async def mark_processed(self, external_id: str) -> None:
        self._raise("mark_processed")
        self.processed.append(external_id)

    def _raise(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble[call]
