"""Opening a received file: its kind, and the text of its first pages, kept where a page can show it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from chassis.blobs import Blobs
from contracts.cv_matching import FileReading

from cv_matching.domain.kinds import KEPT_APART, Kind, kind_of
from cv_matching.ports import Documents, Item

TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Opened:
    """``text`` is None with a ``note`` that says why. ``said`` is what events carry of it."""

    kind: Kind
    text: str | None
    note: str | None
    said: FileReading


async def open_file(item: Item, blobs: Blobs, documents: Documents) -> Opened:
    """Raises ``BlobMissing``, and nothing for what is in the file. Opened again, it gives the same."""
    body = await blobs.get(item.file)
    kind = await asyncio.to_thread(kind_of, body)
    reading = await documents.read(body, kind)
    text = None
    if reading.text is not None:
        text = await blobs.put(f"readings/{item.item_id}", reading.text.encode(), TEXT_TYPE)
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
