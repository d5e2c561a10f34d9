"""Hundreds of broken and hostile files through the reader: each is refused, or its rows are.

What must become of each stands beside it in the tables of ``intake_support.hostile_*``. Starting the reading
process costs far more than most of the files: the large ones and a tenth of the others go through it, and all
go through what it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from chassis.blobs import MemoryBlobs
from intake.adapters.lead_files import SeparateReader
from intake.domain.lead_file import judge_head
from intake.domain.lead_rows import Lead, Refusal
from intake.domain.lead_text import HEAD_BYTES, HopelessFile
from intake.ports import LeadFiles
from intake_support.hostile import Outcome, Read, Refused, Table
from intake_support.hostile_files import EMPTIES, RENAMED, SHAPES
from intake_support.hostile_rows import ROWS
from intake_support.hostile_texts import CUTS, ENCODINGS, MARKS, QUOTES
from intake_support.memory_files import ReadHere

TABLES: dict[str, Table] = {
    "renamed": RENAMED,
    "empty": EMPTIES,
    "shape": SHAPES,
    "encoding": ENCODINGS,
    "mark": MARKS,
    "cut": CUTS,
    "quotes": QUOTES,
    "row": ROWS,
}
FILES = {f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.items()}


@dataclass
class Found:
    leads: list[Lead] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    skipped: int = 0
    rows: int = 0


LARGE = 1 << 20
IN_A_PROCESS = set(list(FILES)[::10]) | {name for name, (body, _) in FILES.items() if len(body) >= LARGE}


async def read(body: bytes, *, in_a_process: bool) -> Found | HopelessFile:
    """As the service reads a file: its head here, then the whole."""
    try:
        judge_head(body[:HEAD_BYTES], complete=len(body) <= HEAD_BYTES)
    except HopelessFile as hopeless:
        return hopeless
    blobs = MemoryBlobs()
    ref = await blobs.put("leads", body, "text/csv")
    found = Found()
    files: LeadFiles = SeparateReader(blobs) if in_a_process else ReadHere(blobs)
    chunks = files.chunks(ref, time_zone="Europe/Bucharest", size=2_500, after_record=0)
    try:
        async for _, chunk in chunks:
            found.leads += chunk.leads
            found.refused += chunk.refused
            found.skipped += len(chunk.skipped)
            found.rows += chunk.rows
    except HopelessFile as hopeless:
        assert found.rows == 0, "never half a file"
        return hopeless
    return found


@pytest.mark.parametrize("name", FILES)
async def test_each_is_refused_or_read_as_its_table_says(name: str) -> None:
    body, outcome = FILES[name]
    found = await read(body, in_a_process=name in IN_A_PROCESS)
    if isinstance(found, HopelessFile):
        assert Refused(found.code) == outcome
        assert len(found.message) > 40, "it says what to do"
        assert found.message.endswith(".")
        return
    assert found.rows == len(found.leads) + len(found.refused) + found.skipped
    assert told(found, outcome) == outcome
    assert all(len(row.reason) > 10 for row in found.refused)


def told(found: Found, outcome: Outcome) -> Read:
    """What was found, with as much of each reason as the table gives, where that is a part of it."""
    parts = dict(outcome.refused) if isinstance(outcome, Read) else {}
    refused = tuple(
        (row.line, part if (part := parts.get(row.line, "")) and part in row.reason else row.reason)
        for row in found.refused
    )
    flagged = sum(lead.phone_problem is not None for lead in found.leads)
    return Read(len(found.leads), refused, found.skipped, flagged)


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 200
