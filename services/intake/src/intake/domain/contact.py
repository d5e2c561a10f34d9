"""What people asked us not to do: one wish per person and channel, which follows their address.

A wish is taken over by whoever shares a phone number or an email with the person, because that is who would
answer. It is taken back where it was said, and then counts no more for those who took it over; taken back at
one of those, it counts for that one no more, and is not taken over again unless it is said anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_WORDS = 300
"""Characters of somebody's words that are kept with their wish."""


class ContactChannel(StrEnum):
    CALL = "call"
    WHATSAPP = "whatsapp"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Wish:
    """``same_as`` is whose wish it was, where it was taken over."""

    candidate_id: int
    channel: ContactChannel
    since: datetime
    source: str
    reason: str
    same_as: int | None = None


def spoken(channels: Iterable[ContactChannel]) -> str:
    """As a recruiter reads them: ``calls, WhatsApp and email``."""
    words = {
        ContactChannel.CALL: "calls",
        ContactChannel.WHATSAPP: "WhatsApp",
        ContactChannel.EMAIL: "email",
    }
    *first, last = [words[channel] for channel in ContactChannel if channel in set(channels)]
    return f"{', '.join(first)} and {last}" if first else last


def missing(wanted: Sequence[ContactChannel], forbidden: Iterable[ContactChannel]) -> list[ContactChannel]:
    """Which of the wanted channels are not forbidden, each once."""
    taken = set(forbidden)
    return [channel for channel in dict.fromkeys(wanted) if channel not in taken]


def objected(channel: str, words: str) -> str:
    """The reason that is kept with what somebody wrote: their own words."""
    how = spoken([ContactChannel(channel)])
    said = words.replace("\x00", "").strip()[:LONGEST_WORDS]
    return f"Wrote by {how}: \u201c{said}\u201d" if said else f"Asked by {how} not to be contacted."
