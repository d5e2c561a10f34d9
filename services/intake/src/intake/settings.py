"""What intake is told by its environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings
from pydantic import Field, SecretStr


class Settings(ServiceSettings):
    """``DATABASE_URL``, ``NATS_URL``, ``BLOBS_URL`` and so on: see ``ServiceSettings``."""

    meta_access_token: SecretStr = SecretStr("")
    """Of a page or system user with ``leads_retrieval``; without it live leads are held until it is set."""
    meta_graph_url: str = "https://graph.facebook.com"
    meta_graph_version: str = Field(default="v24.0", pattern=r"^v\d+\.\d+$")
    meta_timeout_seconds: float = Field(default=10.0, gt=0)
