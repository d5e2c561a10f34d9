"""What can be set from the environment."""

from __future__ import annotations

from datetime import timedelta

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr

from calling.ports import CallingPolicy


class Settings(ServiceSettings):
    elevenlabs_api_key: SecretStr = SecretStr("")
    elevenlabs_agent_id: str = ""
    elevenlabs_phone_number_id: str = ""
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    """For EU residency: https://api.eu.residency.elevenlabs.io."""
    elevenlabs_timeout_seconds: float = Field(default=30.0, gt=0)

    call_overdue_minutes: int = Field(default=15, ge=1)
    """After this long without news of a call the provider is asked."""
    call_batch_size: int = Field(default=50, ge=1, le=500)
    call_provider_pause_minutes: int = Field(default=5, ge=1)

    call_recording_limit_mb: int = Field(default=100, ge=1)
    """A larger recording is not kept, and the recruiter sees why."""
    call_recording_patience_hours: int = Field(default=24, ge=1)

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
