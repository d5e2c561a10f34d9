"""Lead files from the blob store, read by a process of their own (``lead_reader``).

The copy that it reads has no name: whatever kills either process, no personal data stays behind on the disk.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import IO

import msgspec
from chassis.blobs import Blobs
from contracts import BlobRef

from intake.adapters.lead_reader import Frame
from intake.domain.lead_file import FileShape
from intake.domain.lead_text import HopelessFile
from intake.ports import LeadChunks, ReaderFailed

_PART_BYTES = 4 << 20
_DECODER = msgspec.json.Decoder(Frame)


class SeparateReader:
    """Implements ``LeadFiles``. Stateless but for the store it reads from."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def chunks(self, file: BlobRef, *, time_zone: str, size: int, after_record: int) -> LeadChunks:
        with tempfile.TemporaryFile() as copy:
            await self._copy(file, copy)
            parts = _parts(copy.fileno(), [time_zone, str(size), str(after_record)])
            async with aclosing(parts), aclosing(_ahead(parts)) as ready:
                async for part in ready:
                    yield part

    async def _copy(self, file: BlobRef, copy: IO[bytes]) -> None:
        start = 0
        while part := await self._blobs.get_part(file, start, _PART_BYTES):
            copy.write(part)
            start += len(part)
        copy.flush()
        copy.seek(0)  # the reader goes on where we are


async def _ahead(parts: LeadChunks) -> LeadChunks:
    """Takes the next part while the last one is being stored."""
    following = asyncio.ensure_future(anext(parts, None))
    try:
        while (part := await following) is not None:
            following = asyncio.ensure_future(anext(parts, None))
            yield part
    finally:
        following.cancel()
        await asyncio.wait([following])


async def _parts(copy: int, arguments: list[str]) -> LeadChunks:
    async with aclosing(_frames(copy, arguments)) as frames:
        shape: FileShape | None = None
        async for frame in frames:
            if frame.hopeless is not None:
                raise HopelessFile(*frame.hopeless)
            shape = frame.shape or shape
            if shape is not None and frame.chunk is not None:
                yield shape, frame.chunk


async def _frames(copy: int, arguments: list[str]) -> AsyncGenerator[Frame, None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "intake.adapters.lead_reader",
        str(copy),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=[copy],
    )
    assert process.stdout is not None
    try:
        while header := await process.stdout.read(4):
            while len(header) < 4:
                header += await process.stdout.readexactly(4 - len(header))
            yield _DECODER.decode(await process.stdout.readexactly(int.from_bytes(header, "big")))
        if await process.wait() != 0:
            raise ReaderFailed(process.returncode)
    except asyncio.IncompleteReadError as cut:
        raise ReaderFailed(process.returncode) from cut
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
