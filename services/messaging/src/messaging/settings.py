"""What messaging is told by its environment (recruitflow.md 13)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr, field_validator

from messaging.domain.holding import HoldingRules
from messaging.domain.quiet_hours import QuietHours


class MessagingSettings(ServiceSettings):
    whapi_token: SecretStr = SecretStr("")
    whapi_api_url: str = "https://gate.whapi.cloud"
    whapi_timeout_seconds: float = 30.0

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_refresh_token: SecretStr = SecretStr("")
    google_redirect_uri: str = "http://localhost:8010/settings/gmail/callback/"
    """Where Google sends a recruiter back; the same as in Google Cloud."""
    google_auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_revoke_uri: str = "https://oauth2.googleapis.com/revoke"
    google_token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, no secret
    gmail_base_url: str = "https://gmail.googleapis.com"
    gmail_timeout_seconds: float = 30.0
    gmail_patience_hours: float = 4
    """How long an email waits for somebody to connect Gmail again; then it fails, and recruiters see why."""
    gmail_sender: str = ""
    """The From address; Gmail puts the account's own where it is empty."""
    gmail_inbox_label: str = "CVs"
    gmail_processed_label: str = "CVs-Processed"
    gmail_poll_enabled: bool = True
    gmail_poll_minutes: float = Field(default=15, gt=0)
    """So often the whole label is listed."""
    gmail_history_seconds: float = Field(default=60, gt=0)
    """So often Gmail is asked what is new, which costs next to nothing; never more rarely than the above."""
    whapi_health_minutes: float = Field(default=5, gt=0)

    secrets_key: SecretStr = SecretStr("")
    """Long random texts, the newest first, separated by commas: what a recruiter gives us access with is
    kept encrypted."""
    secrets_key_file: Path | None = None
    """Holds the same, where a file is preferred."""

    message_undo_seconds: float = Field(default=10, ge=0, le=3_600)
    """So long what a recruiter sends can be taken back before it leaves; a rejection:"""
    rejection_undo_minutes: float = Field(default=10, ge=0, le=24 * 60)
    quiet_hours: str = "21-8"
    """By the wall clock where the candidate lives; empty: messages leave at any hour."""

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, text: str) -> str:
        QuietHours.of(text)
        return text

    def poll_every(self) -> timedelta:
        return min(timedelta(seconds=self.gmail_history_seconds), timedelta(minutes=self.gmail_poll_minutes))

    def list_every(self) -> timedelta:
        return timedelta(minutes=self.gmail_poll_minutes)

    def health_every(self) -> timedelta:
        return timedelta(minutes=self.whapi_health_minutes)

    def secrets(self) -> str:
        given = self.secrets_key.get_secret_value()
        if given or self.secrets_key_file is None:
            return given
        return self.secrets_key_file.read_text(encoding="utf-8").strip()

    def holding(self) -> HoldingRules:
        return HoldingRules(
            timedelta(seconds=self.message_undo_seconds),
            timedelta(minutes=self.rejection_undo_minutes),
            QuietHours.of(self.quiet_hours),
        )
