"""Saying that batches are to be called off, and stopping by itself where too many calls fail.

Shared by whoever learns that calls must not be made; the provider is asked in ``recalling``.
"""

from __future__ import annotations

from collections.abc import Iterable

from chassis import Tx
from contracts.base import Actor
from contracts.calling import BatchRecallDue, DiallingStopped

from calling.domain.attempts import AttemptState
from calling.domain.breaker import too_many_failures
from calling.domain.news import CallNews
from calling.domain.reasons import MESSAGES, Reason
from calling.ports import Batch, Out, Switchboard


def call_off(tx: Tx, batches: Iterable[Out], reason: Reason, because: str | None = None) -> None:
    for out in batches:
        tx.publish(_recall(out, reason.value, because or MESSAGES[reason]))


async def call_off_in_time(tx: Tx, board: Switchboard, batch: Batch) -> None:
    """A batch was handed over: what is left of it when its hours end is called off, and all of it at once
    where that was wanted while it was on its way."""
    if wanted := await board.recalls.asked(tx, batch.batch_id):
        tx.publish(_recall(batch, wanted.code, wanted.because))
    closes_at = await board.recalls.closing(tx, batch.batch_id)
    if closes_at is not None:
        tx.publish(
            _recall(batch, Reason.OUTSIDE_HOURS.value, "The calling hours end where the person is."),
            at=max(closes_at - board.closing_margin, tx.now),
            key=f"recall:{batch.batch_id}",
        )


async def still_called_off(tx: Tx, board: Switchboard, batch: Batch, news: CallNews) -> bool:
    """Of a call that was not dialled, whether what the provider says of it is no news: it waits for its turn,
    or it was called off by us, and is about to be taken back, which is said once more."""
    if news.state is AttemptState.IN_PROGRESS:
        return True
    wanted = await board.recalls.asked(tx, batch.batch_id)
    if wanted is None:
        return False
    tx.publish(_recall(batch, wanted.code, wanted.because))
    return True


def _recall(out: Out | Batch, code: str, because: str) -> BatchRecallDue:
    return BatchRecallDue(batch_id=out.batch_id, position_id=out.position_id, code=code, because=because)


async def mind_failures(tx: Tx, board: Switchboard, position_id: int) -> None:
    """To be asked in the transaction that records a failure, when all else of it is done: it makes others
    wait that record failures of the same position."""
    seen = await board.stops.outcomes(tx, position_id, tx.now - board.breaker.window)
    why = too_many_failures(board.breaker, seen)
    if why is None:
        return
    actor = Actor.system()
    if not await board.stops.stop(tx, position_id, "too_many_failures", why, actor):
        return
    tx.publish(DiallingStopped(position_id=position_id, code="too_many_failures", reason=why, actor=actor))
    call_off(tx, await board.recalls.out(tx, [position_id]), Reason.STOPPED, f"Dialling was stopped: {why}.")
