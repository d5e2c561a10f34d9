"""Texts generated for a position, as they come into it; in memory and on PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from contracts.intake import PositionDetails, PositionRevised
from contracts.scoring import PromptSection, SectionGenerated
from intake.handlers.generated_sections import save_generated_section
from intake.ports import Position
from intake_support.stores import RECRUITER, Store

TEXT = "You call {candidate_name} about {position_title}."


async def generated(store: Store, position_id: int | None, **fields: Any) -> None:
    event = SectionGenerated(
        **{
            **{"generation_id": uuid4(), "section": "system_prompt", "position_id": position_id},
            **{"text": TEXT, "template_id": 1, "template_version": 2, "model": "a-model"},
            **{"actor": RECRUITER, **fields},
        }
    )
    async with store.begin() as tx:
        await save_generated_section(event, tx, store.positions)


async def revisions(store: Store) -> list[PositionRevised]:
    return [event for event in await store.published() if isinstance(event, PositionRevised)]


async def now(store: Store, position_id: int) -> Position:
    async with store.begin() as tx:
        found = await store.positions.get(tx, position_id)
    assert found is not None
    return found


@pytest.mark.parametrize("section", PromptSection)
async def test_a_section_is_saved_for_whoever_asked_and_touches_nothing_else(
    store: Store, section: PromptSection
) -> None:
    position_id = await store.a_position(description="As it was.", most_calls_per_day=3)
    before = await now(store, position_id)
    await generated(store, position_id, section=section)
    (revised,) = await revisions(store)
    assert (revised.actor, revised.reason, revised.revision) == (RECRUITER, "generated", 2)
    assert revised.before == before.details
    assert revised.details == before.details.model_copy(update={section.value: TEXT})
    assert (await now(store, position_id)).details == revised.details


async def test_three_sections_are_three_revisions_and_the_same_text_none(store: Store) -> None:
    position_id = await store.a_position()
    for section in PromptSection:
        await generated(store, position_id, section=section)
        await generated(store, position_id, section=section)
    assert [revised.revision for revised in await revisions(store)] == [2, 3, 4]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "x" * 20_001},
        {"text": "a\x00b"},
        {"text": "Hello {nobody_knows}."},
        {"text": "Hello {{user_name}}.", "section": "first_message"},
        {"position_id": None},
        {"position_id": 99},
    ],
)
async def test_what_can_not_be_saved_leaves_no_trace(store: Store, fields: dict[str, Any]) -> None:
    position_id = await store.a_position()
    before = await now(store, position_id)
    await generated(store, **{"position_id": position_id, **fields})
    assert (await revisions(store), await now(store, position_id)) == ([], before)


async def test_a_closed_position_is_left_alone(store: Store) -> None:
    position_id = await store.a_position(status="closed")
    await generated(store, position_id)
    assert await revisions(store) == []


async def test_a_fault_elsewhere_in_the_position_does_not_keep_a_text_out(store: Store) -> None:
    position_id = await store.a_position(first_message="Hi {nobody_knows}.")
    await generated(store, position_id)
    assert len(await revisions(store)) == 1


async def test_a_judge_may_be_told_of_anything_in_braces(store: Store) -> None:
    position_id = await store.a_position()
    await generated(store, position_id, section="qualification_prompt", text="Met: {driving_licence}")
    (revised,) = await revisions(store)
    assert isinstance(revised.details, PositionDetails)
