"""What scoring is told by its environment (recruitflow.md 13)."""

from __future__ import annotations

import json
from typing import Annotated

from chassis.settings import ServiceSettings
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class ModelPrice(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(extra="forbid")

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


def _told(prices: object) -> object:
    """Prices as JSON; an empty variable tells none."""
    return json.loads(prices or "{}") if isinstance(prices, str) else prices


ToldPrices = Annotated[dict[str, ModelPrice], NoDecode, BeforeValidator(_told)]


class ModelSettings(BaseSettings):
    """Which model is asked, and how; read from environment variables of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_model: str = "claude-sonnet-4-6"
    anthropic_max_tokens: int = Field(default=8192, ge=1)
    anthropic_timeout_seconds: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    anthropic_prices: ToldPrices = Field(default_factory=dict)
    """JSON, model to price, beside the list prices known here (``scoring.domain.prices``) and before them:
    ``{"claude-sonnet-4-6": {"input": 3, "output": 15}}``. A model without a price costs "not known"."""


class ScoringSettings(ModelSettings, ServiceSettings):
    """The whole service's."""
