"""Conversations: how one is named in an address, a row's place in a listing, and the thread day by day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from recruiter_ui.domain.reading import Malformed, identity, number

Row = dict[str, Any]
LEAD = 900
"""Characters of a long text that are shown at once."""

_PHONE = re.compile(r"\+?[0-9 ().-]{5,40}")
_WORD = re.compile(r"\w+")
_YEARS = range(1970, 2200)


def sender_key(sender: str) -> str:
    """The form in which two senders are one; the column ``messages.conversation`` has it too."""
    if _PHONE.fullmatch(sender):
        return "".join(filter(str.isdigit, sender))
    return sender.lower()


@dataclass(frozen=True, slots=True)
class Talk:
    """Whose conversation: a person's, or a sender's of whom nobody knows who it is."""

    candidate_id: int | None = None
    sender: str = ""

    @classmethod
    def of(cls, fields: dict[str, str]) -> Talk | None:
        """Read from an address or a form; None where it names none."""
        candidate_id = number(fields.get("with"))
        if candidate_id is not None:
            return cls(candidate_id)
        sender = fields.get("from", "").replace("\0", "").strip()[:320]
        return cls(sender=sender) if sender else None

    def address(self, **more: str | None) -> str:
        """The query that names it, with whatever else the page's address holds."""
        whose = {"from": self.sender} if self.candidate_id is None else {"with": str(self.candidate_id)}
        return urlencode(whose | {name: value for name, value in more.items() if value})


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a listing: its moment, and its id where two share one."""

    at: datetime
    message_id: UUID

    @classmethod
    def read(cls, text: str) -> Place | None:
        moment, _, last = text.partition("_")
        try:
            at, message_id = datetime.fromisoformat(moment), identity(last)
        except (ValueError, Malformed):
            return None
        return cls(at, message_id) if at.tzinfo and at.year in _YEARS else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.message_id}"


def words_of(search: str) -> str:
    """For ``to_tsquery``: every word that was typed, as the beginning of one; empty where there is none."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(search.lower())[:12])


@dataclass(frozen=True, slots=True)
class Day:
    """What was said on one day, the oldest first."""

    on: date
    label: str
    lines: Sequence[Row]


def days_of(lines: Iterable[Row], now: datetime, zone: ZoneInfo) -> list[Day]:
    """Messages and what happened between them, each with its moment as ``at``, by day of the reader."""
    found: dict[date, list[Row]] = {}
    for line in sorted(lines, key=lambda it: (it["at"], str(it.get("message_id") or ""))):
        found.setdefault(line["at"].astimezone(zone).date(), []).append(line)
    today = now.astimezone(zone).date()
    return [Day(on, _label(on, today), rows) for on, rows in found.items()]


def _label(on: date, today: date) -> str:
    if on == today:
        return "Today"
    if on == today - timedelta(days=1):
        return "Yesterday"
    return f"{on:%A %-d %B}" if on.year == today.year else f"{on:%A %-d %B %Y}"


def listed_at(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """As short as a list has room for: the time today, the weekday this week, else the day."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < 7:
        return f"{local:%a}"
    return f"{local:%-d %b}" if local.year == today.year else f"{local:%-d %b %y}"


def lead_of(text: str) -> tuple[str, str]:
    """What of a long text is shown at once, cut between words, and the rest."""
    if len(text) <= LEAD + 200:
        return text, ""
    cut = text.rfind(" ", LEAD - 120, LEAD)
    cut = cut if cut > 0 else LEAD
    return text[:cut].rstrip(), text[cut:].lstrip(" ")


def size_of(given: int | None) -> str:
    """A file's size, as short as it can be said."""
    if given is None:
        return ""
    return f"{max(1, round(given / 1000))} KB" if given < 1_000_000 else f"{given / 1_000_000:.1f} MB"


_KINDS = (("image/", "eye", "Photo"), ("audio/", "mic", "Voice message"), ("video/", "play", "Video"))


def file_glyph(content_type: str | None) -> tuple[str, str]:
    """The glyph of a file, and what kind it is where that says more than its name."""
    for start, glyph, word in _KINDS:
        if (content_type or "").startswith(start):
            return glyph, word
    return "clip", ""
