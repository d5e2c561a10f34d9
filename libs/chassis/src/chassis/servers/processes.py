"""One child process: in a group of its own, with its output in a file, and gone when its parent is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1


class ServerFailed(RuntimeError):
    """A server did not start; the message ends with what it said itself."""

    def __init__(self, name: str, problem: str, log: Path | None = None) -> None:
        said = _last_lines(log) if log else ""
        super().__init__(f"{name} {problem}" + (f"; its last words: {said}" if said else ""))
        self.name = name
        self.log = log


class PortTaken(RuntimeError):
    """Somebody else listens on a port that was asked for."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"port {port} for {name} is taken")
        self.name = name
        self.port = port


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def check_port(name: str, port: int) -> None:
    """Raises ``PortTaken`` when the port can't be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise PortTaken(name, port) from None


class Child:
    """A started process. ``stop`` asks with a signal first and kills only who does not listen."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        parent_death_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                process_group=0,
                preexec_fn=end_with_parent(parent_death_signal),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative numbers are the signal that ended it."""
        return self._process.poll()

    def send_signal(self, number: signal.Signals) -> None:
        if self.exit_code is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the whole group, and wait."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def stop(self, within: float = 15.0) -> None:
        """Ask it to end; after ``within`` seconds it is killed. Whatever it started goes with it."""
        self.send_signal(self._stop_signal)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        self._signal_group(signal.SIGKILL)

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> None:
        """Block until ``ready()``; raises ``ServerFailed`` when it ends or takes too long."""
        deadline = time.monotonic() + within
        while not ready():
            if self.exit_code is not None:
                raise ServerFailed(self.name, f"ended at once (exit code {self.exit_code})", self.log)
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(self.name, f"was not ready within {within:g} s", self.log)
            time.sleep(0.02)

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """What to run in a child before it becomes a program (``preexec_fn``): its end is tied to ours."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: nothing is allocated after it
    parent, wanted = os.getpid(), int(number)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, wanted)
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os._exit(1)

    return prepare


def _last_lines(log: Path, count: int = 3) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return " | ".join(line.strip() for line in lines[-count:])
