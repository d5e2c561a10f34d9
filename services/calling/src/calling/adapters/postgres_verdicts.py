"""Every verdict of the gate, in PostgreSQL: written by the batch, looked up by application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis import Tx

from calling.domain.contactability import Allowed, Deferred
from calling.ports import Judged, Stage

_KEEP = """
INSERT INTO verdicts (application_id, call_id, stage, purpose, verdict, reason, until, time_zone, zone_from,
                      facts, at)
SELECT application_id, call_id, $2, purpose, verdict, reason, until, time_zone, zone_from, facts, $3
FROM jsonb_to_recordset($1) AS row (application_id bigint, call_id uuid, purpose text, verdict text,
    reason text, until timestamptz, time_zone text, zone_from text, facts jsonb)
"""


class PostgresVerdicts:
    async def keep(self, tx: Tx, stage: Stage, judged: Sequence[Judged]) -> None:
        if judged:
            await tx.db.execute(_KEEP, [_row(one) for one in judged], stage.value, tx.now)


def _row(one: Judged) -> dict[str, Any]:
    verdict = one.verdict
    until = verdict.until if isinstance(verdict, Deferred) else None
    return {
        "application_id": one.case.application_id,
        "call_id": str(one.call_id) if one.call_id else None,
        "purpose": one.case.purpose.value,
        "verdict": type(verdict).__name__.lower(),
        "reason": None if isinstance(verdict, Allowed) else verdict.reason.value,
        "until": until.isoformat() if until else None,
        "time_zone": verdict.place.zone if verdict.place else None,
        "zone_from": verdict.place.source.value if verdict.place else None,
        "facts": one.facts,
    }
