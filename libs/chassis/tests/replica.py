"""A service in a process of its own, so that it can be killed: ``python replica.py FAILING SEED``."""

from __future__ import annotations

import os
import random
import sys

from chassis import Handlers, Service, ServiceSettings, Tx, run
from contracts.calling import CallDeferred
from contracts.messaging import CandidateUnreachable


def flaky_note_taker(chance: random.Random, failing: float) -> Handlers:
    """Writes notes down in the order they come, says so, and fails now and then."""
    handlers = Handlers("intake")

    @handlers.on(CandidateUnreachable)
    async def take_note(event: CandidateUnreachable, tx: Tx) -> None:
        await tx.db.execute(
            "INSERT INTO notes (application_id, text) VALUES ($1, $2)", event.application_id, event.reason
        )
        tx.publish(
            CallDeferred(
                candidate_id=event.candidate_id,
                application_id=event.application_id,
                until=None,
                reason=event.reason,
            )
        )
        if chance.random() < failing:
            raise RuntimeError("not this time")

    return handlers


if __name__ == "__main__":
    failing, seed = float(sys.argv[1]), int(sys.argv[2])
    handlers = flaky_note_taker(random.Random(seed), failing)
    run(Service("intake", ServiceSettings.model_validate_json(os.environ["REPLICA"]), handlers))
