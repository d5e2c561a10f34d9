"""In which order people are held: two who decide about the same people never wait for each other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from contracts import Command
from contracts.intake import KeepApart, MergeCandidates, UndoMerge
from intake_support.house import House
from intake_support.merging import merge, two
from intake_support.stores import PostgresStore


@pytest.fixture
def house(postgres: PostgresStore) -> House:
    return House(postgres.pool)


@pytest.mark.parametrize("kind", [UndoMerge, MergeCandidates, KeepApart])
async def test_a_decision_beside_a_correction_of_a_person_of_two_records_waits_its_turn(
    house: House, kind: type[Command]
) -> None:
    """The earlier record was merged into the later one; a correction holds that one first, then the other."""
    earlier, later = await two(house)
    merge_id = (await merge(house, later, earlier))["merge_id"]
    fields: dict[type[Command], dict[str, Any]] = {
        UndoMerge: {"merge_id": merge_id},
        MergeCandidates: {"kept_candidate_id": later, "merged_candidate_id": earlier},
        KeepApart: {"candidate_id": later, "other_candidate_id": earlier},
    }
    async with house.transactions.begin() as tx:
        await house.candidates.lock(tx, later)
        deciding = asyncio.create_task(house.reply(kind, **fields[kind]))
        await asyncio.wait([deciding], timeout=0.5)
        assert [alias.candidate_id for alias in await house.candidates.aliases(tx, later)] == [earlier]
    reply = await deciding
    assert reply.status == ("accepted" if kind is UndoMerge else "refused")
