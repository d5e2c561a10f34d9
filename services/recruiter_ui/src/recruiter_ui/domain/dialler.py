"""The dialler in one line: what it does now, or when the next queued call may go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from recruiter_ui.domain.moments import spoken


def dialler_line(side: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> str:
    """``side`` is what the sidebar counts."""
    if side["queued"] and not side["ready"]:
        if side["next_at"]:
            return f"Next calls {spoken(side['next_at'], now, zone)}"
        return "What is queued waits until something changes"
    if side["ready"]:
        return "Next calls now, as lines get free" if side["on_call"] else "Next calls now"
    if side["on_call"]:
        return "Nobody else is waiting to be called"
    if side["next_callback"]:
        return f"Next callback {spoken(max(side['next_callback'], now), now, zone)}"
    return "Nobody is waiting to be called"


def stop_words(stop: Mapping[str, Any]) -> str:
    """Who stopped it, as the beginning of a sentence."""
    if stop["code"] == "too_many_failures":
        return "RecruitFlow stopped them by itself"
    return f"{stop['actor_name'] or 'A recruiter'} stopped them"
