"""What the sandbox can be told from outside. Every default is invented; none opens a real account."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SandboxSettings(BaseSettings):
    """Read from the environment, with the names of recruitflow.md section 13 where it has one."""

    model_config = SettingsConfigDict(extra="ignore")

    port: int = Field(default=8090, alias="SANDBOX_PORT", ge=0, le=65535)
    host: str = Field(default="127.0.0.1", alias="SANDBOX_HOST")
    seed: str = Field(default="recruitflow", alias="SANDBOX_SEED")
    """Runs with the same seed and the same leads repeat exactly."""
    state: Path = Field(default=Path(".recruitflow/sandbox"), alias="SANDBOX_STATE")
    """Folder of ``sandbox.sqlite``: calls, messages, mails, what is still to come, the ledger."""
    people: Path | None = Field(default=None, alias="SANDBOX_PEOPLE")
    """A lead file whose people live in this world from the start."""
    clock_file: Path | None = Field(default=None, alias="CLOCK_FILE")
    log_level: str = Field(default="INFO", alias="LOG_LEVEL")

    gateway_url: str = Field(default="http://127.0.0.1:8001", alias="GATEWAY_URL")
    elevenlabs_webhook_path: str = Field(default="/webhooks/elevenlabs/", alias="ELEVENLABS_WEBHOOK_PATH")
    whapi_webhook_path: str = Field(default="/webhooks/whapi/", alias="WHAPI_WEBHOOK_PATH")

    elevenlabs_api_key: str = Field(default="sandbox-elevenlabs-key", alias="ELEVENLABS_API_KEY")
    elevenlabs_agent_id: str = Field(default="agent_sandbox", alias="ELEVENLABS_AGENT_ID")
    elevenlabs_phone_number_id: str = Field(default="phnum_sandbox", alias="ELEVENLABS_PHONE_NUMBER_ID")
    elevenlabs_webhook_secret: str = Field(default="wsec_sandbox", alias="ELEVENLABS_WEBHOOK_SECRET")
    elevenlabs_webhook_retries: int = Field(default=0, alias="ELEVENLABS_WEBHOOK_RETRIES", ge=0)
    """The real service dispatches an event once unless retries are switched on."""
    elevenlabs_post_call_audio: bool = Field(default=False, alias="ELEVENLABS_POST_CALL_AUDIO")
    manual_ring_seconds: int = Field(default=300, alias="SANDBOX_MANUAL_RING_SECONDS", ge=1)

    anthropic_api_key: str = Field(default="sandbox-anthropic-key", alias="ANTHROPIC_API_KEY")

    whapi_token: str = Field(default="sandbox-whapi-token", alias="WHAPI_TOKEN")
    whapi_webhook_secret: str = Field(default="sandbox-whapi-secret", alias="WHAPI_WEBHOOK_SECRET")
    whapi_backoff_ms: int = Field(default=1000, alias="WHAPI_CALLBACK_BACKOFF_MS", ge=1)
    """Real milliseconds: a failed callback comes again after once, twice, three times this."""
    whapi_max_backoff_ms: int = Field(default=10_000, alias="WHAPI_MAX_CALLBACK_BACKOFF_MS", ge=1)

    meta_webhook_path: str = Field(default="/webhooks/meta", alias="META_WEBHOOK_PATH")
    meta_access_token: str = Field(default="sandbox-meta-token", alias="META_ACCESS_TOKEN")
    meta_app_secret: str = Field(default="sandbox-meta-secret", alias="META_APP_SECRET")
    meta_backoff_ms: int = Field(default=1000, alias="META_WEBHOOK_BACKOFF_MS", ge=1)
    """Real milliseconds: a failed delivery comes again at once, then after this, twice this, and so on."""

    google_client_id: str = Field(default="sandbox-client-id", alias="GOOGLE_CLIENT_ID")
    google_client_secret: str = Field(default="sandbox-client-secret", alias="GOOGLE_CLIENT_SECRET")
    google_refresh_token: str = Field(default="sandbox-refresh-token", alias="GOOGLE_REFRESH_TOKEN")
    google_redirect_uri: str = Field(
        default="http://localhost:8010/settings/gmail/callback/", alias="GOOGLE_REDIRECT_URI"
    )
    """The one that is registered; another is refused."""
    gmail_address: str = Field(default="recruiting@example.com", alias="GMAIL_ADDRESS")
    gmail_inbox_label: str = Field(default="CVs", alias="GMAIL_INBOX_LABEL")
