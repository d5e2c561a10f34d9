"""Who asks us not to call or write is not called or written to, whatever was under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
from contracts import Command
from contracts.intake import (
    ContactChannel,
    ForbidContact,
    PositionStatus,
    QueueCalls,
    RevisePosition,
    SetPositionStatus,
)
from ops.bus import OPERATOR
from ops.demo.pace import Pacemaker
from ops.demo.performing import Performance
from ops.instance import Instance
from ops.seeding import POSITION

Cast = Callable[..., Awaitable[list[int]]]

PATIENCE = 120.0
_OPENED = """
SELECT (data::jsonb ->> 'candidate_id')::bigint AS candidate_id,
       data::jsonb -> 'profile' ->> 'phone' AS phone,
       (data::jsonb ->> 'position_id')::bigint AS position_id
FROM intake.outbox WHERE type = 'intake.application.opened.v1' AND application_id = $1
"""
_REASON = """
SELECT data::jsonb ->> 'reason' FROM intake.outbox
WHERE type = 'intake.application.status_changed.v1' AND application_id = $1 ORDER BY id DESC LIMIT 1
"""


async def _ask(performance: Performance, kind: type[Command], **fields: Any) -> dict[str, Any]:
    command = kind.model_validate({"command_id": uuid4(), "actor": OPERATOR, **fields})
    return await performance.operator.ask(command)


async def _reached(performance: Performance, kind: str, provider: str, phone: str) -> int:
    """How often the outside world saw this number."""
    entries = await performance.outside.ledger(kind)
    return sum(one["provider"] == provider and one.get("to") == phone for one in entries)


async def test_who_asks_while_queued_is_neither_called_nor_written_to(
    instance: Instance, performance: Performance, cast: Cast, db: asyncpg.Connection[Any]
) -> None:
    silent, unwritten, other = applications = await cast("qualifies", "qualifies", "wants-a-human")
    people = {one: await db.fetchrow(_OPENED, one) for one in applications}
    position_id = people[silent]["position_id"]
    today = Pacemaker(instance.folder / "pace.json").now()
    days = [(today.weekday() + 3) % 7]
    await _ask(
        performance,
        RevisePosition,
        position_id=position_id,
        details=POSITION.model_copy(update={"calling_days": days}),
    )
    assert await performance.call(applications) == applications
    paused = await _ask(
        performance,
        SetPositionStatus,
        position_id=position_id,
        status=PositionStatus.PAUSED,
        reason="on holiday",
    )
    assert paused["open_applications"] == 3
    await performance.settle(PATIENCE)
    assert {(await performance.statuses())[one] for one in applications} == {"call_queued"}

    for application, channel in ((silent, ContactChannel.CALL), (unwritten, ContactChannel.WHATSAPP)):
        await _ask(
            performance,
            ForbidContact,
            candidate_id=people[application]["candidate_id"],
            channels=[channel],
            source="email",
            reason="asked for it",
        )
    await performance.settle(PATIENCE)
    assert (await performance.statuses())[silent] == "call_failed"
    assert "asked not to be called" in await db.fetchval(_REASON, silent)
    refused = await _ask(performance, QueueCalls, application_ids=[silent])
    assert [one["code"] for one in refused["refused"]] == ["position_paused"]

    await _ask(performance, RevisePosition, position_id=position_id, details=POSITION)
    await performance.settle(PATIENCE)
    refused = await _ask(performance, QueueCalls, application_ids=[silent])
    assert [one["code"] for one in refused["refused"]] == ["do_not_contact"]
    calls = {
        one: await _reached(performance, "call", "elevenlabs", people[one]["phone"]) for one in applications
    }
    assert calls == {silent: 0, unwritten: 1, other: 1}
    assert await _reached(performance, "message", "whapi", people[unwritten]["phone"]) == 0
    assert (await performance.statuses())[unwritten] == "cv_received"
    await performance.put_away([unwritten])
    await performance.settle(PATIENCE)
    broken = [finding for finding in await performance.findings() if not finding.holds]
    assert broken == []
