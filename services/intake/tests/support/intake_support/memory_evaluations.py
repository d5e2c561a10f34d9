"""Evaluations in memory, with the promises of the table."""

from __future__ import annotations

from uuid import UUID

from chassis import Tx
from intake.domain.evaluations import Evaluation

from intake_support.memory import Shelf


class MemoryEvaluations:
    def __init__(self, shelf: Shelf) -> None:
        self._known = shelf.evaluations

    async def remember(self, tx: Tx, evaluation: Evaluation) -> None:
        self._known.setdefault(evaluation.evaluation_id, evaluation)

    async def get(self, tx: Tx, evaluation_id: UUID) -> Evaluation | None:
        return self._known.get(evaluation_id)

    async def heard_not_to_call(self, tx: Tx, call_id: UUID) -> bool:
        return any(one.call_id == call_id and one.do_not_call for one in self._known.values())
