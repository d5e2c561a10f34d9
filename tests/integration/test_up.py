"""``recruitflow up`` as a person uses it: it says where to go, goes on after a stop, leaves nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.servers import end_with_parent, free_port
from chassis.testing import eventually
from ops.sample import LEADS
from ops.topology import VARIABLES

COMMAND = [sys.executable, "-m", "ops.cli"]


def _environment(state: Path) -> dict[str, str]:
    ports = {variable: str(free_port()) for variable, _ in VARIABLES.values()}
    hidden = ("DATABASE_URL", "NATS_URL")
    return {
        **{key: value for key, value in os.environ.items() if key not in hidden},
        **ports,
        "RECRUITFLOW_STATE": str(state),
        "PYTHONUNBUFFERED": "1",
    }


@asynccontextmanager
async def _running(environment: dict[str, str], said: list[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "up",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    try:
        async with asyncio.timeout(240):
            assert process.stdout is not None
            async for line in process.stdout:
                said.append(line.decode())
                if "Ctrl-C stops" in said[-1]:
                    break
        yield process
    finally:
        try:
            process.send_signal(signal.SIGINT)
        except ProcessLookupError:
            said.append("")
        else:
            async with asyncio.timeout(120):
                assert process.stdout is not None
                said.append((await process.stdout.read()).decode())
                await process.wait()


async def _command(environment: dict[str, str], *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=end_with_parent(),
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


def _processes_below(state: Path) -> list[int]:
    """Whoever was started with this state folder in the environment, besides this test."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(state).encode() in environment and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


async def test_it_starts_says_where_to_go_stops_goes_on_and_leaves_nothing(tmp_path: Path) -> None:
    state = tmp_path / "the state"
    environment, first, second = _environment(state), [], []
    async with _running(environment, first) as process:
        told = "".join(first)
        address = f"http://127.0.0.1:{environment['PORT']}"
        assert address in told
        login = re.search(r"log in as +(\S+) with the password (\S+)", told)
        assert login, told
        with urllib.request.urlopen(f"{address}/login", timeout=10) as page:  # noqa: ASYNC210
            assert page.status == 200

        code, said = await _command(environment, "up")
        assert (code, "already runs" in said) == (1, True), said
        code, said = await _command(environment, "timeline", "1")
        assert (code, "intake.application.opened" in said) == (0, True), said
        code, said = await _command(environment, "users", "add", "ana@example.com", "--name", "Ana")
        assert (code, "password" in said) == (0, True), said
        code, said = await _command(environment, "users", "add", "ana@example.com", "--name", "Ana")
        assert (code, "already" in said) == (1, True), said
        code, said = await _command(environment, "import", str(LEADS), "--position", "1")
        assert (code, "43 unchanged" in said, "line 28" in said) == (0, True, True), said
        pdf = tmp_path / "leads.csv"
        pdf.write_bytes(b"%PDF-1.7")
        code, said = await _command(environment, "import", str(pdf), "--position", "1")
        assert (code, "PDF" in said, said.count("\n")) == (1, True, 1), said
        code, said = await _command(environment, "streams", "check")
        assert (code, "as declared" in said) == (0, True), said
        code, said = await _command(environment, "streams", "retire")
        assert (code, "Nothing to retire" in said) == (0, True), said
        code, said = await _command(environment, "dlq", "list")
        assert (code, "No message" in said) == (0, True), said
        assert process.returncode is None
    assert process.returncode == 0, "".join(first)
    assert "Stopped." in first[-1]
    assert _processes_below(state) == []

    async with _running(environment, second) as process:
        told = "".join(second)
        assert login.group(2) in told, "the same login as before"
        assert "sample leads" not in told, "nothing is loaded a second time"
        code, said = await _command(environment, "timeline", "1")
        assert (code, said.count("intake.application.opened")) == (0, 1), said

        process.kill()
        await process.wait()

        async def gone() -> bool:
            return _processes_below(state) == []

        await eventually(gone, within=30, what="servers and services end with a killed command")


async def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        code, said = await _command(environment, "up")
    assert code == 1
    line = said.strip().splitlines()[-1]
    assert environment["PORT"] in line
    assert "PORT=" in line
    assert "Traceback" not in said
    assert _processes_below(tmp_path) == []


async def test_commands_without_an_installation_say_what_to_do(tmp_path: Path) -> None:
    environment = _environment(tmp_path / "none")
    for words in (["timeline", "1"], ["dlq", "list"], ["import", "x.csv", "--position", "1"]):
        code, said = await _command(environment, *words)
        assert (code, "make run" in said, said.count("\n")) == (1, True, 1), said
