"""Calls that are not placed now: their entries wait or leave, and the recruiter hears why, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chassis import Tx
from contracts.calling import CallDeferred, CallRefused, ZoneFrom

from calling.domain.contactability import Deferred, Refused
from calling.domain.reasons import Reason
from calling.ports import Case, Judged, Queue, Waiting

LOOK_AGAIN = timedelta(hours=1)
"""The end of the other call makes it be looked at again at once. This is for the case that both were decided
on at the same moment, and neither saw the other."""


async def explain(tx: Tx, queue: Queue, judged: Sequence[Judged]) -> None:
    """Whatever of it is allowed is left alone."""
    waiting = [(one.case, one.verdict) for one in judged if isinstance(one.verdict, Deferred)]
    refused = [(one.case, one.verdict) for one in judged if isinstance(one.verdict, Refused)]
    if waiting:
        await queue.set_aside(tx, [_aside(tx, case, verdict) for case, verdict in waiting])
    if refused:
        await queue.finish(tx, [case.application_id for case, _ in refused])
    for case, verdict in waiting:
        if (case.told_reason, case.told_until) != (verdict.reason.value, verdict.until):
            tx.publish(_deferred(case, verdict))
    for case, refusal in refused:
        if refusal.reason is not Reason.NO_LONGER_QUEUED:
            tx.publish(refused_call(case, refusal.reason.value, refusal.message))


def _aside(tx: Tx, case: Case, verdict: Deferred) -> Waiting:
    look_again = verdict.until
    if verdict.reason is Reason.PERSON_BEING_CALLED:
        look_again = tx.now + LOOK_AGAIN
    return Waiting(case.application_id, look_again, verdict.until, verdict.reason.value)


def _deferred(case: Case, verdict: Deferred) -> CallDeferred:
    place = verdict.place
    return CallDeferred(
        candidate_id=case.candidate_id,
        application_id=case.application_id,
        until=verdict.until,
        reason=verdict.message,
        code=verdict.reason.value,
        time_zone=place.zone if place else None,
        zone_from=ZoneFrom(place.source) if place else None,
    )


def refused_call(case: Case, code: str, message: str) -> CallRefused:
    return CallRefused(
        candidate_id=case.candidate_id,
        application_id=case.application_id,
        code=code,
        message=message,
        queued_by=case.queued_by,
    )
