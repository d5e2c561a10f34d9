"""Where a recruiter writes a message: on which channels that is possible, and what is said beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from recruiter_ui.domain.moments import zone as zone_of

NIGHT_FROM, NIGHT_TO = 21, 8
"""Hours by the wall clock. A recruiter's own words are not held at night; they are told that it is."""
LONGEST = {"email": 20_000, "whatsapp": 4_096}
"""Characters; of WhatsApp the provider's limit (providers.md 3.2)."""
NAMES = {"whatsapp": "WhatsApp", "email": "Email"}


@dataclass(frozen=True, slots=True)
class Way:
    """A channel. ``closed`` says why nothing can be written there; None: it can."""

    channel: str
    address: str | None
    closed: str | None = None

    @property
    def name(self) -> str:
        return NAMES[self.channel]

    @property
    def longest(self) -> int:
        return LONGEST[self.channel]


@dataclass(frozen=True, slots=True)
class Composer:
    """An empty form, or one that came back. One of ``candidate_id`` and ``sender`` says to whom.

    ``back``: the page to go on to, and that shows the message until it leaves. ``their_clock``: what time it
    is there, where that matters.
    """

    ways: list[Way]
    name: str
    back: str
    candidate_id: int | None = None
    sender: str | None = None
    application_id: int | None = None
    reply_to: UUID | None = None
    language: str = "und"
    chosen: str | None = None
    subject: str = ""
    body: str = ""
    their_clock: str | None = None
    problem: str | None = None
    command_id: UUID | None = None

    @property
    def open_ways(self) -> list[Way]:
        return [way for way in self.ways if way.closed is None]

    @property
    def channel(self) -> str | None:
        """What is chosen already: what was asked for where it is possible, else the first way."""
        ways = [way.channel for way in self.open_ways]
        return self.chosen if self.chosen in ways else next(iter(ways), None)

    def again(self, problem: str, command_id: UUID, channel: str, subject: str, body: str) -> Composer:
        """Everything that was typed, with what is wrong."""
        tried = replace(self, problem=problem, command_id=command_id)
        return replace(tried, chosen=channel, subject=subject, body=body)


def ways_to(email: str | None, number: str | None, forbidden: Collection[str]) -> list[Way]:
    """WhatsApp first. ``number`` is E.164; ``forbidden`` the channels they asked not to be contacted on."""
    return [
        _way("whatsapp", number, forbidden, "no phone number", "asked for no WhatsApp"),
        _way("email", email, forbidden, "no email address", "asked for no email"),
    ]


def ways_to_sender(channel: str, sender: str) -> list[Way]:
    """Who is not known is answered where they wrote from."""
    return [Way(channel, sender)]


def _way(channel: str, address: str | None, forbidden: Collection[str], absent: str, unwanted: str) -> Way:
    if not address:
        return Way(channel, None, absent)
    return Way(channel, address, unwanted if channel in forbidden else None)


def night_there(zone_name: str | None, now: datetime) -> str | None:
    """``It is 23:40 in Bucharest, where they are.``, at night; None also where their zone is not known."""
    there = zone_of(zone_name)
    if there is None:
        return None
    local = now.astimezone(there)
    if NIGHT_TO <= local.hour < NIGHT_FROM:
        return None
    return f"It is {local:%H:%M} in {there.key.rpartition('/')[2].replace('_', ' ')}, where they are."
