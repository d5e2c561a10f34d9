"""Lead files read in this process, from blobs in memory."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

from chassis.blobs import MemoryBlobs
from contracts import BlobRef
from intake.domain.lead_file import FileShape, read_chunks
from intake.ports import LeadChunks


class ReadHere:
    """Reads lead files in this process."""

    def __init__(self, blobs: MemoryBlobs) -> None:
        self._blobs = blobs

    async def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        body = io.BytesIO(await self._blobs.get(file))
        shape: FileShape | None = None
        for part in read_chunks(body, zone=ZoneInfo(time_zone), size=size, after_record=after_record):
            if isinstance(part, FileShape):
                shape = part
            elif shape is not None:
                yield shape, part
