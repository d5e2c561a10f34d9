"""Texts of a position that are being written: where each stands, and whether they alone have changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recruiter_ui.domain.prompt_words import SECTIONS
from recruiter_ui.domain.revisions import changed_since

UNDER_WAY = ("queued", "writing")


@dataclass(frozen=True, slots=True)
class SectionState:
    """``idle``, ``queued``, ``writing``, ``written``, ``failed`` or ``stopped``."""

    state: str = "idle"
    since: datetime | None = None
    text: str | None = None
    reason: str | None = None
    saved: bool = False
    """What was written stands in the position."""


def states(
    wanted: Sequence[str], rows: Mapping[str, Mapping[str, Any]], details: Mapping[str, Any] | None
) -> dict[str, SectionState]:
    """By section; ``details`` are the position's as they read now, None for one that is not there yet."""
    return {name: _state(rows.get(name), name in wanted, (details or {}).get(name)) for name in SECTIONS}


def _state(row: Mapping[str, Any] | None, wanted: bool, now: str | None) -> SectionState:
    if row is None:
        return SectionState("queued" if wanted else "idle")
    state = row["state"] or "writing"
    since = row["requested_at"] if state == "writing" else row["result_at"]
    saved = state == "written" and row["text"] == now
    return SectionState(state, since, row["text"], row["reason"], saved)


def only_written(shown: str, now: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the position reads otherwise than a form showed it, and only by what was written for it."""
    changed = changed_since(shown, now)
    written = {name: row["text"] for name, row in rows.items() if row["state"] == "written"}
    return bool(changed) and all(name in written and written[name] == now.get(name) for name in changed)
