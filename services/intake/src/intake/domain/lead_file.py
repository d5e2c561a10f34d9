"""A lead file from its bytes to its leads, in chunks, with a bounded amount of it in memory.

Records are counted from 1 below the header, blank lines left out. The same file always gives the same
records, so that an import that was cut short goes on behind the last record it has committed.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import BinaryIO, TextIO

from intake.domain.lead_columns import (
    DELIMITERS,
    Columns,
    columns_of,
    delimiter_of,
    refuse_too_many_columns,
)
from intake.domain.lead_rows import Lead, Refusal, RowReader, Skipped
from intake.domain.lead_text import HEAD_BYTES, HopelessFile, encoding_of, is_utf8

LONGEST_RECORD = 50_000
"""Characters; a record beyond it is refused by itself. Its event would be too large for the bus."""
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
MOST_LINES = 100
"""Lines that one quoted record may span; beyond it a quotation mark was never closed."""

NO_ROWS = (
    "The file has a header and not a single row below it, so there is nobody to import."
    " Choose a longer period in Meta's Leads Centre, and export it again."
)

csv.field_size_limit(2 * LONGEST_RECORD)


@dataclass(frozen=True, slots=True)
class FileShape:
    encoding: str
    delimiter: str
    columns: Columns
    header_line: int
    """The line on which the header ends."""


@dataclass(slots=True)
class LeadChunk:
    """What a run of records says. ``last_record`` is where the next chunk goes on."""

    last_record: int
    rows: int = 0
    leads: list[Lead] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class _EndlessRecord(Exception):
    """A record grew past every limit; carries the lines it took."""


class Lines:
    """Feeds a CSV reader line by line, knows where a record began, and can take lines back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._text.readline(LONGEST_RECORD)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.number += 1
        if len(line) >= LONGEST_RECORD and line[-1] not in "\r\n":
            self._skip_to_line_end()
            raise _EndlessRecord
        if len(self.taken) > 1 and (
            len(self.taken) > MOST_LINES or sum(map(len, self.taken)) > LONGEST_RECORD
        ):
            raise _EndlessRecord
        return line

    def begin_record(self) -> int:
        """Forget the lines taken so far; answers the line on which the next record starts."""
        self.taken = []
        return self.number + 1

    def keep_only_the_first(self) -> str:
        """Take back every line of this record but its first."""
        first, *rest = self.taken
        self._waiting.extendleft(reversed(rest))
        self.number -= len(rest)
        self.taken = [first]
        return first

    def _skip_to_line_end(self) -> None:
        while (part := self._text.readline(LONGEST_RECORD)) and part[-1] not in "\r\n":
            pass


def judge_head(head: bytes, *, complete: bool) -> FileShape:
    """What the first bytes tell of the whole file. Raises ``HopelessFile`` with what to do instead."""
    encoding = encoding_of(head, complete=complete)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=complete)
    return _shape(io.StringIO(text.removeprefix("\ufeff"), newline=""), encoding, complete)


def _shape(text: TextIO, encoding: str, complete: bool) -> FileShape:
    lines = Lines(text)
    try:
        first = next(line for line in lines if line.strip() and not line.lower().startswith("sep="))
        delimiter = delimiter_of(first)
        lines.keep_only_the_first()
    except StopIteration:
        raise HopelessFile("empty_file", "The file has no line of text. Export it from Meta again.") from None
    except _EndlessRecord:
        refuse_too_many_columns(max(lines.taken[-1].count(mark) for mark in DELIMITERS))
        raise HopelessFile("not_a_csv", "The first line of the file never ends: this is no CSV.") from None
    lines = _back_to_start(text)
    records = _records(lines, delimiter)
    for _, _, cells in records:
        if cells[0].lower().startswith("sep=") and not any(cells[1:]):
            continue
        shape = FileShape(encoding, delimiter, columns_of(cells), lines.number)
        if complete and next(records, None) is None:
            raise HopelessFile("no_rows", NO_ROWS)
        return shape
    raise HopelessFile("empty_file", "The file has no header line. Export it from Meta again.")


def _back_to_start(text: TextIO) -> Lines:
    text.seek(0)
    return Lines(text)


def _records(lines: Lines, delimiter: str) -> Iterator[tuple[int, str | None, list[str]]]:
    """Line, trouble (or None) and cells of every record that is not blank.

    A quotation mark that is never closed, or stands in the middle of a cell, makes its line a record read
    without quotes: it costs its own row at most, never the rows behind it.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.begin_record()
        trouble = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _EndlessRecord):
            first = lines.keep_only_the_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            if len(first) >= LONGEST_RECORD:
                trouble, cells = f"the row is longer than {LONGEST_RECORD:,} characters", []
            else:
                cells = next(csv.reader([first], delimiter=delimiter, quoting=csv.QUOTE_NONE))
        if trouble or any(cell.strip(_BLANKS) for cell in cells):
            yield start, trouble, cells


def read_chunks(
    file: BinaryIO, *, zone: tzinfo, size: int, after_record: int = 0
) -> Iterator[FileShape | LeadChunk]:
    """The shape first, then the leads behind record ``after_record``, ``size`` records at a time.

    Raises ``HopelessFile`` before the first chunk or not at all.
    """
    shape = _judge(file)
    yield shape
    text = io.TextIOWrapper(file, encoding=shape.encoding, errors="replace", newline="")
    lines = Lines(text)
    reader = RowReader(shape.columns, zone=zone)
    chunk = LeadChunk(after_record)
    record = 0
    for line, trouble, cells in _records(lines, shape.delimiter):
        if line <= shape.header_line:
            continue
        record += 1
        verdict = Refusal(line, trouble) if trouble else _verdict(reader, line, cells)
        if record <= after_record:
            continue
        chunk.rows += 1
        chunk.last_record = record
        if isinstance(verdict, Lead):
            chunk.leads.append(verdict)
        elif isinstance(verdict, Refusal):
            chunk.refused.append(verdict)
        else:
            chunk.skipped.append(verdict)
        if chunk.rows >= size:
            yield chunk
            chunk = LeadChunk(record)
    text.detach()
    if not record:
        raise HopelessFile("no_rows", NO_ROWS)
    if chunk.rows:
        yield chunk


def _verdict(reader: RowReader, line: int, cells: list[str]) -> Lead | Skipped | Refusal:
    try:
        return reader.read(line, cells)
    except Exception:  # a row that nobody thought of costs itself, not the file
        return Refusal(line, "the row can't be understood", cells=tuple(cells))


def _judge(file: BinaryIO) -> FileShape:
    head = file.read(HEAD_BYTES)
    complete = len(head) < HEAD_BYTES
    shape = judge_head(head, complete=complete)
    if shape.encoding == "utf-8" and not complete and head.isascii():
        # Nothing has told UTF-8 from cp1252 yet: the first accent may come late in the file.
        file.seek(0)
        if not is_utf8(iter(lambda: file.read(1 << 20), b"")):
            shape = replace(shape, encoding="cp1252")
    file.seek(len(codecs.BOM_UTF16) if shape.encoding.startswith("utf-16-") and head[:2] in _MARKS else 0)
    return shape


_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
