"""Which calls of a batch that was called off surely never rang. Whoever errs here rings somebody twice.

Only the provider's own list of the batch counts, and in it only the lines that carry our key. A recipient
that it names ``cancelled`` and that has no conversation was never dialled (providers.md 1.3). ``pending`` may
still be on its way to becoming ``cancelled``, or to being dialled: it counts only when the batch itself has
been cancelled for a while. Anything else waits for its news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from calling.domain.news import read_recipient

QUIET = timedelta(minutes=2)
"""So long after a batch was seen cancelled nothing of it is on its way to being dialled any more."""


class Fate(Enum):
    NEVER_RANG = "never_rang"
    NOT_DECIDED = "not_decided"
    """It may still be cancelled: look again."""
    MAY_RING = "may_ring"


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient as the provider lists it; ``call_id`` is our key, where it came back."""

    call_id: UUID | None
    status: str
    conversation_id: str | None


@dataclass(frozen=True, slots=True)
class BatchSeen:
    """A batch as the provider shows it at one moment."""

    status: str
    lines: tuple[Line, ...]

    @property
    def called_off(self) -> bool:
        return self.status == "cancelled"

    def of(self, call_id: UUID) -> list[Line]:
        return [line for line in self.lines if line.call_id == call_id]


def fate_of(lines: Sequence[Line], called_off_for: timedelta | None) -> Fate:
    """``lines``: what the batch lists under the attempt's key. ``called_off_for``: since the batch was first
    seen cancelled; None where it is not."""
    undispatched = all(one.status in {"cancelled", "pending"} and not one.conversation_id for one in lines)
    if not lines or not undispatched:
        return Fate.MAY_RING
    if all(line.status == "cancelled" for line in lines):
        return Fate.NEVER_RANG
    if called_off_for is not None and called_off_for >= QUIET:
        return Fate.NEVER_RANG
    return Fate.NOT_DECIDED


def read_batch(status: Any, recipients: Iterable[Mapping[str, Any]]) -> BatchSeen:
    """A batch's detail. What can't be read is no sign that nothing rang."""
    return BatchSeen(_word(status), tuple(_line(one) for one in recipients))


def _line(recipient: Mapping[str, Any]) -> Line:
    news = read_recipient(recipient)
    return Line(news.call_id, _word(recipient.get("status")), news.conversation_id)


def _word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
