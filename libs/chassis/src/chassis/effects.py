"""Law 3: an effect on the outside world happens once.

Commit the intent under its own key, act outside any transaction, record the outcome. When the outcome is
unknown (crash, timeout, reset) the provider is asked by that key before anything else; what it can't say is
``Unknown`` and waits for a person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, once. ``result`` is what the provider said, as JSON."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Declined:
    """The provider said no; it did not happen and will not."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it happened. Never repeated; a person decides."""

    reason: str


Settled: TypeAlias = Done | Declined | Unknown


class ProviderDeclined(Exception):
    """Raised by ``act``: a clear no (a 4xx other than 408 and 429). Final."""


class NotAccepted(Exception):
    """Raised by ``act``: it certainly did not happen (refused connection, 429, 503); try again later."""


@dataclass(frozen=True, slots=True)
class Found:
    """Answer of ``look_up``: the provider knows our key; ``result`` has the shape ``act`` answers."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """Answer of ``look_up``: the provider answered and does not know our key."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """Answer of ``look_up``: the provider can't tell, now or ever."""

    reason: str


Sighting: TypeAlias = Found | Absent | CannotSay
Act: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
LookUp: TypeAlias = Callable[[], Awaitable[Sighting]]
