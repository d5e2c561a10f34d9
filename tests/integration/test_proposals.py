"""Where recruiters see rejections first, nobody is written to before one is confirmed or reversed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
from contracts import Command
from contracts.intake import Confirmation, ConfirmOutcome, ReverseOutcome, RevisePosition
from ops.bus import OPERATOR
from ops.demo.performing import Performance
from ops.seeding import POSITION

Cast = Callable[..., Awaitable[list[int]]]

PATIENCE = 120.0
_POSITION_OF = """
SELECT (data::jsonb ->> 'position_id')::bigint FROM intake.outbox
WHERE type = 'intake.application.opened.v1' AND application_id = $1
"""
_LAST = """
SELECT (data::jsonb ->> 'sequence')::int AS sequence, data::jsonb ->> 'current' AS current,
       (data::jsonb ->> 'proposed')::bool AS proposed
FROM intake.outbox WHERE type = 'intake.application.status_changed.v1' AND application_id = $1
ORDER BY id DESC LIMIT 1
"""
_COMPOSED = """
SELECT data::jsonb ->> 'message_type' AS kind, data::jsonb ->> 'channel' AS channel
FROM messaging.outbox WHERE type = 'messaging.message.composed.v1' AND application_id = $1
ORDER BY id
"""


async def test_no_rejection_leaves_before_a_recruiter_has_seen_it(
    performance: Performance, cast: Cast, db: asyncpg.Connection[Any]
) -> None:
    async def ask(kind: type[Command], **fields: Any) -> dict[str, Any]:
        command = kind.model_validate({"command_id": uuid4(), "actor": OPERATOR, **fields})
        return await performance.operator.ask(command)

    async def composed(application: int) -> list[tuple[str, str]]:
        return [(row["kind"], row["channel"]) for row in await db.fetch(_COMPOSED, application)]

    agreed, reversed_ = applications = await cast("not-qualified", "not-qualified")
    seen_first = POSITION.model_copy(update={"confirmation": Confirmation.REJECTIONS})
    position_id = await db.fetchval(_POSITION_OF, agreed)
    await ask(RevisePosition, position_id=position_id, details=seen_first)
    assert await performance.call(applications) == applications
    await performance.settle(PATIENCE)
    last = {one: dict(await db.fetchrow(_LAST, one)) for one in applications}
    assert {(one["current"], one["proposed"]) for one in last.values()} == {("not_qualified", True)}
    assert [await composed(one) for one in applications] == [[], []]

    await ask(ConfirmOutcome, application_id=agreed, expected_sequence=last[agreed]["sequence"])
    await ask(
        ReverseOutcome,
        application_id=reversed_,
        expected_sequence=last[reversed_]["sequence"],
        outcome="qualified",
        reason="has the licence after all",
    )
    await performance.settle(PATIENCE)
    assert await composed(agreed) == [("cv_request_rejected", "whatsapp")]
    asked = await composed(reversed_)
    assert sorted(asked[:2]) == [("cv_request", "email"), ("cv_request", "whatsapp")]
    assert not any(kind == "cv_request_rejected" for kind, _ in asked)
    assert (await performance.statuses())[agreed] == "closed"
    broken = [finding for finding in await performance.findings() if not finding.holds]
    assert broken == []
