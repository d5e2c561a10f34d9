"""What cv_matching can be told from outside."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    anthropic_api_key: str = ""
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_fast_model: str = "claude-haiku-4-5"
    reading_seconds: float = Field(default=12.0, gt=0)
    """How long one document may take to be read, in real seconds."""
    reading_memory_mib: int = Field(default=768, ge=128)
    """How much address space the reading process gets."""
    reading_at_once: int = Field(default=2, ge=1)
    """How many documents are read at the same time."""
