"""The dashboard: what happened today, what waits for a person, and where every position stands."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from recruiter_ui.domain.conversations import Talk
from recruiter_ui.domain.statuses import CLOSED, OPEN_STAGES, PIPELINE_STAGES
from recruiter_ui.domain.waiting import lowered, missed
from recruiter_ui.pages.telling import told
from recruiter_ui.queries import inboxes, overview
from recruiter_ui.web import Visit

ON_THE_PHONE = 6
NEWS = 10
UNKNOWN_CALLS = 4


async def show(visit: Visit) -> Response:
    local = visit.now.astimezone(visit.ui.zone)
    midnight = datetime.combine(local.date(), time.min, visit.ui.zone)
    async with visit.ui.begin() as tx:
        numbers = await overview.today(tx.db, midnight)
        waiting = await overview.attention(tx.db, midnight + timedelta(days=1))
        failed = await overview.why_calls_failed(tx.db) if "call_failed" in waiting else []
        unknown = await overview.unknown_calls(tx.db, UNKNOWN_CALLS) if "unknown_call" in waiting else []
        stages = await overview.position_stages(tx.db)
        positions = await inboxes.positions(tx.db)
        live = await overview.on_the_phone(tx.db, ON_THE_PHONE)
        news = await overview.latest(tx.db, NEWS)
        week = await overview.funnel(tx.db, midnight - timedelta(days=6))
    return await visit.page(
        "dashboard.html",
        greeting=_greeting(local.hour),
        today=f"{local:%A %-d %B, %H:%M}",
        day=local.date(),
        numbers=numbers,
        waiting=waiting,
        not_out=_where(waiting["messages"]) if "messages" in waiting else None,
        why_failed=[_why(row) for row in failed],
        unknown=unknown,
        bars=[_bar(position, stages.get(position["position_id"], {})) for position in positions],
        live=live,
        news=[line | {"said": told(line, visit.now, visit.ui.zone)} for line in news],
        week=week,
    )


def _where(oldest: dict[str, Any]) -> str:
    """The page of a message that did not go out: its application's, else that of whom it was written to."""
    if oldest["application_id"]:
        return f"/applications/{oldest['application_id']}"
    return f"/messages?{Talk(oldest['person_id'], oldest['recipient'] or '').address()}"


def _why(row: dict[str, Any]) -> str:
    """``2 voicemail``; a call that was not placed says why it was not."""
    if row["dial_kind"] == "refused":
        return f"{row['total']} not placed: {lowered(row['dial_note'])}" if row["dial_note"] else "not placed"
    return f"{row['total']} {missed(row['dial_note']) or 'without an answer'}"


def _greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def _bar(position: dict[str, Any], counts: dict[int, int]) -> dict[str, Any]:
    """The parts of one position's bar, as percentages that leave a hair between them."""
    total = sum(counts.get(stage.rank, 0) for stage in PIPELINE_STAGES)
    parts, at = [], 0.0
    for stage in PIPELINE_STAGES:
        number = counts.get(stage.rank, 0)
        if number:
            width = number * 100 / total
            parts.append(
                {
                    "stage": stage,
                    "number": number,
                    "x": round(at, 2),
                    "width": round(max(width - 0.35, 0.2), 2),
                }
            )
            at += width
    return {
        "position": position,
        "parts": parts,
        "open": sum(counts.get(stage.rank, 0) for stage in OPEN_STAGES),
        "closed": counts.get(CLOSED.rank, 0),
    }
