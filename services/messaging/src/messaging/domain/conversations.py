"""Conversations: when two senders are the same, and how long a deleted one can be brought back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

RESTORABLE = timedelta(days=30)
MOST_IDS = 2_000
"""Message ids in one event: what many it names still travels on the bus."""

_WHATSAPP = "@s.whatsapp.net"
_PHONE = re.compile(r"\+?[\d\s().\-/\u00a0]{5,40}")
_DIGITS = re.compile(r"\D+")


def sender_key(sender: str) -> str:
    """The form in which two senders are the same one: of a number its digits, of anything else small letters.

    A number may stand with a plus, with ``00``, in groups, or as WhatsApp writes it. Whoever hides their
    number has an id in ``@lid`` there, which stays one.
    """
    bare = sender.strip().lower().removesuffix(_WHATSAPP)
    if not _PHONE.fullmatch(bare):
        return bare
    digits = _DIGITS.sub("", bare)
    return digits.removeprefix("00") if not bare.startswith("+") else digits


def may_be_restored(deleted_at: datetime, now: datetime) -> bool:
    return now < deleted_at + RESTORABLE


@dataclass(frozen=True, slots=True)
class Whose:
    """A message with the person it is of, where one is known."""

    message_id: UUID
    candidate_id: int | None


def by_person(messages: Sequence[Whose]) -> Iterator[tuple[int | None, list[UUID]]]:
    """The ids of each person's messages, in portions that one event can name."""
    found: dict[int | None, list[UUID]] = {}
    for message in messages:
        found.setdefault(message.candidate_id, []).append(message.message_id)
    for candidate_id, ids in found.items():
        for portion in portions(ids):
            yield candidate_id, portion


def portions(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), MOST_IDS):
        yield list(ids[start : start + MOST_IDS])
