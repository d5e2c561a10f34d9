"""What evaluations said, as the handlers need it kept."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from chassis import Tx

from intake.domain.evaluations import Evaluation


class Evaluations(Protocol):
    async def remember(self, tx: Tx, evaluation: Evaluation) -> None:
        """Once: the first word about one stays."""

    async def get(self, tx: Tx, evaluation_id: UUID) -> Evaluation | None: ...

    async def heard_not_to_call(self, tx: Tx, call_id: UUID) -> bool:
        """Whether an evaluation of this call has heard already that the person is not to be called."""
