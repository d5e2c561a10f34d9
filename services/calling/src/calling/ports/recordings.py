"""Recordings: what is known of each, and the sound itself on its way from the provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef


class RecordingState(StrEnum):
    DUE = "due"
    KEPT = "kept"
    MISSING = "missing"
    """Waited for in vain. One that the provider sends after all is still kept."""


@dataclass(frozen=True, slots=True)
class ExpectedRecording:
    call_id: UUID
    state: RecordingState
    due_since: datetime


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording in a file that is gone when the block around it ends."""

    path: Path
    sha256: str
    content_type: str


class Recordings(Protocol):
    """One row per call; whoever keeps a recording holds its lock, so that only one copy is kept."""

    async def expect(self, tx: Tx, call_id: UUID) -> ExpectedRecording:
        """The row, locked; it is made where there is none."""

    async def keep(self, tx: Tx, call_id: UUID, recording: BlobRef) -> None: ...

    async def give_up(self, tx: Tx, call_id: UUID, reason: str) -> None: ...

    async def keep_early(self, tx: Tx, conversation_id: str, recording: BlobRef) -> None:
        """Sent before anything said whose it is. The first one of a conversation stays."""

    async def take_early(self, tx: Tx, conversation_id: str) -> BlobRef | None:
        """What was sent early, no longer waiting for its call."""

    async def forget_early(self, tx: Tx, before: datetime) -> list[BlobRef]:
        """Some of those that were sent before that moment and are still waiting; none when none is left."""
