"""What stopping, limiting and calling off work with, and what an installation may set about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from calling.domain.breaker import BreakerRule
from calling.domain.caps import Caps
from calling.ports.recalls import Recalls
from calling.ports.stops import Lines, Stops


@dataclass(frozen=True, slots=True)
class Switchboard:
    stops: Stops
    lines: Lines
    recalls: Recalls
    caps: Caps = field(default_factory=Caps)
    breaker: BreakerRule = field(default_factory=BreakerRule)
    closing_margin: timedelta = timedelta()
    """So long before calling hours end, what of a batch does not ring yet is called off."""
