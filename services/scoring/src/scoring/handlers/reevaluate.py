"""Judging a call anew: on demand, or because the position's rules changed.

A new evaluation stands beside the former ones, which stay. It moves nothing by itself: whether its outcome is
to count is a recruiter's decision, and intake's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.scoring import EvaluationRequested, Reevaluate, ReevaluatePosition

from scoring.ports import Evaluations, Judged, Pipeline

handlers = Handlers("scoring")

REFUSALS = {
    "under_way": "An evaluation of this application is under way: wait for its result.",
    "not_judged": "None of this application's calls has been judged yet.",
    "transcript_missing": "Nothing was written down of this application's last call.",
}


@handlers.answers(Reevaluate)
async def reevaluate(command: Reevaluate, tx: Tx, evaluations: Evaluations) -> Accepted:
    """Each application's last judged call, by the position's rules as they are now."""
    ids = list(dict.fromkeys(command.application_ids))
    refused = dict.fromkeys(await evaluations.under_way(tx, ids), "under_way")
    last = {judged.application_id: judged for judged in await evaluations.last_judged(tx, ids)}
    for id in ids:
        if id not in last:
            refused.setdefault(id, "not_judged")
        elif not last[id].has_words:
            refused.setdefault(id, "transcript_missing")
    wanted = [last[id] for id in ids if id not in refused]
    requested = await _request(tx, evaluations, wanted, "on_demand", command.actor)
    refused |= {judged.application_id: "under_way" for judged in wanted if judged not in requested}
    return Accepted(
        result={
            "requested": [judged.application_id for judged in requested],
            "refused": [
                {"application_id": id, "code": refused[id], "message": REFUSALS[refused[id]]}
                for id in ids
                if id in refused
            ],
        }
    )


@handlers.answers(ReevaluatePosition)
async def reevaluate_position(
    command: ReevaluatePosition, tx: Tx, evaluations: Evaluations, pipeline: Pipeline
) -> Accepted | Refused:
    """Everybody of a position who was judged by other rules than the present ones."""
    if not await pipeline.has_position(tx, command.position_id):
        return Refused(code="not_found", message="There is no such position.")
    stale = await evaluations.judged_by_other_rules(tx, command.position_id)
    requested = await _request(tx, evaluations, stale, "rules_changed", command.actor)
    return Accepted(result={"requested": len(requested)})


async def _request(
    tx: Tx,
    evaluations: Evaluations,
    wanted: Sequence[Judged],
    because: Literal["on_demand", "rules_changed"],
    actor: Actor,
) -> list[Judged]:
    """Those that were written down. Whoever asked for the same at the same moment may have been first."""
    new = {tx.new_id(): judged for judged in wanted}
    former = {id: judged.evaluation_id for id, judged in new.items()}
    added = await evaluations.add_again(tx, former, because, actor.model_dump(mode="json"))
    for id, judged in new.items():
        if id in added:
            tx.publish(
                EvaluationRequested(
                    candidate_id=judged.candidate_id,
                    application_id=judged.application_id,
                    evaluation_id=id,
                    call_id=judged.call_id,
                    because=because,
                    former_id=judged.evaluation_id,
                    actor=actor,
                )
            )
    return [judged for id, judged in new.items() if id in added]
