"""A message that always fails is given up after growing delays, with its reason, while the others flow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import asyncpg
from chassis.history import DeadLetter, dead_letters_of
from chassis.testing import eventually
from contracts.calling import CallCompleted
from contracts.streams import DEAD_LETTERS, EVENTS
from ops.bus import Operator
from ops.demo.performing import Performance

Cast = Callable[..., Awaitable[list[int]]]

WHO_LISTENS = {
    "intake__follow_pipeline",
    "scoring__queue_completed_call_for_scoring",
    "recruiter_ui__project",
}
DELIVERIES = 8


async def test_a_poisoned_message_harms_only_itself(
    performance: Performance, operator: Operator, db: asyncpg.Connection[Any], cast: Cast
) -> None:
    applications = await cast("qualifies", "wants-a-human")
    poison = uuid4()
    headers = {
        "Nats-Msg-Id": str(poison),
        "ce-specversion": "1.0",
        "ce-id": str(poison),
        "ce-type": CallCompleted.type(),
        "ce-source": "calling",
        "ce-time": "2026-11-17T10:00:00.000000Z",
        "ce-correlationid": str(poison),
    }
    subject = f"evt.{CallCompleted.type()}.999999.999999"
    ack = await operator.js.publish(subject, b'{"this is": "no call"}', headers=headers)
    tries: dict[str, list[float]] = {}

    async def given_up() -> list[DeadLetter]:
        for row in await db.fetch(
            "SELECT consumer, extract(epoch FROM retry_at) AS at FROM scoring.deferred"
        ):
            times = tries.setdefault(row["consumer"], [])
            if float(row["at"]) not in times:
                times.append(float(row["at"]))
        return [letter async for letter in dead_letters_of(operator.js) if letter.event_id == str(poison)]

    letters = await eventually(
        given_up, lambda found: {one.consumer for one in found} >= WHO_LISTENS, within=30, every=0.02
    )
    assert {one.attempts for one in letters} == {DELIVERIES}
    assert all("this is" not in one.reason and one.reason for one in letters)
    (times,) = tries.values()
    delays = [later - earlier for earlier, later in pairwise(times)]
    assert len(delays) >= 3
    assert max(delays) > 2 * min(delays), "the delays grow"

    await operator.js.delete_msg(EVENTS.name, ack.seq)
    await operator.js.purge_stream(DEAD_LETTERS.name)
    await performance.play(applications, 60)
    assert [verdict.mistakes for verdict in await performance.verdicts(applications)] == [(), ()]
