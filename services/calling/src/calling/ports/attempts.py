"""Attempts to reach somebody, and the batches in which they go to the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose, ZoneFrom

from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews


class BatchForm(StrEnum):
    BATCH = "batch"
    SINGLE = "single"


class BatchState(StrEnum):
    PREPARED = "prepared"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Batch:
    """Attempts that go to the provider in one request, or one attempt by itself (``single``)."""

    batch_id: UUID
    position_id: int
    form: BatchForm
    state: BatchState
    created_at: datetime
    provider_batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    call_id: UUID
    batch_id: UUID
    application_id: int
    candidate_id: int
    position_id: int
    attempt_number: int
    round: int
    purpose: CallPurpose
    state: AttemptState
    to_number: str
    created_at: datetime
    conversation_id: str | None = None
    call_sid: str | None = None
    placed_at: datetime | None = None
    recorded: bool | None = None
    """As the position had it when the attempt was written down; what is said and asked for goes by this."""
    time_zone: str | None = None
    zone_from: ZoneFrom | None = None
    """Whose clock it went by, and how that was known."""
    machine_heard: bool = False
    """The line said that a machine picked up: counts unless the conversation itself says otherwise."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An attempt that is about to be dialled, and what its prompts are filled with."""

    attempt: Attempt
    values: Mapping[str, str]
    """Placeholder values of recruitflow.md 9."""


class Attempts(Protocol):
    """Every attempt ever made; one conversation belongs to one attempt, one number rings once at a time."""

    async def prepare(self, tx: Tx, batch: Batch, attempts: Sequence[Attempt]) -> None: ...

    async def batch(self, tx: Tx, batch_id: UUID, *, lock: bool = False) -> Batch | None: ...

    async def planned(self, tx: Tx, batch_id: UUID) -> list[Planned]:
        """The attempts of a batch that are still only intended, locked; and their applications' statuses, so
        that nobody queues anew what is about to be taken back, and finds it still dialling."""

    async def went_by(self, tx: Tx, call_id: UUID, time_zone: str, zone_from: ZoneFrom) -> None: ...

    async def withdraw(self, tx: Tx, call_ids: Sequence[UUID]) -> None: ...

    async def close_batch(
        self, tx: Tx, batch_id: UUID, state: BatchState, provider_batch_id: str | None = None
    ) -> None: ...

    async def advance_intended(
        self, tx: Tx, batch_id: UUID, state: AttemptState, detail: str | None = None
    ) -> list[Attempt]:
        """Move what is still ``intended``; answers those attempts. What a webhook moved on stays."""

    async def hand_over(self, tx: Tx, batch: Batch, call_ids: Sequence[UUID]) -> None:
        """Put attempts that are still ``intended`` into another batch, which is new."""

    async def of_batch(self, tx: Tx, batch_id: UUID) -> list[Attempt]: ...

    async def get(self, tx: Tx, call_id: UUID, *, lock: bool = False) -> Attempt | None: ...

    async def find_for(self, tx: Tx, news: CallNews) -> Attempt | None:
        """The attempt that the news is about, locked; None when none, or more than one, could be meant."""

    async def bind(self, tx: Tx, attempt: Attempt, conversation_id: str | None, call_sid: str | None) -> None:
        """What is bound stays bound; a conversation that belongs to another attempt is left there."""

    async def hear_machine(self, tx: Tx, call_id: UUID) -> None:
        """The line said that a machine picked up."""

    async def move(
        self, tx: Tx, call_id: UUID, state: AttemptState, news: CallNews | None = None
    ) -> None: ...

    async def keep_transcript(
        self, tx: Tx, call_id: UUID, text: str, turns: Sequence[Mapping[str, Any]]
    ) -> None: ...

    async def may_retry(self, tx: Tx, application_id: int) -> bool:
        """The application is still in the calling part of the pipeline."""
