"""What intake is told by its environment: what every service is told, and nothing else yet."""

from __future__ import annotations

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """``DATABASE_URL``, ``NATS_URL``, ``BLOBS_URL`` and so on: see ``ServiceSettings``."""
