"""The rows of a preview and of a refused-rows CSV: written to temporary files, then kept in the blob store.

Whatever the size of the lead file, memory holds a few bytes per row: where in the file of all rows the first
one with a phone number or an email stands, so that later ones can name it. The temporary files have no name:
whatever kills the process, no personal data stays behind on the disk.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from chassis.blobs import Blobs
from contracts import BlobRef
from contracts.intake import PreviewCounts, PreviewSection
from pydantic_core import from_json, to_json

from intake.domain.lead_columns import REFUSED_BECAUSE, names_the_refusal
from intake.domain.preview import Row
from intake.domain.spreadsheet_cells import guarded
from intake.ports.previews import KeptPreview

PAGE_ROWS = 100
MOST_OFFSETS = 8_000
"""Beyond it pages get longer: the offsets travel in an event, which has a largest size."""
_LONGEST_LINE = 1 << 20


def _path_of(file: IO[Any]) -> Path:
    """A way to the file for as long as it is open, from its first byte."""
    return Path(f"/dev/fd/{file.fileno()}")


class Section:
    """A file of rows, one JSON object per line, that knows where its pages begin."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open until close()
        self._offsets: list[int] = []
        self._page_rows = PAGE_ROWS
        self._size = 0

    def add(self, line: bytes) -> int:
        """Answers where the line begins."""
        start = self._size
        if self.rows % self._page_rows == 0:
            if len(self._offsets) >= MOST_OFFSETS:
                self._offsets = self._offsets[::2]
                self._page_rows *= 2
            if self.rows % self._page_rows == 0:
                self._offsets.append(start)
        self._file.write(line)
        self._size += len(line)
        self.rows += 1
        return start

    def at(self, start: int) -> Row:
        self._file.flush()
        with _path_of(self._file).open("rb") as file:
            file.seek(start)
            row: Row = from_json(file.readline(_LONGEST_LINE))
        return row

    async def keep(self, blobs: Blobs, prefix: str) -> PreviewSection:
        self._file.flush()
        key = f"{prefix}/{self.name}.jsonl"
        return PreviewSection(
            name=self.name,
            blob=await blobs.put_file(key, _path_of(self._file), "application/x-ndjson"),
            rows=self.rows,
            page_rows=self._page_rows,
            offsets=self._offsets,
        )

    def close(self) -> None:
        self._file.close()


class FilesOfPreview:
    """Implements ``PreviewWriter``."""

    def __init__(self, blobs: Blobs, prefix: str, refused: CsvOfRefused) -> None:
        self._blobs = blobs
        self._prefix = prefix
        self._refused = refused
        self._sections = {"all": Section("all")}
        self._first: dict[int, int] = {}
        self._flagged = 0
        self._opening = 0

    def add(self, row: Row, phone: str | None, email: str | None) -> None:
        row["duplicates"] += self._earlier(phone, email)
        line = to_json(row) + b"\n"
        start = self._sections["all"].add(line)
        self._section(row["verdict"]).add(line)
        if row["duplicates"]:
            self._section("duplicates").add(line)
        for contact in (phone, email):
            if contact is not None:
                self._first.setdefault(hash(contact), start)
        self._flagged += row["flag"] is not None
        self._opening += row["opens_application"]

    def refuse(self, reason: str, cells: Sequence[str]) -> None:
        self._refused.add(reason, cells)

    async def keep(self) -> KeptPreview:
        rows = {name: section.rows for name, section in self._sections.items()}
        counts = PreviewCounts(
            rows=rows["all"],
            create=rows.get("create", 0),
            update=rows.get("update", 0),
            unchanged=rows.get("unchanged", 0),
            skip=rows.get("skip", 0),
            refused=rows.get("refused", 0),
            duplicates=rows.get("duplicates", 0),
            flagged=self._flagged,
            applications=self._opening,
        )
        kept = [await section.keep(self._blobs, self._prefix) for section in self._sections.values()]
        return KeptPreview(counts, kept, await self._refused.keep())

    def close(self) -> None:
        for section in self._sections.values():
            section.close()

    def _section(self, name: str) -> Section:
        if name not in self._sections:
            self._sections[name] = Section(name)
        return self._sections[name]

    def _earlier(self, phone: str | None, email: str | None) -> list[Row]:
        """The first rows of the file with the same phone and with the same email."""
        found: dict[int, Row] = {}
        for kind, contact in (("phone", phone), ("email", email)):
            start = None if contact is None else self._first.get(hash(contact))
            if start is None:
                continue
            row = self._sections["all"].at(start)
            if row[kind] != contact:
                continue  # two contacts of one hash
            entry = found.setdefault(
                row["line"], {key: row[key] for key in ("line", "name", "phone", "email", "lead_id")}
            )
            entry.setdefault("shared", []).append(kind)
        return list(found.values())


class CsvOfRefused:
    """Implements ``RefusedWriter``. UTF-8 with its mark, commas, CRLF; no cell of it is a live formula."""

    def __init__(self, blobs: Blobs, key: str, header: Sequence[str]) -> None:
        self._blobs = blobs
        self._key = key
        self._header = header
        self._left_out = {index for index, cell in enumerate(header) if names_the_refusal(cell)}
        self._file: IO[str] | None = None
        self._csv: Any = None

    def add(self, reason: str, cells: Sequence[str]) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile("w", encoding="utf-8-sig", newline="")  # noqa: SIM115
            self._csv = csv.writer(self._file, lineterminator="\r\n")
            self._write(REFUSED_BECAUSE, self._header)
        self._write(reason, cells)

    def _write(self, reason: str, cells: Sequence[str]) -> None:
        kept = (cell for index, cell in enumerate(cells) if index not in self._left_out)
        self._csv.writerow([guarded(reason), *(guarded(cell.replace("\0", "\ufffd")) for cell in kept)])

    async def keep(self) -> BlobRef | None:
        if self._file is None:
            return None
        self._file.flush()
        return await self._blobs.put_file(self._key, _path_of(self._file), "text/csv")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class PreviewFiles:
    """Implements ``PreviewPages``."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    @asynccontextmanager
    async def write(self, import_id: UUID, header: Sequence[str]) -> AsyncIterator[FilesOfPreview]:
        prefix = f"imports/{import_id}/preview"
        refused = CsvOfRefused(self._blobs, f"{prefix}/refused.csv", header)
        files = FilesOfPreview(self._blobs, prefix, refused)
        try:
            yield files
        finally:
            files.close()
            refused.close()


class RefusedRowsFiles:
    """Implements ``RefusedRows``."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    @asynccontextmanager
    async def write(self, key: str, header: Sequence[str]) -> AsyncIterator[CsvOfRefused]:
        refused = CsvOfRefused(self._blobs, key, header)
        try:
            yield refused
        finally:
            refused.close()
