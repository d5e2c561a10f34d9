"""Calling's replica of intake's facts, and the queue that follows from an application's status.

One consumer for all of them: their order across kinds matters. It works in batches, because an import opens
applications and "Trigger calls" queues them by the thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from chassis import Handlers, Tx
from contracts import Envelope, Event
from contracts.calling import CallPurpose, DialDue
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactAllowed,
    ContactChannel,
    ContactForbidden,
    PositionOpened,
    PositionRevised,
)

from calling.domain.contactability import Reason, Refused
from calling.handlers.dialling import explain
from calling.ports import Enqueued, OpenedApplication, Queue, Replica

handlers = Handlers("calling")
Kind = TypeVar("Kind", bound=Event)


@handlers.on_batch(
    PositionOpened,
    PositionRevised,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
    ApplicationOpened,
    ApplicationStatusChanged,
    ContactForbidden,
    ContactAllowed,
    consumer="follow_intake",
)
async def follow_intake(envelopes: Sequence[Envelope], tx: Tx, replica: Replica, queue: Queue) -> None:
    """Keep the facts, queue who is to be called, let positions that changed look at their queue again."""
    events = [envelope.event for envelope in envelopes]
    revised = await _keep_facts(events, tx, replica)
    queued = await _follow_statuses(events, tx, replica, queue)
    await _follow_wishes(events, tx, replica, queue)
    if revised:
        await queue.release(tx, revised)
    for position_id in sorted({*revised, *queued}):
        look_at_queue(tx, position_id)


async def _keep_facts(events: Sequence[Event], tx: Tx, replica: Replica) -> list[int]:
    """Answers the positions that changed."""
    profiles = {}
    for event in events:
        if isinstance(event, ApplicationOpened | CandidateProfileRevised):
            profiles[event.candidate_id] = event.profile
    opened = [
        OpenedApplication(one.application_id, one.candidate_id, one.position_id)
        for one in _only(events, ApplicationOpened)
    ]
    positions = [(one.position_id, 0, one.details) for one in _only(events, PositionOpened)]
    revisions = [(one.position_id, one.revision, one.details) for one in _only(events, PositionRevised)]
    if positions or revisions:
        await replica.keep_positions(tx, [*positions, *revisions])
    if profiles:
        await replica.keep_candidates(tx, profiles)
    if opened:
        await replica.keep_applications(tx, opened)
    if merges := [one for one in events if isinstance(one, CandidatesMerged | CandidatesUnmerged)]:
        await replica.keep_merges(tx, merges)
    return sorted({position_id for position_id, _, _ in revisions})


async def _follow_wishes(events: Sequence[Event], tx: Tx, replica: Replica, queue: Queue) -> None:
    """Whoever asked not to be called leaves the queue at once, also where the call was not due yet."""
    forbidden: dict[int, bool] = {}
    for event in events:
        if isinstance(event, ContactForbidden | ContactAllowed) and event.channel is ContactChannel.CALL:
            forbidden[event.candidate_id] = isinstance(event, ContactForbidden)
    if not forbidden:
        return
    spared = {candidate_id for candidate_id, wish in forbidden.items() if wish}
    await replica.forbid_calls(tx, spared)
    await replica.allow_calls(tx, forbidden.keys() - spared)
    for application_id, candidate_id in await queue.of_candidates(tx, spared):
        await explain(tx, queue, application_id, candidate_id, Refused(Reason.DO_NOT_CONTACT))


async def _follow_statuses(events: Sequence[Event], tx: Tx, replica: Replica, queue: Queue) -> list[int]:
    """Answers the positions with new entries. The last change of an application within the batch counts."""
    changes = _only(events, ApplicationStatusChanged)
    if not changes:
        return []
    fresh = await replica.keep_statuses(tx, changes)
    last = {change.application_id: change for change in fresh}
    asked_for = {change.application_id for change in fresh if _starts_a_round(change)}
    queued = [change for change in last.values() if _is_queued(change)]
    enqueued = [_entry(change) for change in queued if change.application_id in asked_for]
    back = [_entry(change) for change in queued if change.application_id not in asked_for]
    left = [change.application_id for change in last.values() if _leaves_the_queue(change)]
    if left:
        await queue.drop(tx, left)
    if enqueued:
        await queue.enqueue(tx, enqueued)
    if back:
        await queue.go_on(tx, back)
    return [entry.position_id for entry in (*enqueued, *back)]


def _is_queued(change: ApplicationStatusChanged) -> bool:
    return change.current is ApplicationStatus.CALL_QUEUED


def _starts_a_round(change: ApplicationStatusChanged) -> bool:
    """Else nothing new is asked for, and the entry goes on where it was: a decision was taken back, or the
    call that is wanted rings already, or it is the echo of our own retry. That set its entry itself, but a
    decision may have dropped it before intake heard of the retry."""
    echo = change.previous is ApplicationStatus.CALL_IN_PROGRESS
    return _is_queued(change) and not echo and change.undoes is None and change.call_under_way is None


def _leaves_the_queue(change: ApplicationStatusChanged) -> bool:
    return change.current not in (ApplicationStatus.CALL_QUEUED, ApplicationStatus.CALL_IN_PROGRESS)


def _entry(change: ApplicationStatusChanged) -> Enqueued:
    callback = change.previous is ApplicationStatus.CALLBACK_SCHEDULED
    return Enqueued(
        change.application_id,
        change.candidate_id,
        change.position_id,
        CallPurpose.CALLBACK if callback else CallPurpose.SCREENING,
    )


def look_at_queue(tx: Tx, position_id: int) -> None:
    """As soon as this is committed. Only the handler of ``DialDue`` sets the timer for later: it sees all."""
    tx.publish(DialDue(position_id=position_id))


def _only(events: Sequence[Event], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]
