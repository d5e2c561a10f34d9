"""A CV of the wrong person, over every process: they are back where they were, and reminded again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
from chassis.blobs import ObjectBlobs
from contracts import Command
from contracts.cv_matching import DiscardItem, ReassignCv, UndoCvDecision, UploadCv
from ops.bus import OPERATOR
from ops.demo.performing import Performance
from ops.instance import Instance

Cast = Callable[..., Awaitable[list[int]]]

PATIENCE = 150.0
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF"
_CV = """
SELECT cv_id, item_id FROM cv_matching.cvs WHERE application_id = $1 AND detached_at IS NULL
"""
_STEPS = """
SELECT data::jsonb ->> 'previous' AS previous, data::jsonb ->> 'current' AS current,
       data::jsonb ->> 'undoes' IS NOT NULL AS undoes, data::jsonb -> 'actor' ->> 'kind' AS actor
FROM intake.outbox WHERE type = 'intake.application.status_changed.v1' AND application_id = $1 ORDER BY id
"""
_REMINDED = """
SELECT data::jsonb ->> 'message_type' AS kind, data::jsonb ->> 'channel' AS channel
FROM messaging.outbox WHERE type = 'messaging.message.sent.v1' AND application_id = $1
  AND data::jsonb ->> 'message_type' LIKE 'cv_followup%'
"""
_SHOWN = """
SELECT application_id, detached_because FROM recruiter_ui.cvs
WHERE application_id = ANY($1) AND file IS NOT NULL
"""


async def test_the_wrong_person_is_back_and_reminded_and_what_is_taken_back_is_as_it_was(
    instance: Instance, performance: Performance, cast: Cast, db: asyncpg.Connection[Any]
) -> None:
    async def ask(kind: type[Command], **fields: Any) -> dict[str, Any]:
        command = kind.model_validate({"command_id": uuid4(), "actor": OPERATOR, **fields})
        return await performance.operator.ask(command)

    wrong, thrown, right = applications = await cast(
        "sends-cv-by-whatsapp", "sends-cv-by-whatsapp", "wants-a-human"
    )
    assert await performance.call(applications) == applications
    await performance.settle(PATIENCE)
    statuses = await performance.statuses()
    seen = [tuple(row) for row in await db.fetch("SELECT explanation, state FROM cv_matching.items")]
    there = [statuses[one] for one in applications]
    assert there == ["cv_received", "cv_received", "needs_human"], (seen, await db.fetch(_STEPS, wrong))

    mistaken, bill = [await db.fetchrow(_CV, one) for one in (wrong, thrown)]
    await ask(ReassignCv, cv_id=mistaken["cv_id"], application_id=right)
    discarded = await ask(DiscardItem, item_id=bill["item_id"])
    await ask(UndoCvDecision, decision_id=discarded["decision_id"])
    blobs = ObjectBlobs(instance.blobs_url)
    file = await blobs.put(f"uploads/{uuid4()}", PDF, "application/pdf")
    uploaded = await ask(UploadCv, application_id=right, file=file, file_name="cv.pdf")
    await performance.settle(PATIENCE)

    steps = [dict(row) for row in await db.fetch(_STEPS, wrong)]
    back = {"previous": "cv_received", "current": "awaiting_cv", "undoes": True, "actor": OPERATOR.kind}
    assert back in steps
    after = [step["current"] for step in steps[steps.index(back) :]]
    assert after[:4] == ["awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue"]
    reminded = [(row["kind"], row["channel"]) for row in await db.fetch(_REMINDED, wrong)]
    assert len(reminded) == len(set(reminded))
    assert {kind for kind, _ in reminded} == {"cv_followup_1", "cv_followup_2"}

    assert (await performance.statuses())[thrown] == "cv_received"
    assert await db.fetch(_REMINDED, thrown) == []
    assert len(await db.fetch(_CV, right)) == 2
    await ask(UndoCvDecision, decision_id=uploaded["decision_id"])
    await performance.settle(PATIENCE)
    shown = {(row["application_id"], row["detached_because"]) for row in await db.fetch(_SHOWN, applications)}
    assert shown == {(wrong, "reassigned"), (thrown, None), (right, None), (right, "undone")}
    assert (await performance.statuses())[right] == "needs_human"
    await performance.put_away([thrown, right])
    await performance.settle(PATIENCE)
    broken = [finding for finding in await performance.findings() if not finding.holds]
    assert broken == []
