"""What calling needs: what it remembers of intake, its queue, its attempts, and a telephone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.calling import CallPurpose
from contracts.intake import (
    ApplicationStatusChanged,
    CandidateProfile,
    CandidatesMerged,
    CandidatesUnmerged,
    PositionDetails,
)

from calling.domain.attempts import AttemptState
from calling.domain.contactability import Callee, Terms
from calling.domain.news import CallNews


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """What an installation may set about calling."""

    overdue_after: timedelta = timedelta(minutes=15)
    batch_size: int = 50
    most_at_once: int = 500
    """Queue entries looked at in one transaction."""
    provider_pause: timedelta = timedelta(minutes=5)
    """How long calls wait after the provider took none."""
    effect_grace_seconds: float = 60.0
    """How long, in real time, a request without an answer may still make a telephone ring."""


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    application_id: int
    candidate_id: int
    position_id: int


class Replica(Protocol):
    """What calling remembers of intake's facts. Older news than what is known changes nothing."""

    async def keep_positions(self, tx: Tx, positions: Sequence[tuple[int, int, PositionDetails]]) -> None:
        """(position id, revision, details)."""

    async def keep_candidates(self, tx: Tx, profiles: Mapping[int, CandidateProfile]) -> None: ...

    async def keep_applications(self, tx: Tx, opened: Sequence[OpenedApplication]) -> None: ...

    async def forbid_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None: ...

    async def allow_calls(self, tx: Tx, candidate_ids: Collection[int]) -> None: ...

    async def keep_statuses(
        self, tx: Tx, changes: Sequence[ApplicationStatusChanged]
    ) -> list[ApplicationStatusChanged]:
        """Answers those that were news, in the order given."""

    async def keep_merges(self, tx: Tx, facts: Sequence[CandidatesMerged | CandidatesUnmerged]) -> None:
        """Which ids are one person. A merge and its undoing may come in either order, and more than once."""


@dataclass(frozen=True, slots=True)
class Position:
    position_id: int
    terms: Terms
    retry_interval: timedelta
    title: str
    description: str
    system_prompt: str
    first_message: str
    record_calls: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A queued call that is due, with what the gate needs to know."""

    application_id: int
    candidate_id: int
    purpose: CallPurpose
    round: int
    last_attempt_number: int
    callee: Callee
    told_reason: str | None
    told_until: datetime | None


@dataclass(frozen=True, slots=True)
class Enqueued:
    application_id: int
    candidate_id: int
    position_id: int
    purpose: CallPurpose


class Queue(Protocol):
    """Who is to be called: one entry per application, ``waiting``, ``held``, ``dialling`` or ``done``."""

    async def position(self, tx: Tx, position_id: int, *, lock: bool = False) -> Position | None:
        """Whoever sets a position's dial timer holds its lock."""

    async def enqueue(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        """Start a new round for each; an entry that already waits or is being dialled stays as it is."""

    async def go_on(self, tx: Tx, entries: Sequence[Enqueued]) -> None:
        """Put back what was dropped, in the round and for the purpose it had, and no sooner than it was due.

        Not where the round has had its call, or its attempt without a further one being planned: intake is
        about to hear of that.
        """

    async def drop(self, tx: Tx, application_ids: Sequence[int]) -> None:
        """Take waiting and held entries out."""

    async def release(self, tx: Tx, position_ids: Sequence[int]) -> None:
        """The position changed: its waiting and held entries are looked at again."""

    async def due(self, tx: Tx, position_id: int, limit: int) -> list[Entry]: ...

    async def set_aside(self, tx: Tx, application_id: int, until: datetime | None, reason: str) -> None:
        """Look again at ``until``; None holds the entry until the position changes."""

    async def of_candidates(self, tx: Tx, candidate_ids: Collection[int]) -> list[tuple[int, int]]:
        """(application id, candidate id) of their waiting and held entries."""

    async def calls_forbidden(self, tx: Tx, candidate_id: int) -> bool: ...

    async def dialling(self, tx: Tx, application_ids: Sequence[int]) -> None: ...

    async def again(self, tx: Tx, application_id: int, not_before: datetime) -> None:
        """Nobody was reached: the same round goes on at ``not_before``."""

    async def finish(self, tx: Tx, application_ids: Sequence[int]) -> None: ...

    async def next_due(self, tx: Tx, position_id: int) -> datetime | None: ...


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


@dataclass(frozen=True, slots=True)
class Planned:
    """An attempt that is about to be dialled, with the facts of this moment."""

    attempt: Attempt
    callee: Callee
    values: Mapping[str, str]
    """Placeholder values of recruitflow.md 9."""


class Attempts(Protocol):
    """Every attempt ever made; one conversation belongs to one attempt, one number rings once at a time."""

    async def prepare(self, tx: Tx, batch: Batch, attempts: Sequence[Attempt]) -> None: ...

    async def batch(self, tx: Tx, batch_id: UUID, *, lock: bool = False) -> Batch | None: ...

    async def planned(self, tx: Tx, batch_id: UUID) -> list[Planned]:
        """The attempts of a batch that are still only intended, locked; and their applications' statuses, so
        that nobody queues anew what is about to be taken back, and finds it still dialling."""

    async def withdraw(self, tx: Tx, call_ids: Sequence[UUID]) -> None: ...

    async def close_batch(
        self, tx: Tx, batch_id: UUID, state: BatchState, provider_batch_id: str | None = None
    ) -> None: ...

    async def advance_intended(self, tx: Tx, batch_id: UUID, state: AttemptState) -> list[Attempt]:
        """Move what is still ``intended``; answers those attempts. What a webhook moved on stays."""

    async def hand_over(self, tx: Tx, batch: Batch, call_ids: Sequence[UUID]) -> None:
        """Put attempts that are still ``intended`` into another batch, which is new."""

    async def of_batch(self, tx: Tx, batch_id: UUID) -> list[Attempt]: ...

    async def get(self, tx: Tx, call_id: UUID, *, lock: bool = False) -> Attempt | None: ...

    async def find_for(self, tx: Tx, news: CallNews) -> Attempt | None:
        """The attempt that the news is about, locked; None when none, or more than one, could be meant."""

    async def bind(self, tx: Tx, attempt: Attempt, conversation_id: str | None, call_sid: str | None) -> None:
        """What is bound stays bound; a conversation that belongs to another attempt is left there."""

    async def move(
        self, tx: Tx, call_id: UUID, state: AttemptState, news: CallNews | None = None
    ) -> None: ...

    async def keep_transcript(
        self, tx: Tx, call_id: UUID, text: str, turns: Sequence[Mapping[str, Any]]
    ) -> None: ...

    async def made_in_round(self, tx: Tx, application_id: int, round: int) -> int: ...

    async def may_retry(self, tx: Tx, application_id: int) -> bool:
        """The application is still in the calling part of the pipeline."""


class UnboundWebhooks(Protocol):
    async def keep(
        self, tx: Tx, delivery_id: UUID, kind: str, reason: str, body: str | None, body_ref: BlobRef | None
    ) -> None:
        """News that belongs to no attempt we know: kept, never lost."""


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """One call as the provider is asked for it."""

    call_id: UUID
    user_id: str
    to_number: str
    system_prompt: str
    first_message: str
    record: bool = True
    """False: the line is not recorded; what is said is still written down."""


class Telephony(Protocol):
    """The provider. What makes a telephone ring raises as ``chassis.effects`` says, and never repeats."""

    async def place(self, call: OutgoingCall) -> dict[str, Any]:
        """One call; answers ``{"conversation_id": str | None, "call_sid": str | None}``."""

    async def submit(self, batch_id: UUID, calls: Sequence[OutgoingCall]) -> dict[str, Any]:
        """Many calls; answers ``{"provider_batch_id": str | None}``."""

    async def find_batch(self, batch_id: UUID, since: datetime) -> str | None:
        """The provider's id of a batch that we submitted; None when the provider knows none."""

    async def batch_news(self, provider_batch_id: str) -> list[CallNews]: ...

    async def find_call(self, call_id: UUID, user_id: str, since: datetime) -> CallNews | None: ...

    async def conversation(self, conversation_id: str) -> CallNews | None:
        """None when the provider does not know it."""


class TelephonyUnavailable(Exception):
    """A question got no usable answer: ask again later."""
