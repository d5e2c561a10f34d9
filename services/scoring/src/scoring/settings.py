"""What scoring is told by its environment (recruitflow.md 13)."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import BaseModel, ConfigDict, Field, SecretStr


class ModelPrice(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(extra="forbid")

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


class ScoringSettings(ServiceSettings):
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_model: str = "claude-sonnet-4-6"
    anthropic_max_tokens: int = 8192
    anthropic_timeout_seconds: float = 120.0
    anthropic_prices: dict[str, ModelPrice] = Field(default_factory=dict)
    """JSON, model to price, beside the list prices known here (``scoring.domain.prices``) and before them:
    ``{"claude-sonnet-4-6": {"input": 3, "output": 15}}``. A model without a price costs "not known"."""
