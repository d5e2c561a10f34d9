"""Dirty files over people who are here in every way: the import does what the preview said it would."""

from __future__ import annotations

import csv
import io
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts import Accepted, Refused
from contracts.intake import (
    CorrectCandidate,
    LeadsImported,
    LeadsImportUndoRequested,
    LeadsPreviewed,
    MergeCandidates,
    QueueCalls,
    UndoImport,
)
from intake.handlers import preview, run_import
from intake.handlers.undo_import import undo_import, undo_leads_import
from intake_support.house import House
from intake_support.memory_files import ReadHere
from intake_support.stores import RECRUITER, PostgresStore

WORLDS = 4
STEPS = 12
PEOPLE = 24
HEADER = ["id", "created_time", "full_name", "phone_number", "email", "city", "city", "why_us?"]


def a_cell(dice: random.Random, good: str) -> str:
    odd = [
        "",
        " ",
        "=1+1",
        "'=1+1",
        "two\nlines",
        "a, b",
        'a "quoted" one',
        "\u202eabc",
        "<b>x</b>",
        "\0",
        "-",
    ]
    return dice.choice(odd) if dice.random() < 0.12 else good


def a_lead(dice: random.Random) -> list[str]:
    number = dice.randint(1, PEOPLE)
    if dice.random() < 0.6:
        contact = [f"+4071200{number:04}", f"ana{number}@example.com"]
        return [f"l:{number}", "1757678713", f"Ana Pop{number}", *contact, "Cluj", "z:400001", "because"]
    variant = dice.choice(["", "", "", "x"])
    same = dice.randint(1, PEOPLE) if dice.random() < 0.1 else number
    return [
        dice.choice([f"l:{number}", str(number), a_cell(dice, f"l:{number}")]),
        a_cell(dice, dice.choice(["2025-09-12T15:05:13+03:00", "1757678713", "12.09.2025 15:05"])),
        a_cell(dice, f"Ana Pop{number}{variant}"),
        a_cell(dice, dice.choice([f"p:+4071200{same:04}", f"071200{same:04}", "p:", "call me"])),
        a_cell(dice, dice.choice([f"ana{same}@example.com", f"Ana{same}{variant}@example.com", "nobody"])),
        a_cell(dice, dice.choice(["Cluj", "Iași"])),
        a_cell(dice, dice.choice(["z:400001", ""])),
        a_cell(dice, f"because{variant}"),
    ]


def a_dirty_file(dice: random.Random) -> bytes:
    text = io.StringIO()
    out = csv.writer(text, lineterminator=dice.choice(["\r\n", "\n"]))
    out.writerow(HEADER)
    for _ in range(dice.randint(1, 40)):
        match dice.randrange(14):
            case 0:
                out.writerow(HEADER)
            case 1:
                out.writerow(["l:1", *["<test lead: dummy data for x>"] * 7])
            case 2:
                out.writerow([*a_lead(dice), *["more"] * dice.randint(1, 3)])
            case 3:
                out.writerow(a_lead(dice)[: dice.randint(1, 7)])
            case 4:
                text.write(dice.choice(['"never closed,x\n', "\n", ",,,,\n", "l:9\n"]))
            case _:
                out.writerow(a_lead(dice))
    out.writerow(a_lead(dice))
    return text.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "utf-16"]))


@dataclass
class World:
    store: PostgresStore
    house: House
    dice: random.Random
    positions: Sequence[int]
    finished: list[UUID] = field(default_factory=list)
    merged: set[int] = field(default_factory=set)

    async def import_a_file(self) -> None:
        position_id = self.dice.choice(self.positions)
        body = a_dirty_file(self.dice)
        seen = await self.store.preview(body, position_id)
        if not isinstance(seen, LeadsPreviewed):
            return
        rows = await self.rows(seen)
        lines = [row["line"] for row in rows]
        assert lines == sorted(set(lines))
        assert all(row["changes"] or row["opens_application"] for row in rows if row["verdict"] == "update")
        done = await self.store.bring_in(body, position_id)
        assert isinstance(done, LeadsImported)
        assert as_done(done) == as_promised(seen)
        refused = [row["line"] for row in rows if row["verdict"] == "refused"]
        assert [row.line for row in done.refused] == refused
        self.finished.append(done.import_id)
        again = await self.store.preview(body, position_id)
        assert isinstance(again, LeadsPreviewed)
        changing = [row for row in await self.rows(again) if row["verdict"] in ("create", "update")]
        assert {row["candidate_id"] for row in changing} <= self.merged

    async def rows(self, seen: LeadsPreviewed) -> list[dict[str, Any]]:
        section = next(section for section in seen.sections if section.name == "all")
        return [json.loads(line) for line in (await self.store.blobs.get(section.blob)).splitlines()]

    async def undo_an_import(self) -> None:
        store = self.store
        if not self.finished:
            return
        command = UndoImport(command_id=uuid4(), actor=RECRUITER, import_id=self.dice.choice(self.finished))
        async with store.begin() as tx:
            reply = await undo_import(command, tx, store.imports, store.positions)
        if isinstance(reply, Refused):
            assert reply.code == "undone_already"
            return
        asked = [event for event in await store.published() if isinstance(event, LeadsImportUndoRequested)]
        await undo_leads_import(
            asked[-1],
            store.begin,
            store.imports,
            store.positions,
            store.applications,
            store.candidates,
            store.contacts,
            store.traces,
        )

    async def somebody(self) -> int | None:
        people = await self.store.pool.fetch("SELECT candidate_id FROM candidates ORDER BY candidate_id")
        return self.dice.choice([row[0] for row in people]) if people else None

    async def merge_two(self) -> None:
        kept, merged = await self.somebody(), await self.somebody()
        if kept is None or kept == merged:
            return
        reply = await self.house.reply(
            MergeCandidates, kept_candidate_id=kept, merged_candidate_id=merged, take=[]
        )
        if isinstance(reply, Accepted) and merged is not None:
            self.merged |= {kept, merged}

    async def correct_somebody(self) -> None:
        candidate_id = await self.somebody()
        person = await self.store.pool.fetchrow(
            "SELECT full_name, phone FROM candidates WHERE candidate_id = $1", candidate_id
        )
        if person is None:
            return
        fields = {"full_name": f"{person['full_name']}y", "phone": person["phone"] or "+40712009999"}
        reply = await self.house.reply(CorrectCandidate, candidate_id=candidate_id, fields=fields)
        assert isinstance(reply, Accepted) or reply.code in ("merged", "withdrawn")

    async def call_somebody(self) -> None:
        ids = await self.store.pool.fetch("SELECT application_id FROM applications ORDER BY application_id")
        if ids:
            await self.house.reply(QueueCalls, application_ids=[self.dice.choice(ids)[0]])


def as_promised(seen: LeadsPreviewed) -> dict[str, int]:
    counts = seen.counts
    assert counts.rows == counts.create + counts.update + counts.unchanged + counts.skip + counts.refused
    return counts.model_dump(exclude={"duplicates"})


def as_done(done: LeadsImported) -> dict[str, int]:
    return {
        "rows": done.rows,
        "create": done.candidates_created,
        "update": done.candidates_updated,
        "unchanged": done.candidates_unchanged,
        "skip": done.skipped,
        "refused": done.refused_count,
        "flagged": done.flagged_count,
        "applications": done.applications_created,
    }


@pytest.mark.parametrize("number", range(WORLDS))
async def test_what_was_promised_is_what_happens(
    number: int, postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    dice = random.Random(seed)
    rows = dice.choice([3, 7, 2_500])
    monkeypatch.setattr(preview, "CHUNK_ROWS", rows)
    monkeypatch.setattr(run_import, "CHUNK_ROWS", rows)
    postgres.files = ReadHere(postgres.blobs)
    positions = [await postgres.a_position() for _ in range(2)]
    world = World(postgres, House(postgres.pool), dice, positions)
    steps = [world.undo_an_import, world.merge_two, world.correct_somebody, world.call_somebody]
    while not world.finished:
        await world.import_a_file()
    for _ in range(STEPS):
        await (world.import_a_file if dice.random() < 0.45 else dice.choice(steps))()
