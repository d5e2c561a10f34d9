"""Reading documents in a process of their own.

Files come from strangers: a bomb may take all the memory or never end. The child gets limits on address space
and processor time and is killed when its time is up; what it does to itself harms one file only.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from cv_matching.adapters.document_child import BAD_FILE, MAX_CHARACTERS
from cv_matching.domain.kinds import READABLE, Kind, why_no_text
from cv_matching.ports import Reading

MAX_BYTES = 25 * 1024 * 1024
"""Gmail's limit for a message; a larger file is kept and not read."""

_TOO_LARGE = "The file is too large to be read."
_TOO_LONG = "Reading the file took too long; it may be damaged or hostile."
_DIED = "The file could not be read within its limits; it may be damaged or hostile."
_ODD_ANSWER = "Reading the file gave no usable answer."


class ReadInChild:
    """Fills ``Documents``. ``seconds`` is wall time, ``memory_mib`` a child's address space.

    ``at_once`` children together take no more than that many times the memory.
    """

    def __init__(self, seconds: float = 20.0, memory_mib: int = 768, at_once: int = 2) -> None:
        self.seconds = seconds
        self.memory_mib = memory_mib
        self._room = asyncio.Semaphore(at_once)

    async def read(self, body: bytes, kind: Kind) -> Reading:
        if kind not in READABLE:
            return Reading(None, why_no_text(kind))
        if len(body) > MAX_BYTES:
            return Reading(None, _TOO_LARGE)
        async with self._room:
            return await self._read(body, kind)

    async def _read(self, body: bytes, kind: Kind) -> Reading:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "cv_matching.adapters.document_child",
            kind.value,
            str(self.memory_mib),
            str(int(self.seconds) + 1),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TMPDIR": "/nonexistent"},
        )
        try:
            async with asyncio.timeout(self.seconds):
                answer, _ = await child.communicate(body)
        except TimeoutError:
            return Reading(None, _TOO_LONG)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return _understood(answer, child.returncode)


def _understood(answer: bytes, status: int | None) -> Reading:
    if status == BAD_FILE:
        return Reading(None, "The file is damaged or protected by a password: no text could be read.")
    if status != 0:
        return Reading(None, _DIED)
    try:
        text = json.loads(answer)["text"]
    except (ValueError, KeyError, TypeError):
        return Reading(None, _ODD_ANSWER)
    if not isinstance(text, str):
        return Reading(None, _ODD_ANSWER)
    if not text.strip():
        return Reading(None, "The file holds no text: it may be a scan.")
    return Reading(text[:MAX_CHARACTERS])
