"""Lead files that are broken, or meant to break something, each with what must become of it.

The tables stand in ``hostile_files`` (what the file is), ``hostile_texts`` (how it is written) and
``hostile_rows`` (what its rows hold). Every person in them is invented.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

HEADER = "id,full_name,phone_number,email\n"
BOMS = {
    "UTF-8": codecs.BOM_UTF8,
    "UTF-16LE": codecs.BOM_UTF16_LE,
    "UTF-16BE": codecs.BOM_UTF16_BE,
    "UTF-32LE": codecs.BOM_UTF32_LE,
    "UTF-32BE": codecs.BOM_UTF32_BE,
}


@dataclass(frozen=True)
class Refused:
    """The file as a whole, with a code."""

    code: str


@dataclass(frozen=True)
class Read:
    """So many leads, ``flagged`` of them, rows skipped by name, and (line, part of the reason) refused."""

    leads: int
    refused: tuple[tuple[int, str], ...] = ()
    skipped: int = 0
    flagged: int = 0


Outcome = Refused | Read
Table = dict[str, tuple[bytes, Outcome]]


def row(number: int, name: str = "Ana Pop", **cells: str) -> str:
    """A good row, but for the cells that are given."""
    known = {
        "id": f"l:{number}",
        "name": name,
        "phone": f"+407120{number:05}",
        "email": f"ana{number}@example.com",
    }
    return ",".join((known | cells).values()) + "\n"


def file(*rows: str, header: str = HEADER) -> bytes:
    return (header + "".join(rows)).encode()


def one(*, outcome: Outcome | None = None, **cells: str) -> tuple[bytes, Outcome]:
    """A file of one odd row, on line 2, before a good one."""
    return file(row(1, **cells), row(2)), outcome or Read(2)


def refused_row(reason: str, **cells: str) -> tuple[bytes, Outcome]:
    return one(outcome=Read(1, ((2, reason),)), **cells)


GOOD = "".join([HEADER, *(row(number) for number in (1, 2, 3))])
ACCENTED = "".join([HEADER, *(row(number, "José Müller") for number in (1, 2, 3))])
ROMANIAN = "".join([HEADER, *(row(number, "Ștefan Țurcanu") for number in (1, 2, 3))])
