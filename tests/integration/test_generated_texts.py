"""Texts that Claude writes for a position stand in it as they come, one revision each, by whoever asked."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import asyncpg
from chassis.testing import eventually
from contracts import Actor
from contracts.intake import OpenPosition, PositionDetails
from contracts.placeholders import CALL_PLACEHOLDERS, unknown_placeholders
from contracts.scoring import GenerateSections, ListPromptTemplates, PromptSection
from ops.bus import OPERATOR, Operator

_DETAILS = "SELECT details FROM intake.positions WHERE position_id = $1"
_REVISED = """
SELECT data::jsonb -> 'actor' ->> 'name' AS by, (data::jsonb ->> 'revision')::int AS revision
FROM intake.outbox
WHERE type = 'intake.position.revised.v1' AND (data::jsonb ->> 'position_id')::bigint = $1 ORDER BY id
"""
WHO = Actor(kind="recruiter", id="1", name="Ioana Exemplu")


async def test_generated_texts_are_saved_into_the_position_one_by_one(
    operator: Operator, db: asyncpg.Connection[Any]
) -> None:
    details = PositionDetails(
        title="Operator ambalare",
        description="Ambalare manuală în depozit, schimburi de zi și de noapte.",
        campaign_questions="Puteți lucra în schimburi?\nAți mai lucrat într-un depozit?",
    )
    opened = await operator.ask(OpenPosition(command_id=uuid4(), actor=OPERATOR, details=details))
    position_id = opened["position_id"]
    listed = await operator.ask(ListPromptTemplates(command_id=uuid4(), actor=OPERATOR))
    assert [one["section"] for one in listed["templates"] if one["is_active"]] == list(PromptSection)
    await operator.ask(
        GenerateSections(
            command_id=uuid4(),
            actor=WHO,
            generation_id=uuid4(),
            sections=list(PromptSection),
            position_id=position_id,
            title=details.title,
            description=details.description,
            campaign_questions=details.campaign_questions,
        )
    )

    async def saved() -> PositionDetails:
        return PositionDetails.model_validate(json.loads(await db.fetchval(_DETAILS, position_id)))

    written = await eventually(saved, lambda now: now.qualification_prompt is not None, within=30)
    assert written.system_prompt is not None
    assert written.first_message is not None
    assert "Puteți lucra în schimburi?" in written.system_prompt
    assert unknown_placeholders(written.system_prompt + written.first_message, CALL_PLACEHOLDERS) == []
    assert "Bună ziua" not in written.first_message
    revised = await db.fetch(_REVISED, position_id)
    assert [(row["by"], row["revision"]) for row in revised] == [(WHO.name, 2), (WHO.name, 3), (WHO.name, 4)]
    assert written.model_copy(update=dict.fromkeys(PromptSection, None)) == details
