"""Looking at a queue again, because something it waits for has come."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.calling import DialDue

from calling.ports import Attempt, Queue


def look_at_queue(tx: Tx, position_id: int) -> None:
    """As soon as this is committed. Only the handler of ``DialDue`` sets the timer for later: it sees all."""
    tx.publish(DialDue(position_id=position_id))


async def look_again_after(tx: Tx, queue: Queue, ended: Sequence[Attempt]) -> None:
    """These calls have ended, or never rang: who waited until the person hangs up may be next, and who waits
    for a line. Of those it is said in any case: they may be set aside by somebody at this very moment, and
    whoever hears of it decides after them."""
    released = await queue.release_after(tx, [attempt.call_id for attempt in ended])
    for position_id in sorted({*released, *(attempt.position_id for attempt in ended)}):
        look_at_queue(tx, position_id)
