"""What every service is told by its environment. Services subclass it and add their own."""

from __future__ import annotations

from pathlib import Path

from contracts.streams import DAY, EVENTS
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.retries import RetryPolicy


class ServiceSettings(BaseSettings):
    """Read from environment variables of the same name in capitals. All times are real seconds."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str
    """The service's own role."""
    database_schema: str | None = None
    """The service's own schema; its name when not given."""
    database_pool_size: int = Field(default=10, ge=2)
    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str | None = None
    nats_password: SecretStr | None = None
    blobs_url: str = "file:///tmp/recruitflow-blobs"
    clock_file: Path | None = None
    """A pace file (see ``chassis.clock``); the machine's clock when not given."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    log_level: str = "INFO"

    effect_grace_seconds: float = Field(default=60.0, ge=0)
    """How long an effect without an answer may still happen at the provider."""
    command_patience_seconds: float = Field(default=10.0, gt=0)
    """How long the owner of a command may take to answer."""
    command_absence_seconds: float = Field(default=10.0, gt=0)
    """How long an owner who is not there may take to be there again: it may just be starting."""
    consumer_ack_wait_seconds: float = Field(default=10.0, gt=0)
    retry_delay_base_seconds: float = Field(default=1.0, gt=0)
    retry_delay_max_seconds: float = Field(default=60.0, gt=0)
    max_deliveries: int = Field(default=8, ge=1)
    max_waits: int = Field(default=5_000, ge=1)
    batch_size: int = Field(default=200, ge=1, le=1_000)
    lease_retry_seconds: float = Field(default=1.0, gt=0)
    outbox_retention_days: int = Field(default=400, ge=1)
    commands_retention_days: int = Field(default=60, ge=1)
    stuck_after_seconds: float = Field(default=120.0, gt=0)
    watch_every_seconds: float = Field(default=5.0, gt=0)
    drain_seconds: float = Field(default=5.0, gt=0)
    """How long what was begun may take to come to its end at a stop; the whole stop takes a little more."""

    @property
    def inbox_retention_days(self) -> int:
        """As long as the bus can bring anything: a stream made again from the outboxes holds events of that
        age, and keeps them for its own. Without its row an old event would take effect a second time."""
        return self.outbox_retention_days + EVENTS.max_age_seconds // DAY + 1

    @property
    def retry_policy(self) -> RetryPolicy:
        return RetryPolicy(
            base=self.retry_delay_base_seconds,
            ceiling=self.retry_delay_max_seconds,
            max_deliveries=self.max_deliveries,
            max_waits=self.max_waits,
        )
