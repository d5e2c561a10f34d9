"""Random merges, undoings, corrections, imports and calls; whatever happens, nobody is lost.

Each run prints its seed; ``MERGES_SEED`` plays one again.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from contracts import Accepted
from contracts.intake import CorrectCandidate, KeepApart, MergeCandidates, QueueCalls, UndoMerge
from intake_support.facts import Facts
from intake_support.house import House
from intake_support.people import a_person
from intake_support.stores import PostgresStore

STEPS = 120
PEOPLE = 9
POSITIONS = 3


class Life:
    """A few people and positions, and what recruiters and the pipeline do to them at random."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self.house, self.chance = house, chance
        self.people: list[int] = []
        self.positions: list[int] = []
        self.merges: list[str] = []

    async def begin(self) -> None:
        self.positions = [await self.house.position() for _ in range(POSITIONS)]
        for number in range(PEOPLE):
            applied = self.chance.sample(self.positions, self.chance.randint(0, POSITIONS))
            phone = f"+4070000009{number % 4}"
            self.people.append(await self.house.person(a_person(number, phone=phone), *applied))

    async def step(self) -> None:
        self.house.wait(timedelta(minutes=self.chance.randint(1, 60)))
        steps = [self.merge] * 3 + [self.undo] * 3 + [self.correct, self.call, self.lead, self.keep_apart]
        await self.chance.choice(steps)()

    async def merge(self) -> None:
        """When it is taken at once, and taken back at once, everything is as it was."""
        kept, merged = self.chance.sample(self.people, 2)
        take = self.chance.sample(["full_name", "phone", "email", "notes"], self.chance.randint(0, 4))
        before = await self.picture()
        reply = await self.house.reply(
            MergeCandidates, kept_candidate_id=kept, merged_candidate_id=merged, take=take
        )
        if not isinstance(reply, Accepted):
            assert await self.picture() == before
            return
        if self.chance.random() < 0.4:
            await self.house.ask(UndoMerge, merge_id=reply.result["merge_id"])
            assert await self.picture() == before
        else:
            self.merges.append(reply.result["merge_id"])

    async def undo(self) -> None:
        if self.merges:
            await self.house.reply(UndoMerge, merge_id=self.chance.choice(self.merges[-3:]))

    async def correct(self) -> None:
        number = self.chance.randint(10, 99)
        fields = {"full_name": f"Ana Nume{number}", "phone": f"+407000000{number}"}
        await self.house.reply(CorrectCandidate, candidate_id=self.chance.choice(self.people), fields=fields)

    async def keep_apart(self) -> None:
        one, other = self.chance.sample(self.people, 2)
        await self.house.reply(KeepApart, candidate_id=one, other_candidate_id=other)

    async def lead(self) -> None:
        """What an import or a live lead opens, for the person who was kept."""
        person = self.chance.choice(self.people)
        kept = await self.house.merged_into(person) or person
        async with self.house.transactions.begin() as tx:
            await self.house.applications.open(tx, self.chance.choice(self.positions), [kept])

    async def call(self) -> None:
        """An application is queued, rung and spoken with, as far as it goes."""
        rows = await self.house.pool.fetch("SELECT application_id, candidate_id FROM applications")
        if not rows:
            return
        row = self.chance.choice(rows)
        await self.house.reply(QueueCalls, application_ids=[row["application_id"]])
        facts, call = Facts(row["candidate_id"], row["application_id"]), uuid4()
        for fact in (facts.placed(call), facts.completed(call))[: self.chance.randint(0, 2)]:
            await self.house.tell(fact)

    async def picture(self) -> list[list[dict[str, Any]]]:
        """Everything of people and applications that a merge may touch, without the counters."""
        queries = (
            "SELECT candidate_id, full_name, phone, phone_as_given, email, notes, lead_key, time_zone,"
            " form_answers, merged_into FROM candidates ORDER BY 1",
            "SELECT application_id, candidate_id, position_id, status, closed_because, calls, callback_at"
            " FROM applications ORDER BY 1",
            "SELECT candidate_id, other_candidate_id, decision FROM possible_duplicates"
            " WHERE decision IS NOT NULL ORDER BY 1, 2",
        )
        return [[dict(row) for row in await self.house.pool.fetch(query)] for query in queries]

    async def check(self) -> None:
        pool = self.house.pool
        rows = await pool.fetch("SELECT candidate_id, merged_into FROM candidates")
        people = {row["candidate_id"]: row["merged_into"] for row in rows}
        assert set(self.people) == set(people), "somebody is lost"
        kept = {person for person, into in people.items() if into is None}
        assert all(into in kept for into in people.values() if into is not None), "an alias of an alias"
        applications = await pool.fetch(
            "SELECT application_id, candidate_id, position_id, status, closed_because FROM applications"
        )
        owned: dict[tuple[int, int], list[Any]] = {}
        for row in applications:
            owner = people[row["candidate_id"]] or row["candidate_id"]
            owned.setdefault((owner, row["position_id"]), []).append(row)
        for rows in owned.values():
            going_on = [row for row in rows if row["status"] != "closed"]
            assert len(going_on) <= 1, "a person stands twice in a position"
            merged = [row for row in rows if row["closed_because"] == "merged"]
            assert not merged or len(rows) > len(merged), "both are gone"
        standing = await pool.fetch("SELECT kept_id, merged_id FROM merges WHERE undone_at IS NULL")
        assert {row["merged_id"] for row in standing} == set(people) - kept


@pytest.mark.parametrize("run", range(4))
async def test_whatever_is_merged_and_taken_back_nobody_is_lost(postgres: PostgresStore, run: int) -> None:
    seed = int(os.environ.get("MERGES_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"MERGES_SEED={seed}")
    life = Life(House(postgres.pool), random.Random(seed))
    await life.begin()
    for _ in range(STEPS):
        await life.step()
        await life.check()
    while life.merges:
        await life.house.reply(UndoMerge, merge_id=life.merges.pop())
    await life.check()
    assert await postgres.pool.fetchval("SELECT count(*) FROM candidates WHERE merged_into IS NOT NULL") == 0
