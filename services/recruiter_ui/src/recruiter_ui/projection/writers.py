"""Which function says what rows a kind of fact touches, and the two rows that most of them share.

Every moment written comes from the fact or its envelope, never from the reader's clock, so that folding the
stream again gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, TypeVar

from contracts import Actor, BlobRef, Envelope, Event
from contracts.base import Value

from recruiter_ui.domain import tables as read
from recruiter_ui.domain.folding import Row, Table

Rows = Iterator[tuple[Table, Row]]
Kind = TypeVar("Kind", bound=Event)
WRITERS: dict[type[Event], Callable[[Any, Envelope], Rows]] = {}


def writes(
    kind: type[Kind],
) -> Callable[[Callable[[Kind, Envelope], Rows]], Callable[[Kind, Envelope], Rows]]:
    """Register the function that says which rows a kind of fact touches."""

    def register(function: Callable[[Kind, Envelope], Rows]) -> Callable[[Kind, Envelope], Rows]:
        WRITERS[kind] = function
        return function

    return register


def plain(blob: BlobRef | None) -> Row | None:
    return None if blob is None else blob.model_dump(mode="json")


def activity(event: Event, at: datetime) -> Rows:
    """The application was last touched then, whatever the fact."""
    if event.application_id is not None:
        yield read.APPLICATIONS, {"application_id": event.application_id, "last_activity_at": at}


def timeline(event: Event, envelope: Envelope, actor: Actor | None = None, /, **detail: Any) -> Rows:
    """One line of the application's history, and the moment of its last activity."""
    yield (
        read.TIMELINE,
        {
            "event_id": envelope.id,
            "application_id": event.application_id,
            "candidate_id": event.candidate_id,
            "at": envelope.time,
            "kind": f"{event.noun}.{event.fact}",
            "actor_kind": actor.kind if actor else "system",
            "actor_name": actor.name if actor else None,
            "detail": detail,
        },
    )
    yield from activity(event, envelope.time)


def changes_between(
    before: Value | None, then: Value, *, named_only: Collection[str]
) -> list[dict[str, Any]]:
    """The fields that differ, with both values; of those ``named_only`` (long ones) just the name."""
    if before is None:
        return []
    old, new = before.model_dump(mode="json"), then.model_dump(mode="json")
    return [
        {"field": name} if name in named_only else {"field": name, "before": old.get(name), "after": value}
        for name, value in new.items()
        if old.get(name) != value
    ]
