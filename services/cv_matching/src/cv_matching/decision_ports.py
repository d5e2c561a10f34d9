"""What the handlers need to decide about received files by hand, and to take a decision back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef
from contracts.cv_matching import CvMatched, CvSource, FileReading

from cv_matching.ports import ItemState


@dataclass(frozen=True, slots=True)
class FileOnDesk:
    """A received or uploaded file as decisions are made about it."""

    item_id: UUID
    source: CvSource
    file: BlobRef
    file_name: str
    received_at: datetime
    state: ItemState
    explanation: str
    reading: FileReading | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at one application, now or once. ``said`` is what was last said of it."""

    cv_id: UUID
    candidate_id: int
    application_id: int
    attached: bool
    needs_review: bool
    said: CvMatched


@dataclass(frozen=True, slots=True)
class Before:
    """How it was when somebody decided: where the decision is taken back to."""

    state: ItemState
    explanation: str
    attachments: Sequence[Attachment] = ()


class DecisionKind(StrEnum):
    CONFIRMED = "confirmed"
    REASSIGNED = "reassigned"
    ASSIGNED = "assigned"
    DISCARDED = "discarded"
    UPLOADED = "uploaded"


@dataclass(frozen=True, slots=True)
class Decision:
    decision_id: UUID
    item_id: UUID
    kind: DecisionKind
    actor: Actor
    at: datetime
    before: Before
    undone: bool = False


class Decisions(Protocol):
    async def file(self, tx: Tx, item_id: UUID) -> FileOnDesk | None:
        """The file, locked until the transaction ends: whoever decides about it too waits."""

    async def matched_with(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        """The files of these messages that the chain found somebody for, in the order of their ids.

        All files of these messages are locked: who holds one may be waiting for the CVs of an application.
        """

    async def item_of(self, tx: Tx, cv_id: UUID) -> UUID | None: ...

    async def add_upload(self, tx: Tx, file: FileOnDesk) -> None: ...

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None: ...

    async def attachments(self, tx: Tx, item_id: UUID) -> list[Attachment]:
        """Every application it is or was the CV of, in the order of their ids."""

    async def lock_cvs_of(self, tx: Tx, application_ids: Iterable[int]) -> None:
        """Until the transaction ends nobody else gives these applications a CV, or takes one away."""

    async def is_cv_of(self, tx: Tx, application_id: int, sha256: str) -> bool:
        """Whether the application has a CV with this very content."""

    async def attach(self, tx: Tx, said: CvMatched, *, needs_review: bool) -> CvMatched:
        """Under the id and number it has or had at this application; else the next number."""

    async def detach(self, tx: Tx, cv_id: UUID) -> int:
        """Answers how many CVs the application has left."""

    async def review(self, tx: Tx, cv_id: UUID, *, needed: bool) -> None: ...

    async def add(self, tx: Tx, decision: Decision) -> None: ...

    async def get(self, tx: Tx, decision_id: UUID) -> Decision | None: ...

    async def last(self, tx: Tx, item_id: UUID) -> Decision | None:
        """The latest that was not taken back."""

    async def undo(self, tx: Tx, decision_id: UUID, actor: Actor) -> None: ...
