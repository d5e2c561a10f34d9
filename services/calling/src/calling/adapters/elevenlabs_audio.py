"""A call's recording as ElevenLabs hands it out: streamed into a file without a name, within a limit of size.

Nobody's voice stays behind a killed process: the file is gone with the process that holds it open.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import httpx2

from calling.domain.recordings import RecordingTooLarge, audio_type
from calling.ports import Sound, TelephonyUnavailable

_NOT_THERE = {404, 422}


@asynccontextmanager
async def recording_of(
    http: httpx2.AsyncClient, conversation_id: str, most_bytes: int
) -> AsyncIterator[Sound | None]:
    """As ``Telephony.recording`` says. The line to the provider is closed before the block is entered."""
    with tempfile.TemporaryFile() as file:
        yield await _fetched(http, conversation_id, most_bytes, file)


async def _fetched(
    http: httpx2.AsyncClient, conversation_id: str, most_bytes: int, file: IO[bytes]
) -> Sound | None:
    path = f"/v1/convai/conversations/{quote(conversation_id, safe='')}/audio"
    digest, size = hashlib.sha256(), 0
    try:
        async with http.stream("GET", path) as response:
            if response.status_code in _NOT_THERE:
                return None
            if response.status_code != 200:
                raise TelephonyUnavailable(f"ElevenLabs answers {response.status_code}")
            kind = audio_type(response.headers.get("content-type", ""))
            if kind is None:
                raise TelephonyUnavailable("ElevenLabs answers something else than sound")
            if _announced(response) > most_bytes:
                raise RecordingTooLarge(most_bytes)
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > most_bytes:
                    raise RecordingTooLarge(most_bytes)
                digest.update(chunk)
                file.write(chunk)
    except httpx2.HTTPError as silent:
        raise TelephonyUnavailable(type(silent).__name__) from silent
    file.flush()
    return Sound(Path(f"/proc/self/fd/{file.fileno()}"), digest.hexdigest(), kind) if size else None


def _announced(response: httpx2.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0
