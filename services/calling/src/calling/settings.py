"""What can be set from the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from chassis.settings import ServiceSettings
from pydantic import BeforeValidator, Field, SecretStr

from calling.domain.breaker import BreakerRule
from calling.domain.caps import Caps
from calling.ports import CallingPolicy

NONE_IF_EMPTY = BeforeValidator(lambda given: None if given == "" else given)
"""An empty variable switches a limit off: it is what a compose file makes of one that is not set."""


_A_DAY, _A_YEAR = 24 * 60, 366 * 24
"""In minutes, in hours. A slip of the finger ends the start, not every decision later: such a span before or
after now is no date any more."""


class Settings(ServiceSettings):
    elevenlabs_api_key: SecretStr = SecretStr("")
    elevenlabs_agent_id: str = ""
    elevenlabs_phone_number_id: str = ""
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    """For EU residency: https://api.eu.residency.elevenlabs.io."""
    elevenlabs_timeout_seconds: float = Field(default=30.0, gt=0)
    """At most half of ``EFFECT_GRACE_SECONDS`` counts of it: see ``request_seconds``."""

    call_overdue_minutes: int = Field(default=15, ge=1, le=_A_DAY)
    """After this long without news of a call the provider is asked."""
    call_batch_size: int = Field(default=50, ge=1, le=500)
    call_cooldown_hours: float = Field(default=24, ge=0, le=_A_YEAR)
    """So long after a call nobody is called for another application; agreed callbacks apart."""
    call_provider_pause_minutes: int = Field(default=5, ge=1, le=_A_DAY)

    call_most_at_once: Annotated[int | None, NONE_IF_EMPTY] = Field(default=100, ge=1)
    """Calls under way at the same time, over all positions; what waits goes on when one ends."""
    call_most_per_day: Annotated[int | None, NONE_IF_EMPTY] = Field(default=None, ge=1)
    """Calls a day over all positions; a position may have a limit of its own. Days are the position's."""
    call_target_concurrency: Annotated[int | None, NONE_IF_EMPTY] = Field(default=None, ge=1)
    """How many calls of one batch the provider has under way at once; else it decides."""
    call_closing_margin_minutes: int = Field(default=0, ge=0, le=120)
    """So long before calling hours end, what of a batch does not ring yet is called off."""

    call_breaker_failures: int = Field(default=5, ge=1)
    """So many failed calls within the window stop dialling for their position..."""
    call_breaker_window_minutes: int = Field(default=30, ge=1, le=_A_DAY)
    call_breaker_share: float = Field(default=0.5, gt=0, le=1)
    """...where they are at least this share of the calls that ended in it."""

    call_recording_limit_mb: int = Field(default=100, ge=1)
    """A larger recording is not kept, and the recruiter sees why."""
    call_recording_patience_hours: int = Field(default=24, ge=1, le=_A_YEAR)

    @property
    def request_seconds(self) -> float:
        """How long a request to the provider may take. Acting begins within half of the grace, so one that
        may take the other half is over before another run asks what became of it. Graces under two seconds
        are for tests, where an answer may still take one."""
        return min(self.elevenlabs_timeout_seconds, max(self.effect_grace_seconds / 2, 1.0))

    @property
    def cooldown(self) -> timedelta:
        return timedelta(hours=self.call_cooldown_hours)

    @property
    def caps(self) -> Caps:
        return Caps(self.call_most_at_once, self.call_most_per_day)

    @property
    def breaker(self) -> BreakerRule:
        window = timedelta(minutes=self.call_breaker_window_minutes)
        return BreakerRule(self.call_breaker_failures, window, self.call_breaker_share)

    @property
    def closing_margin(self) -> timedelta:
        return timedelta(minutes=self.call_closing_margin_minutes)

    @property
    def policy(self) -> CallingPolicy:
        return CallingPolicy(
            overdue_after=timedelta(minutes=self.call_overdue_minutes),
            batch_size=self.call_batch_size,
            provider_pause=timedelta(minutes=self.call_provider_pause_minutes),
            largest_recording=self.call_recording_limit_mb * 1_000_000,
            recording_patience=timedelta(hours=self.call_recording_patience_hours),
            effect_grace_seconds=self.effect_grace_seconds,
        )
