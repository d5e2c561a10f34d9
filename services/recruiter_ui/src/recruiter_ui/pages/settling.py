"""After a command the next page shows what it did: wait, for a moment, until the read model has it."""

from __future__ import annotations

import time
from typing import Any

from recruiter_ui.web import Visit

PATIENCE_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.2
"""For facts that no open page is told of; others wake us."""


async def settled(visit: Visit, question: str, *arguments: Any, within: float = PATIENCE_SECONDS) -> bool:
    """Whether ``question`` (a statement that answers a boolean) came true in time.

    False is no failure: the owner has accepted, and the page changes by itself when the fact arrives.
    """
    feed, deadline = visit.ui.feed, time.monotonic() + within
    while True:
        seen = feed.last
        async with visit.ui.begin() as tx:
            if await tx.db.fetchval(question, *arguments):
                return True
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        await feed.after(seen, min(left, _LOOK_AGAIN_SECONDS))
