"""What would happen to calls if they were asked for now, by the gate that will decide on them."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from chassis import Handlers, Tx
from contracts import Accepted
from contracts.calling import CallsPreview, PreviewCalls, WouldBeRefused, WouldWait, ZoneFrom

from calling.domain.contactability import Allowed, Deferred, Refused, Verdict
from calling.domain.turns import Taken, in_turn
from calling.handlers.judging import terms_now
from calling.handlers.limits import limits_now
from calling.ports import Case, Gate, Position, Queue, Switchboard

handlers = Handlers("calling")


@handlers.answers(PreviewCalls)
async def preview_calls(
    query: PreviewCalls, tx: Tx, queue: Queue, gate: Gate, board: Switchboard
) -> Accepted:
    """Each application once, in the order given, position by position."""
    asked = list(dict.fromkeys(query.application_ids))
    cases = await gate.callees.as_if_queued(tx, asked)
    verdicts: dict[int, Verdict] = {}
    taken = Taken()
    of_position = sorted(cases, key=lambda case: case.position_id)
    for position_id, group in groupby(of_position, key=lambda case: case.position_id):
        if (position := await queue.position(tx, position_id)) is not None:
            position = await limits_now(tx, board, position, taken.lines)
            verdicts |= _of_position(tx, gate, position, list(group), taken)
    preview = _grouped(verdicts, asked)
    return Accepted(result=preview.model_dump(mode="json"))


def _of_position(
    tx: Tx, gate: Gate, position: Position, cases: list[Case], taken: Taken
) -> dict[int, Verdict]:
    terms = terms_now(gate, position, cases, tx.now)
    answers = in_turn([case.callee for case in cases], terms, tx.now, taken)
    return {case.application_id: answer for case, answer in zip(cases, answers, strict=True)}


def _grouped(verdicts: dict[int, Verdict], asked: list[int]) -> CallsPreview:
    preview = CallsPreview(not_known=[one for one in asked if one not in verdicts])
    later: dict[_Wait, list[int]] = {}
    refused: dict[tuple[str, str], list[int]] = {}
    for application_id in asked:
        match verdicts.get(application_id):
            case Allowed():
                preview.now.append(application_id)
            case Deferred() as wait:
                later.setdefault(_told(wait), []).append(application_id)
            case Refused() as refusal:
                refused.setdefault((refusal.reason.value, refusal.message), []).append(application_id)
    for (code, message, until, zone, source), ids in later.items():
        preview.later.append(
            WouldWait(
                application_ids=ids, code=code, message=message, until=until, time_zone=zone, zone_from=source
            )
        )
    for (code, message), ids in refused.items():
        preview.refused.append(WouldBeRefused(application_ids=ids, code=code, message=message))
    return preview


_Wait: TypeAlias = tuple[str, str, datetime | None, str | None, ZoneFrom | None]


def _told(wait: Deferred) -> _Wait:
    place = wait.place
    zone, source = (place.zone, ZoneFrom(place.source.value)) if place else (None, None)
    return (wait.reason.value, wait.message, wait.until, zone, source)
