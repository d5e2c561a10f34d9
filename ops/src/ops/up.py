"""``recruitflow up``: start everything here, watch over it, and take it down in order."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.servers import PortTaken, ServerFailed

from ops.instance import Instance
from ops.say import Say, Trouble
from ops.topology import Ports, variable_of

_LONG_ENOUGH = 60.0
"""A process that ran this long has recovered: its next failure waits one second again."""


async def run(instance: Instance, say: Say, greet: Callable[[Instance, Say], Awaitable[None]]) -> None:
    """Until SIGINT, SIGTERM or SIGHUP; whatever was started is stopped, whatever goes wrong."""
    me = asyncio.current_task()
    if me is None:
        raise RuntimeError("not in a task")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, me.cancel)
    try:
        await instance.start()
        await greet(instance, say)
        await watch(instance, say)
    except asyncio.CancelledError:
        me.uncancel()
        say.line("")
        say.line("Stopping ...")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: None)  # once is enough: nothing interrupts the stop
        instance.stop()
    say.line("Stopped. Everything is kept; start again with the same command.")


async def watch(instance: Instance, say: Say) -> None:
    """Start again what ended by itself, each time a little later."""
    failures: dict[str, tuple[int, float]] = {}
    while True:
        for server in instance.ground.dead():
            name = type(server).__name__.removesuffix("Server")
            say.line(f"{name} ended by itself; starting it again (log: {server.folder})")
            server.start()
        for name in instance.ended():
            count, last = failures.get(name, (0, 0.0))
            count = 0 if time.monotonic() - last > _LONG_ENOUGH else count
            pause = min(2.0**count, 30.0)
            code = instance.children[name].exit_code
            say.line(
                f"{name} ended (exit code {code}); starting it again in {pause:g} s. "
                f"Log: {instance.log_of(name)}"
            )
            await asyncio.sleep(pause)
            instance.spawn(name)
            failures[name] = (count + 1, time.monotonic())
        await asyncio.sleep(0.2)


@contextmanager
def sole_owner(folder: Path) -> Iterator[None]:
    """One installation is run by one command at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Trouble(
                f"RecruitFlow already runs in {folder} (process {lock.read().strip()}). "
                "Stop it there with Ctrl-C."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def explained(failure: PortTaken | ServerFailed, ports: Ports) -> Trouble:
    """What a person can do about a server that did not start."""
    if isinstance(failure, PortTaken):
        variable = variable_of(ports, failure.port)
        choose = f"choose another port with {variable}={failure.port + 100}" if variable else "start again"
        return Trouble(f"Port {failure.port} for {failure.name} is taken. Stop what uses it, or {choose}.")
    log = f" Log: {failure.log}" if failure.log else ""
    return Trouble(f"{failure}.{log}")
