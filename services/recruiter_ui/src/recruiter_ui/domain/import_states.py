"""Where an import stands: looked through, running, done, taken back, or refused as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

UNDO_FOR = timedelta(days=30)


class ImportState(StrEnum):
    READING = "reading"
    DRY_RUN = "dry_run"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"

    @property
    def step(self) -> int:
        """File, dry run, import, done: the step of the page it is on, from 1."""
        return {"reading": 2, "dry_run": 2, "running": 3, "refused": 2}.get(self.value, 4)


def state_of(row: Mapping[str, Any] | None) -> ImportState:
    """By the furthest that is known; a row that has not come yet is still being read."""
    if row is None:
        return ImportState.READING
    if row["undone_at"] is not None:
        return ImportState.UNDONE
    if row["state"] == "refused":
        return ImportState.REFUSED
    if row["state"] == "completed":
        return ImportState.DONE if row["undo_requested_at"] is None else ImportState.UNDOING
    if row["requested_at"] is not None:
        return ImportState.RUNNING
    return ImportState.READING if row["previewed_at"] is None else ImportState.DRY_RUN


def undo_until(result_at: datetime, now: datetime) -> datetime | None:
    """The last moment it can be taken back; None once that is past."""
    until = result_at + UNDO_FOR
    return until if now < until else None
