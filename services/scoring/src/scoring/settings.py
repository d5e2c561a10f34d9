"""What scoring is told by its environment (recruitflow.md 13)."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import SecretStr


class ScoringSettings(ServiceSettings):
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_model: str = "claude-sonnet-4-6"
    anthropic_max_tokens: int = 8192
    anthropic_timeout_seconds: float = 120.0
