"""Thousands of files that began as good ones and were damaged at random: none makes the reader fail."""

from __future__ import annotations

import io
import random
import time
from zoneinfo import ZoneInfo

import pytest
from intake.domain.lead_file import FileShape, judge_head, read_chunks
from intake.domain.lead_text import HEAD_BYTES, HopelessFile
from intake_support.files import a_meta_export, a_row, a_table
from intake_support.hostile import BOMS, GOOD, ROMANIAN

FILES = 2_000
BUCHAREST = ZoneInfo("Europe/Bucharest")
BEGINNINGS = [
    a_meta_export([a_row(n) for n in range(1, 6)]),
    a_table([a_row(n) for n in range(1, 6)], delimiter=",").encode("utf-8-sig"),
    GOOD.encode(),
    ROMANIAN.encode(),
    ROMANIAN.encode("utf-16"),
    GOOD.replace(",", ";").encode("cp1252"),
]
PIECES = [
    *BOMS.values(),
    *(
        b"\0",
        b'"',
        b'""',
        b"\r",
        b"\n",
        b"\t",
        b",",
        b";",
        b"'",
        b"=",
        b"\xff",
        b"\xed\xa0\x80",
        b"\x1a",
        b"l:",
    ),
    *(b"<test lead: dummy>", "\u202e".encode("utf-16-le"), "Ș".encode(), b"id,email\n", b"9" * 400),
]


def damaged(dice: random.Random) -> bytes:
    body = bytearray(dice.choice(BEGINNINGS))
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(body) + 1), dice.choice([1, 1, 2, 7, 60, 400])
        match dice.randrange(6):
            case 0:
                del body[at : at + length]
            case 1:
                body[at:at] = dice.choice(PIECES) * dice.choice([1, 1, 2, 50])
            case 2:
                body[at : at + length] = dice.randbytes(length)
            case 3:
                body[at:at] = body[at : at + length] * dice.choice([1, 3])
            case 4:
                body = body[:at]
            case _:
                body += dice.choice(BEGINNINGS)
    return bytes(body)


@pytest.mark.parametrize("start", range(0, FILES, 250))
def test_no_damage_makes_the_reader_fail(start: int) -> None:
    first = time.time_ns()
    print(f"seeds from {first}")
    for seed in range(first, first + 250):
        body = damaged(random.Random(seed))
        try:
            check(body)
        except Exception as failure:
            raise AssertionError(f"seed {seed}: {failure!r}") from failure


def check(body: bytes) -> None:
    try:
        judge_head(body[:HEAD_BYTES], complete=len(body) <= HEAD_BYTES)
        rows = leads = 0
        keys: set[str] = set()
        for part in read_chunks(io.BytesIO(body), zone=BUCHAREST, size=3):
            if isinstance(part, FileShape):
                continue
            assert part.rows == len(part.leads) + len(part.refused) + len(part.skipped)
            rows, leads = rows + part.rows, leads + len(part.leads)
            keys |= {lead.lead_key for lead in part.leads}
            assert not any("understood" in row.reason for row in part.refused)
            assert not any("\0" in "".join(filter(None, lead[1:14])) for lead in part.leads)
        assert len(keys) == leads, "a lead stands once"
        assert rows > 0
    except HopelessFile:
        return  # that is an answer
