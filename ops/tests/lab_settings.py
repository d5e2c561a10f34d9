"""The model's settings for tests of the lab."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from scoring.settings import ModelSettings

KEY = SecretStr("sk-ant-not-a-key")


def settings(**told: Any) -> ModelSettings:
    """Nothing of the machine's own environment."""
    facts: dict[str, Any] = {
        "anthropic_api_key": SecretStr(""),
        "anthropic_base_url": "https://api.anthropic.com",
        "anthropic_model": "claude-sonnet-4-6",
        "anthropic_prices": {},
    }
    return ModelSettings(**{**facts, **told})
