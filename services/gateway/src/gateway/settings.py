"""What can be set from the environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr


class Settings(ServiceSettings):
    """A provider without a secret is refused (503) until one is set; the start-up log says so."""

    elevenlabs_webhook_secret: SecretStr = SecretStr("")
    """The whole secret as ElevenLabs shows it, ``wsec_`` included. Several with commas while rotating."""
    whapi_webhook_secret: SecretStr = SecretStr("")
    """What was configured as Whapi's custom header, without ``Bearer``. Several, comma-separated."""
    whapi_webhook_header: str = "Authorization"
    """The header that carries it; ``X-Webhook-Secret`` is read as well."""
    meta_app_secret: SecretStr = SecretStr("")
    """The app's secret, with which Meta signs each body. Several, comma-separated, while it is reset."""
    meta_verify_token: SecretStr = SecretStr("")
    """What was typed into Meta's webhook form as Verify Token. Several, comma-separated."""

    webhook_tolerance_minutes: int = Field(default=30, ge=1)
    webhook_tolerance_real_seconds: float = Field(default=20.0, ge=0)
    webhook_body_limit_bytes: int = Field(default=25 * 1024 * 1024, ge=1024)
    webhook_inline_limit_bytes: int = Field(default=256 * 1024, ge=0)
    webhook_read_seconds: float = Field(default=15.0, gt=0)
    """How long a provider may take to send a body, in real time."""
    webhook_store_seconds: float = Field(default=4.0, gt=0)
    """How long a delivery may wait for the disk, in real time; Whapi wants an answer within 5 s."""
    webhook_body_retention_days: int = Field(default=90, ge=1)

    @property
    def elevenlabs_secrets(self) -> list[str]:
        return _listed(self.elevenlabs_webhook_secret)

    @property
    def whapi_secrets(self) -> list[str]:
        return _listed(self.whapi_webhook_secret)

    @property
    def meta_secrets(self) -> list[str]:
        return _listed(self.meta_app_secret)

    @property
    def meta_verify_tokens(self) -> list[str]:
        return _listed(self.meta_verify_token)


def _listed(secret: SecretStr) -> list[str]:
    return [part.strip() for part in secret.get_secret_value().split(",") if part.strip()]
