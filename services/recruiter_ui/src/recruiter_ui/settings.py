"""Settings of recruiter_ui, from the environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    cookie_secure: bool = False
    """Send cookies over HTTPS only. Off by default: a first run is on plain loopback; production sets it."""
    time_zone: str = "Europe/Bucharest"
    """The recruiters' own time zone: days on the dashboard and times on the pages."""
    session_hours: int = 12
