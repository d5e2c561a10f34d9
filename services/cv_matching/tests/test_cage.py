"""The process that reads strangers' files: what it can't do, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.servers import end_with_parent
from chassis.testing import eventually
from cv_matching.adapters.documents import ReadInChild, _end
from cv_matching.adapters.reading.cage import MAX_OPEN_FILES
from cv_matching.domain.kinds import Kind
from cv_matching_support import files
from cv_matching_support.children import TALKER

CAGED = """
import os, socket, signal, ctypes, resource, threading, sys
from cv_matching.adapters.reading import cage
cage.limit(768, 20, os.getppid())
assert cage.close_the_door()
try:
    {attempt}
except OSError as refused:
    print("refused", refused.errno)
except (RuntimeError, ValueError):
    print("refused 1")
else:
    print("done")
"""
ATTEMPTS = {
    "open a file": "open('/etc/passwd')",
    "read the service's secrets": "open(f'/proc/{os.getppid()}/environ')",
    "write a file": "open('/tmp/x', 'w')",
    "delete a file": "os.unlink('/tmp/not-there')",
    "list a folder": "os.listdir('/')",
    "connect": "socket.socket().connect(('127.0.0.1', 9))",
    "make a local socket": "socket.socket(socket.AF_UNIX)",
    "start a program": "os.execv('/bin/true', ['true'])",
    "fork": "os.fork()",
    "start a thread": "threading.Thread(target=print).start()",
    "kill the service": "os.kill(os.getppid(), signal.SIGTERM)",
    "widen its limits": "resource.setrlimit(resource.RLIMIT_CPU, (99, 99))",
}


def caged(attempt: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", CAGED.format(attempt=attempt)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout.strip() or ran.stderr


@pytest.mark.parametrize("what", sorted(ATTEMPTS))
def test_nothing_outside_can_be_reached(what: str) -> None:
    assert caged(ATTEMPTS[what]) == "refused 1"


def test_computing_and_answering_is_allowed() -> None:
    assert caged("sorted(bytearray(10_000_000))") == "done"


def children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in listed]


async def no_children_but(before: list[int]) -> bool:
    return set(children()) <= set(before)


async def the_child(before: list[int]) -> Path | None:
    """The folder of the reading process once it is in its cage."""
    for pid in set(children()) - set(before):
        folder = Path(f"/proc/{pid}")
        if "Seccomp:\t2" in (folder / "status").read_text():
            return folder
    return None


async def test_the_child_knows_no_secret_and_has_low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-secret")
    leak = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(leak, True)
    before = children()
    reading = asyncio.create_task(ReadInChild(seconds=8).read(files.an_endless_pdf(), Kind.PDF))
    folder = await eventually(lambda: the_child(before), what="the child reads")
    assert folder is not None
    assert b"secret" not in (folder / "environ").read_bytes()
    assert sorted(os.listdir(folder / "fd")) == ["0", "1", "2"]
    pid = int(folder.name)
    assert os.getpgid(pid) == pid
    assert resource.prlimit(pid, resource.RLIMIT_AS)[0] == 768 << 20
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE)[0] == 0
    assert resource.prlimit(pid, resource.RLIMIT_CORE)[0] == 0
    assert resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] == MAX_OPEN_FILES
    assert "NoNewPrivs:\t1" in (folder / "status").read_text()
    assert (folder / "oom_score_adj").read_text().strip() == "1000"
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    os.close(leak)
    assert await no_children_but(before)


LOWERED = """
import os, resource
from cv_matching.adapters.reading import cage
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
print(cage.limit(768, 20, os.getppid()), resource.getrlimit(resource.RLIMIT_CPU))
"""


def test_a_machine_that_allows_less_is_no_reason_to_call_every_file_hostile() -> None:
    ran = subprocess.run([sys.executable, "-I", "-c", LOWERED], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("True (5, 5)\n", "")


async def test_memory_that_does_not_do_for_the_reader_itself_is_told_as_our_trouble() -> None:
    read = await ReadInChild(seconds=8, memory_mib=40).read(files.a_pdf("Ana Pop"), Kind.PDF)
    assert "did not start" in (read.note or "")


READS = """
import asyncio, sys
from cv_matching.adapters.documents import ReadInChild
from cv_matching.domain.kinds import Kind
asyncio.run(ReadInChild(seconds=60).read(sys.stdin.buffer.read(), Kind.PDF))
"""


def caged_child(pid: int) -> Path | None:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if "Seccomp:\t2" in Path(f"/proc/{child}/status").read_text():
            return Path(f"/proc/{child}")
    return None


async def test_the_child_goes_with_a_service_that_is_killed() -> None:
    service = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READS), stdin=asyncio.subprocess.PIPE, preexec_fn=end_with_parent()
    )
    assert service.stdin is not None
    service.stdin.write(files.an_endless_pdf())
    service.stdin.close()

    async def reading() -> Path | None:
        return caged_child(service.pid)

    async def gone() -> bool:
        return not folder.exists() or "State:\tZ" in (folder / "status").read_text()

    folder = await eventually(reading, what="the child reads", within=30)
    assert folder is not None
    assert "Threads:\t1\n" in (folder / "status").read_text()
    service.kill()
    await service.wait()
    await eventually(gone, what="the child is gone")


async def test_a_child_that_is_killed_costs_its_file_only() -> None:
    before = children()
    reading = asyncio.create_task(ReadInChild(seconds=8).read(files.an_endless_pdf(), Kind.PDF))
    folder = await eventually(lambda: the_child(before), what="the child reads")
    assert folder is not None
    os.kill(int(folder.name), signal.SIGKILL)
    assert (
        await reading
    ).note == "The file could not be read within its limits; it may be damaged or hostile."
    assert await no_children_but(before)


async def test_no_more_children_than_there_is_room_for() -> None:
    before = children()
    reader = ReadInChild(seconds=2, at_once=2)
    readings = [asyncio.create_task(reader.read(files.an_endless_pdf(), Kind.PDF)) for _ in range(4)]
    most = 0
    while not all(each.done() for each in readings):
        most = max(most, len(set(children()) - set(before)))
        await asyncio.wait(readings, timeout=0.01)
    assert most == 2
    assert await no_children_but(before)


async def test_a_child_to_whom_nobody_listens_any_more_is_ended_all_the_same() -> None:
    """Its pipe is full and not read on: waiting for such a process would hold its place for ever."""
    before = children()
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        TALKER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=end_with_parent(),
    )
    assert child.stdin is not None
    child.stdin.close()
    said = child.stdout

    async def full() -> bool:
        return bool(vars(said)["_paused"])

    await eventually(full, what="nobody reads on")
    async with asyncio.timeout(30):
        await _end(child)
    assert child.returncode is not None
    assert await no_children_but(before)
