"""Opening a received file: its kind, and the text of its first pages, kept where a page can show it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from chassis.blobs import Blobs
from contracts import BlobRef
from contracts.cv_matching import FileReading

from cv_matching.domain.kinds import KEPT_APART, Kind, kind_of, refusal_of_upload
from cv_matching.ports import Documents, Item

TEXT_TYPE = "text/plain; charset=utf-8"
MOST_BYTES = 25 * 1024 * 1024
"""Gmail's limit for a message; a larger file is kept and not looked at."""
UPLOAD_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Opened:
    """``text`` is None with a ``note`` that says why. ``said`` is what events carry of it."""

    kind: Kind
    text: str | None
    note: str | None
    said: FileReading


async def open_file(item: Item, blobs: Blobs, documents: Documents) -> Opened:
    """Raises ``BlobMissing``, and nothing for what is in the file. Opened again, it gives the same."""
    kind, body = await look_at(item.file, blobs)
    return await _read(item.item_id, kind, body, blobs, documents)


async def open_upload(key: UUID, file: BlobRef, blobs: Blobs, documents: Documents) -> FileReading | str:
    """What a recruiter uploaded, or why it is not taken. Somebody waits, so a slow file goes without text.

    Raises ``BlobMissing``.
    """
    kind, body = await look_at(file, blobs)
    if refusal := refusal_of_upload(kind):
        return refusal
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return (await _read(key, kind, body, blobs, documents)).said
    except TimeoutError:
        return FileReading(kind=kind.value, note="Reading the file took longer than anybody waits for it.")


async def look_at(file: BlobRef, blobs: Blobs) -> tuple[Kind, bytes]:
    """What it is by its content. One that is too large is not even fetched. Raises ``BlobMissing``."""
    if file.size > MOST_BYTES:
        return Kind.TOO_LARGE, b""
    body = await blobs.get(file)
    return await asyncio.to_thread(kind_of, body), body


async def _read(key: UUID, kind: Kind, body: bytes, blobs: Blobs, documents: Documents) -> Opened:
    reading = await documents.read(body, kind)
    text = None
    if reading.text is not None:
        text = await blobs.put(f"readings/{key}", reading.text.encode(), TEXT_TYPE)
    said = FileReading(
        kind=kind.value,
        pages=reading.pages,
        text=text,
        note=reading.note,
        truncated=reading.truncated,
        hidden_text=reading.hidden_text,
    )
    return Opened(kind, reading.text, reading.note, said)


def kept_apart(reading: FileReading | None) -> bool:
    """Whether the file may do harm to whoever opens it."""
    return reading is not None and reading.kind in KEPT_APART
