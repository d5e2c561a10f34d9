"""Reading documents in a process of their own, one for each file.

Files come from strangers: a bomb may take all the memory or never end, and a reader's own bug may hand the
process over. What happens to that process harms one file only; what it answers is believed no further than
its form. Decision 0032 says why a fresh process, and what it costs.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

import structlog

from cv_matching.adapters.document_child import NOT_READY
from cv_matching.adapters.reading.found import MAX_CHARACTERS, Trouble
from cv_matching.domain.kinds import READABLE, Kind, why_no_text
from cv_matching.domain.texts import tidied
from cv_matching.ports import Reading

MAX_ANSWER = 512 * 1024
"""More than any answer has, in bytes: six for each character, and the rest."""
CHILD = (sys.executable, "-I", "-m", "cv_matching.adapters.document_child")
_STEP = 256 * 1024

_TOO_LONG = "Reading the file took too long; it may be damaged or hostile."
_DIED = "The file could not be read within its limits; it may be damaged or hostile."
_NOT_READY = "The file could not be read: the program that reads files did not start. Look at it yourself."
_ODD_ANSWER = "Reading the file gave no usable answer; it may be damaged or hostile."
_WHY = {
    Trouble.DAMAGED: "The file is damaged: no text could be read.",
    Trouble.LOCKED: "The file is locked by a password: no text could be read.",
    Trouble.NO_PAGES: "The document has no pages.",
    Trouble.NO_TEXT: "The file holds no text: it may be a scan.",
    Trouble.GARBLED: "The text in the file can't be made out: its letters are not what is seen. Look at it.",
    Trouble.TOO_MUCH: "The file unpacks to far more than a document holds; it may be hostile.",
}

_TRIAL = b"{\\rtf1 Everything is well.}"
_READ_ALL_THE_SAME = (
    "files of strangers are read with limits on memory and time only: run cv_matching on Linux"
    " (x86_64 or aarch64) and let its processes set a seccomp filter (docs/decisions/0032)"
)

_log = structlog.get_logger()


class ReadInChild:
    """Fills ``Documents``. ``seconds`` is wall time, ``memory_mib`` a child's address space.

    ``at_once`` children together take no more than that many times the memory. ``command`` starts a child.
    As a context manager it reads a file of its own first: whoever runs the service is told as it starts, in
    the log, whether files can be read here and how safely, and not only by the first candidate's CV.
    """

    def __init__(
        self,
        seconds: float = 12.0,
        memory_mib: int = 768,
        at_once: int = 2,
        command: Sequence[str] = CHILD,
    ) -> None:
        self.seconds = seconds
        self.memory_mib = memory_mib
        self._command = tuple(command)
        self._room = asyncio.Semaphore(at_once)

    async def __aenter__(self) -> ReadInChild:
        self._trial = asyncio.create_task(self._try())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._trial.cancel()
        await asyncio.wait([self._trial])

    async def tried(self) -> None:
        """Ends when the first reading did."""
        await asyncio.wait([self._trial])

    async def _try(self) -> None:
        try:
            trial = await self.read(_TRIAL, Kind.RTF)
        except OSError as failure:
            _log.error("documents_can_not_be_read_here", failure=type(failure).__name__)
        else:
            if trial.text is None:
                _log.error("documents_can_not_be_read_here", what_to_do=trial.note)

    async def read(self, body: bytes, kind: Kind) -> Reading:
        if kind not in READABLE:
            return Reading(None, why_no_text(kind))
        async with self._room:
            return await self._read(body, kind)

    async def _read(self, body: bytes, kind: Kind) -> Reading:
        child = await asyncio.create_subprocess_exec(
            *self._command,
            kind.value,
            str(self.memory_mib),
            str(int(self.seconds) + 1),
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TMPDIR": "/nonexistent"},
            cwd="/",
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self.seconds):
                _, answer = await asyncio.gather(_give(child, body), _take(child))
                await child.wait()
        except TimeoutError:
            return Reading(None, _TOO_LONG)
        except _TooMuchSaid:
            return Reading(None, _ODD_ANSWER)
        finally:
            await _end(child)
        return _understood(answer, child.returncode)


class _TooMuchSaid(Exception):
    pass


async def _give(child: asyncio.subprocess.Process, body: bytes) -> None:
    """A child that died before it read everything is no trouble of ours."""
    assert child.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        for at in range(0, len(body), _STEP):
            child.stdin.write(body[at : at + _STEP])
            await child.stdin.drain()
        child.stdin.close()


async def _take(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    answer = bytearray()
    while said := await child.stdout.read(_STEP):
        answer += said
        if len(answer) > MAX_ANSWER:
            raise _TooMuchSaid
    return bytes(answer)


async def _end(child: asyncio.subprocess.Process) -> None:
    """The child and whatever it started is gone, and no zombie is left, whatever happens to us meanwhile.

    asyncio says that a process ended once its pipes are read to their end as well, and reads no further than
    somebody takes: of a child that talks without end it would never say so. So the pipes are closed first.
    """
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child._transport.close()  # type: ignore[attr-defined]
    await asyncio.shield(child.wait())


def _understood(answer: bytes, status: int | None) -> Reading:
    if status == NOT_READY:
        _log.error(
            "documents_can_not_be_read_here", what_to_do="raise READING_MEMORY_MIB, or the machine's limits"
        )
        return Reading(None, _NOT_READY)
    if status != 0:
        return Reading(None, _DIED)
    try:
        said = json.loads(answer)
        if not said["caged"]:
            _log.warning("documents_are_read_without_a_cage", what_to_do=_READ_ALL_THE_SAME)
        pages = _whole_number(said["pages"])
        if "trouble" in said:
            return Reading(None, _WHY[Trouble(said["trouble"])], pages)
        text = tidied(str(said["text"]), MAX_CHARACTERS)
        if not text:
            return Reading(None, _WHY[Trouble.NO_TEXT], pages)
        hidden = said["hidden_text"]
        return Reading(
            text,
            pages=pages,
            truncated=said["truncated"] is True,
            hidden_text=hidden if isinstance(hidden, bool) else None,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Reading(None, _ODD_ANSWER)


def _whole_number(said: object) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 1_000_000 else None
