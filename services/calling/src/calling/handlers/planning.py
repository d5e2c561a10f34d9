"""Agreed callbacks: when each will be dialled is said once it is agreed, and again when that changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from chassis import Tx
from contracts import Event
from contracts.calling import CallbackPlanned, ZoneFrom
from contracts.intake import (
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfileRevised,
    OutcomeConfirmed,
)

from calling.domain.callbacks import plan
from calling.handlers.judging import terms_now
from calling.ports import Case, Gate, Queue
from calling.ports.callbacks import Agreed, Callbacks


async def follow_callbacks(
    tx: Tx,
    callbacks: Callbacks,
    last_changes: Sequence[ApplicationStatusChanged],
    events: Sequence[Event],
) -> None:
    """Keep what was agreed; a proposal counts when it is confirmed."""
    agreed = {one.application_id: _agreed(one) for one in last_changes}
    if over := [application_id for application_id, one in agreed.items() if one is None]:
        await callbacks.forget(tx, over)
    if kept := [one for one in agreed.values() if one is not None]:
        await callbacks.agree(tx, kept)
    if confirmed := [one.application_id for one in events if isinstance(one, OutcomeConfirmed)]:
        await callbacks.confirm(tx, confirmed)


def _agreed(change: ApplicationStatusChanged) -> Agreed | None:
    if change.current is not ApplicationStatus.CALLBACK_SCHEDULED or change.callback_at is None:
        return None
    return Agreed(
        change.application_id,
        change.candidate_id,
        change.position_id,
        change.callback_at,
        confirmed=not change.proposed,
    )


async def say_when(
    tx: Tx, queue: Queue, gate: Gate, callbacks: Callbacks, events: Sequence[Event], revised: Sequence[int]
) -> None:
    """For callbacks that these events are about; what was said already is not said again."""
    moved = (ApplicationStatusChanged, OutcomeConfirmed)
    applications = {one.application_id for one in events if isinstance(one, moved)}
    people = {one.candidate_id for one in events if isinstance(one, CandidateProfileRevised)}
    if not (applications or people or revised):
        return
    ahead = await callbacks.ahead(
        tx, application_ids=applications, position_ids=revised, candidate_ids=people
    )
    cases = {
        one.application_id: one for one in await gate.callees.queued(tx, [a.application_id for a in ahead])
    }
    said = {}
    for position_id, group in groupby(sorted(ahead, key=lambda a: a.position_id), lambda a: a.position_id):
        for event in await _plans(tx, queue, gate, position_id, list(group), cases):
            tx.publish(event)
            said[event.application_id] = event.model_dump(mode="json", include=_SAID)
    if said:
        await callbacks.said(tx, said)


_SAID = {"asked_for", "planned_at", "moved_because", "time_zone", "zone_from"}


async def _plans(
    tx: Tx, queue: Queue, gate: Gate, position_id: int, ahead: list[Agreed], cases: dict[int, Case]
) -> list[CallbackPlanned]:
    position = await queue.position(tx, position_id)
    if position is None:
        return []
    events = []
    for one in ahead:
        if (case := cases.get(one.application_id)) is None:
            continue
        terms = terms_now(gate, position, [case], one.asked_for)
        planned = plan(one.asked_for, terms, case.callee.where.place(terms.time_zone))
        event = CallbackPlanned(
            candidate_id=one.candidate_id,
            application_id=one.application_id,
            asked_for=one.asked_for,
            planned_at=planned.at,
            moved_because=planned.moved_because,
            time_zone=planned.place.zone,
            zone_from=ZoneFrom(planned.place.source.value),
        )
        if event.model_dump(mode="json", include=_SAID) != one.said:
            events.append(event)
    return events
