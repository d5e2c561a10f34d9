"""Calling's replica of intake's facts, and the queue that follows from an application's status.

One consumer for all of them: their order across kinds matters. It works in batches, because an import opens
applications and "Trigger calls" queues them by the thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from chassis import Handlers, Tx
from contracts import Envelope, Event
from contracts.calling import CallPurpose
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
    OutcomeConfirmed,
    PositionOpened,
    PositionRevised,
)

from calling.domain.contactability import Refused
from calling.domain.reasons import Reason
from calling.handlers.calling_off import call_off
from calling.handlers.explaining import explain
from calling.handlers.freeing import look_at_queue
from calling.handlers.planning import follow_callbacks, say_when
from calling.ports import Enqueued, Gate, Judged, OpenedApplication, Queue, Replica, Switchboard
from calling.ports.callbacks import Callbacks

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
    OutcomeConfirmed,
    consumer="follow_intake",
)
async def follow_intake(
    envelopes: Sequence[Envelope],
    tx: Tx,
    replica: Replica,
    queue: Queue,
    gate: Gate,
    board: Switchboard,
    callbacks: Callbacks,
) -> None:
    """Keep the facts, queue who is to be called, let whoever they are about be looked at again."""
    events = [envelope.event for envelope in envelopes]
    revised = await _keep_facts(events, tx, replica)
    last = await _fresh_changes(events, tx, replica)
    queued = await _follow_statuses(last, tx, queue, board)
    await _follow_wishes(events, tx, replica, queue, gate, board)
    await follow_callbacks(tx, callbacks, [change for change, _ in last], events)
    await say_when(tx, queue, gate, callbacks, events, revised)
    if revised:
        await queue.release(tx, revised)
        await _call_off_where_closed(tx, queue, board, revised)
    people = {one.candidate_id for one in _only(events, CandidateProfileRevised)}
    released = await queue.release_people(tx, people) if people else []
    for position_id in sorted({*revised, *queued, *released}):
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


async def _call_off_where_closed(tx: Tx, queue: Queue, board: Switchboard, revised: Sequence[int]) -> None:
    for position_id in revised:
        position = await queue.position(tx, position_id)
        if position is None or position.terms.status == "open":
            continue
        closed = position.terms.status == "closed"
        reason = Reason.POSITION_CLOSED if closed else Reason.POSITION_PAUSED
        call_off(tx, await board.recalls.out(tx, [position_id]), reason)


async def _follow_wishes(
    events: Sequence[Event], tx: Tx, replica: Replica, queue: Queue, gate: Gate, board: Switchboard
) -> None:
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
    call_off(tx, await board.recalls.out_with(tx, candidate_ids=spared), Reason.DO_NOT_CONTACT)
    cases = await gate.callees.queued(tx, await queue.of_candidates(tx, spared))
    await explain(tx, queue, [Judged(case, Refused(Reason.DO_NOT_CONTACT), None, {}) for case in cases])


async def _fresh_changes(
    events: Sequence[Event], tx: Tx, replica: Replica
) -> list[tuple[ApplicationStatusChanged, bool]]:
    """The last change of each application, and whether any of them asked for a call anew."""
    changes = _only(events, ApplicationStatusChanged)
    if not changes:
        return []
    fresh = await replica.keep_statuses(tx, changes)
    asked_for = {change.application_id for change in fresh if _starts_a_round(change)}
    last = {change.application_id: change for change in fresh}
    return [(change, change.application_id in asked_for) for change in last.values()]


async def _follow_statuses(
    last: Sequence[tuple[ApplicationStatusChanged, bool]], tx: Tx, queue: Queue, board: Switchboard
) -> list[int]:
    """Answers the positions with new entries."""
    enqueued = [_entry(change) for change, anew in last if _is_queued(change) and anew]
    back = [_entry(change) for change, anew in last if _is_queued(change) and not anew]
    left = [change.application_id for change, _ in last if _leaves_the_queue(change)]
    if left:
        await queue.drop(tx, left)
        call_off(tx, await board.recalls.out_with(tx, application_ids=left), Reason.NO_LONGER_QUEUED)
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
        change.sequence,
    )


def _only(events: Sequence[Event], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]
