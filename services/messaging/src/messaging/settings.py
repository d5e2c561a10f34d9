"""What messaging is told by its environment (recruitflow.md 13)."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import SecretStr


class MessagingSettings(ServiceSettings):
    whapi_token: SecretStr = SecretStr("")
    whapi_api_url: str = "https://gate.whapi.cloud"
    whapi_timeout_seconds: float = 30.0

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_refresh_token: SecretStr = SecretStr("")
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
    gmail_poll_minutes: float = 15
