"""Whatever is killed or stopped: everybody ends where their story says, and nobody is bothered twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from chassis.bus import Bus
from ops.demo.disturbing import Disturbance
from ops.demo.performing import Performance
from ops.instance import Instance
from ops.preparing import provision
from ops.rebuild import rebuild
from ops.topology import SANDBOX, SERVICES
from recruiter_ui.domain.tables import READ_TABLES

Cast = Callable[..., Awaitable[list[int]]]

PATIENCE = 120.0
EVERY_SERVICE_HAS_WORK = (
    *("qualifies", "sends-cv-by-whatsapp", "cv-after-follow-up-1", "not-qualified"),
    *("call-back-tomorrow", "wants-a-human", "never-answers"),
)
NEWS_AND_ANSWERS_GONE_WRONG: tuple[dict[str, Any], ...] = (
    {"kind": "lost", "provider": "elevenlabs", "probability": 0.3},
    {"kind": "webhook_first"},
    *({"kind": kind, "probability": 0.3} for kind in ("duplicated", "late", "reordered")),
    {"kind": "accept_then_close", "provider": "elevenlabs", "probability": 0.3},
    {"kind": "accept_then_close", "provider": "whapi", "probability": 0.3},
    {"kind": "accept_then_close", "provider": "gmail", "operation": "messages_send", "probability": 0.3},
)


async def _all_is_well(performance: Performance, applications: list[int]) -> None:
    wrong = [
        f"application {verdict.story.application_id} ({verdict.persona}): {verdict.mistakes}"
        for verdict in await performance.verdicts(applications)
        if not verdict.right
    ]
    broken = [
        f"{finding.name}: {finding.detail}" for finding in await performance.findings() if not finding.holds
    ]
    assert not wrong + broken


async def test_every_kind_of_candidate_ends_where_it_should(performance: Performance, cast: Cast) -> None:
    applications = await cast(
        *("qualifies", "sends-cv-by-whatsapp", "cv-from-another-address", "cv-from-a-friends-address"),
        *("replies-first", "cv-after-follow-up-1", "cv-after-follow-up-2", "never-sends-cv", "not-qualified"),
        *("not-qualified-cv-by-email", "not-qualified-cv-by-whatsapp", "call-back-tomorrow", "wants-a-human"),
        *("never-answers", "voicemail", "busy-then-answers", "answers-at-second-try"),
    )
    await performance.play(applications, PATIENCE)
    await _all_is_well(performance, applications)


async def test_news_that_comes_twice_late_or_never_changes_no_outcome(
    performance: Performance, cast: Cast
) -> None:
    """Nor do answers that are lost after a telephone rang or a message left."""
    outside = performance.outside
    applications = await cast(*EVERY_SERVICE_HAS_WORK, "voicemail", "busy-then-answers")
    for fault in NEWS_AND_ANSWERS_GONE_WRONG:
        await outside.post("/faults", {"count": None, **fault})
    try:
        await performance.play(applications, PATIENCE)
        struck = [(fault["provider"], fault["kind"], fault["struck"]) for fault in await outside.faults()]
    finally:
        await outside.clear_faults()
    assert all(times for _, _, times in struck), struck
    await _all_is_well(performance, applications)


@pytest.mark.parametrize("victim", [SANDBOX, *SERVICES])
async def test_a_killed_process_changes_no_outcome(
    victim: str, instance: Instance, performance: Performance, cast: Cast
) -> None:
    applications = await cast(*EVERY_SERVICE_HAS_WORK)
    killed = instance.children[victim].pid
    await performance.play(applications, PATIENCE, trouble=Disturbance(instance, kill=victim).under_way())
    assert instance.children[victim].pid != killed
    await _all_is_well(performance, applications)


async def test_ten_seconds_without_the_bus_lose_nothing(
    instance: Instance, performance: Performance, cast: Cast
) -> None:
    applications = await cast(*EVERY_SERVICE_HAS_WORK)
    before = {name: child.pid for name, child in instance.children.items()}
    await performance.play(applications, PATIENCE, trouble=Disturbance(instance, stop_nats=10).under_way())
    assert instance.ended() == []
    assert {name: child.pid for name, child in instance.children.items()} == before
    await _all_is_well(performance, applications)


async def test_a_lost_stream_is_made_again_from_the_outboxes(
    instance: Instance, performance: Performance, cast: Cast
) -> None:
    """The read model made from the new stream is the live one, and the pipeline goes on where it stood."""
    applications = await cast("qualifies", "not-qualified")
    await performance.play(applications, PATIENCE)
    was = await _read_model(performance.db)
    instance.ground.nats.wipe()
    async with instance.operator() as operator:
        said = await performance.db.fetchval(_SAID)
        assert await rebuild(instance.ground.admin_url, Bus(operator.client)) == said
        assert await provision(operator) == []
    await _all_is_well(performance, applications)
    more = await cast("qualifies", "wants-a-human")
    await performance.play(more, PATIENCE)
    await _all_is_well(performance, applications + more)
    now = await _read_model(performance.db)
    assert {name: rows for name in was if (rows := was[name] - now[name])} == {}


_SAID = "SELECT " + " + ".join(
    f"(SELECT count(*) FROM {service}.outbox WHERE sent_at IS NOT NULL)" for service in SERVICES
)


async def _read_model(db: asyncpg.Connection[Any]) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of every read table."""
    return {
        table.name: {tuple(row) for row in await db.fetch(f"SELECT * FROM recruiter_ui.{table.name}")}
        for table in READ_TABLES
    }
