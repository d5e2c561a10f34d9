"""Hostile files through the real service, as a process with its real children, over real NATS and PostgreSQL.

200 by default; ``make test-hostile`` sends more. HOSTILE_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from chassis.servers import ServiceDatabase
from chassis.testing import eventually
from contracts.cv_matching import CvMatched, InboundUnmatched
from cv_matching.adapters.documents import ReadInChild
from cv_matching.domain.kinds import KEPT_APART, READABLE, TAKEN_AS_CV, kind_of
from cv_matching_support import files, hostile
from cv_matching_support.running import Process, a_process

COUNT = int(os.environ.get("HOSTILE", "200"))
AT_ONCE = 25
SECONDS = "2"
"""A file may take so long here; some of them would take all they are given."""
MOST_MEGABYTES = 400.0
"""Of the service itself, whatever it is sent."""


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("HOSTILE_SEED") or random.randrange(1 << 32))
    print(f"seed {chosen}: HOSTILE_SEED={chosen} repeats it")
    return chosen


@pytest.fixture
async def declining_model() -> AsyncIterator[str]:
    """A model that answers every question with 400, so that no file waits for it."""

    async def decline(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(decline, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_hostile_files_take_nobody_down_and_each_ends_with_a_reason(
    fresh_schema: ServiceDatabase, fresh_bus: str, tmp_path: Path, seed: int, declining_model: str
) -> None:
    log = tmp_path / "log"
    running = a_process(
        fresh_schema,
        fresh_bus,
        tmp_path / "blobs",
        log,
        READING_SECONDS=SECONDS,
        ANTHROPIC_BASE_URL=declining_model,
    )
    async with running as service:
        await service.await_cv_of(1, "Ana", "Pop", "ana@example.com")
        begun = time.monotonic()
        sent = await _send_all(service, seed)
        taken = time.monotonic() - begun
        await _look_at_the_ends(service, sent)
        before = len(await service.said(CvMatched))
        await service.receive("ana@example.com", ("cv.pdf", files.a_pdf("Ana Pop\nCurriculum vitae")))
        await eventually(
            lambda: service.said(CvMatched), lambda all_: len(all_) > before, within=30, every=0.5
        )
        most = service.megabytes("VmHWM")
        print(f"{len(sent)} files in {taken:.0f} s; the service itself took {most:.0f} MB at most")
        assert most < MOST_MEGABYTES
        assert service.children() == []
    said = log.read_text()
    assert "service_draining" in said
    assert "Traceback" not in said


async def _send_all(service: Process, seed: int) -> list[hostile.Hostile]:
    """Some at a time, every other one from somebody known; waits until a recruiter sees what each became."""
    sent: list[hostile.Hostile] = []
    for each in hostile.collection(seed, COUNT):
        sender = "ana@example.com" if len(sent) % 2 else "stranger@example.com"
        await service.receive(sender, (each.name, each.body))
        sent.append(each)
        if len(sent) % AT_ONCE == 0 or len(sent) == COUNT:
            await eventually(
                lambda: _ends(service),
                lambda ends: len(ends) == len(sent),
                within=300,
                every=0.5,
                what=f"{len(sent)} files have ended",
            )
    return sent


async def _ends(service: Process) -> dict[UUID, CvMatched | InboundUnmatched]:
    said = [*await service.said(CvMatched), *await service.said(InboundUnmatched)]
    return {each.item_id: each for each in said}


async def _look_at_the_ends(service: Process, sent: list[hostile.Hostile]) -> None:
    """What may do harm is kept apart, documents and pictures alone are attached, each with a reason."""
    ends = (await _ends(service)).values()
    for end in ends:
        assert end.explanation.endswith(".")
        assert end.reading is not None
        assert (end.reading.text is None) == bool(end.reading.note)
        if isinstance(end, InboundUnmatched):
            assert end.quarantined == (end.reading.kind in KEPT_APART)
        else:
            assert end.reading.kind in TAKEN_AS_CV
    assert Counter(end.reading.kind for end in ends if end.reading) == Counter(
        kind_of(each.body).value for each in sent
    )
    attached = sum(isinstance(end, CvMatched) for end in ends)
    apart = sum(isinstance(end, InboundUnmatched) and end.quarantined for end in ends)
    print(f"attached {attached}, kept apart {apart}, unmatched {len(ends) - attached - apart}")


async def test_each_hostile_file_is_read_in_its_time_and_its_memory(seed: int) -> None:
    """By the reading process alone, one after the other; prints what they took."""
    reader = ReadInChild(seconds=float(SECONDS))
    took: list[tuple[float, str]] = []
    most = 0.0
    for each in hostile.collection(seed, COUNT):
        kind = kind_of(each.body)
        if kind not in READABLE:
            continue
        begun = time.monotonic()
        reading = asyncio.create_task(reader.read(each.body, kind))
        while not reading.done():
            await asyncio.wait([reading], timeout=0.02)
            most = max(most, _peak_of_children())
        read = reading.result()
        took.append((time.monotonic() - begun, each.what))
        assert (read.text is None) == bool(read.note)
    took.sort()
    half, nearly = took[len(took) // 2][0], took[len(took) * 95 // 100][0]
    print(
        f"{len(took)} files of {COUNT} were read: p50 {half * 1000:.0f} ms, p95 {nearly * 1000:.0f} ms, "
        f"longest {took[-1][0]:.1f} s ({took[-1][1]}); a child took {most:.0f} MB at most"
    )
    assert took[-1][0] < float(SECONDS) + 5
    assert most < reader.memory_mib


def _peak_of_children() -> float:
    """Megabytes, as often as they are looked at; those still a copy of us, before they began, don't count."""
    most = 0.0
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        with suppress(OSError):
            if b"document_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
                most = max(most, int(peak[1]) / 1024 if peak else 0.0)
    return most
