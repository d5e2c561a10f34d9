"""What the handlers need from outside."""

from __future__ import annotations

from typing import Protocol

from chassis import Tx

from recruiter_ui.domain.folding import Fold


class ReadModel(Protocol):
    async def fold(self, tx: Tx, batch: Fold) -> None:
        """Merge the rows of a batch into the read tables and tell the open pages what changed."""
