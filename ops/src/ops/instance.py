"""One running installation: its folder, its servers, its processes; for ``up``, the demonstration, tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chassis.servers import Child, ServerFailed, check_port

from ops.bus import Operator
from ops.ground import Foreign, Ground, service_environment
from ops.keys import Keys
from ops.preparing import migrate, provision
from ops.providers import SANDBOX_VARIABLES, sandbox_environment
from ops.say import Say
from ops.topology import SANDBOX, SERVICES, Ports

STOP_FIRST = (SANDBOX, "gateway", "recruiter_ui")
"""Nothing new comes in while the others finish what they have."""


@dataclass(frozen=True, slots=True)
class Options:
    """What differs between an installation for work, for show and for tests."""

    sandbox: bool = True
    """False: providers are reached as the environment says."""
    clock_file: Path | None = None
    people: Path | None = None
    """A lead file whose people the sandbox knows from the start."""
    seed: str = "recruitflow"
    durable: bool = True
    foreign: Foreign = field(default_factory=Foreign)
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further variables for every process."""


class Instance:
    """Start it from the main thread (see ``chassis.servers``); always ``stop`` it."""

    def __init__(
        self, folder: Path, ports: Ports, options: Options | None = None, say: Say | None = None
    ) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.options = options or Options()
        self.say = say or Say(quiet=True)
        self.keys = Keys(self.folder)
        self.ground = Ground(
            self.folder, ports, self.keys, self.options.foreign, durable=self.options.durable
        )
        self.children: dict[str, Child] = {}
        self.pages_to_fold = self.folder / "pages-to-fold"
        """There from the migration of older tables of recruiter_ui until they are folded anew."""

    @property
    def names(self) -> Sequence[str]:
        return (SANDBOX, *SERVICES) if self.options.sandbox else SERVICES

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports.ui}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.sandbox}"

    @property
    def secrets_key(self) -> str:
        """What messaging keeps secrets with; the user's own where they have set one."""
        return os.environ.get("SECRETS_KEY") or self.keys.get("messaging.secrets")

    @property
    def blobs_url(self) -> str:
        return (self.folder / "blobs").as_uri()

    def operator(self) -> Operator:
        """This command line's own way to the bus and the blobs."""
        foreign = bool(self.options.foreign.nats_url)
        return Operator(self.ground.nats_url(), self.blobs_url, foreign=foreign)

    def log_of(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    async def start(self) -> None:
        """Everything, in order; returns when every process says that it is ready."""
        (self.folder / "blobs").mkdir(mode=0o700, parents=True, exist_ok=True)  # CVs lie in there
        for name in self.names:
            check_port(name, self.ports.of(name))
        if self.options.sandbox:
            self.spawn(SANDBOX)  # it needs none of the servers, and services ask it as soon as they start
        await self.start_servers()
        await self.prepare()
        with self.say.step(f"Starting {len(self.names)} processes"):
            if self.options.sandbox:
                await self.wait_ready(SANDBOX)
            for name in SERVICES:
                self.spawn(name)
            await asyncio.gather(*(self.wait_ready(name) for name in SERVICES))

    async def start_servers(self) -> None:
        if not self.options.foreign.database_url:
            with self.say.step("Starting PostgreSQL"):
                self.ground.start_postgres()
        if not self.options.foreign.nats_url:
            with self.say.step("Starting NATS with JetStream"):
                self.ground.start_nats()

    async def prepare(self) -> None:
        """Schemas, migrations, streams and consumers; all of it may run again."""
        with self.say.step("Preparing schemas"):
            await self.ground.make_schemas()
            if "recruiter_ui" in await migrate(self.ground):
                self.pages_to_fold.touch()
        with self.say.step("Preparing streams and consumers"):
            async with self.operator() as operator:
                await provision(operator)

    def spawn(self, name: str) -> None:
        """Start one process; ``wait_ready`` tells when it works."""
        self.children[name] = Child(
            name,
            [sys.executable, "-m", f"{name}.main"],
            log=self.log_of(name),
            env=self._environment(name),
        )

    async def wait_ready(self, name: str, within: float = 240.0) -> None:
        """A process that ends is noticed at once; one that is only slow is given time on a busy machine."""
        child, deadline = self.children[name], time.monotonic() + within
        path = "/__control__/health" if name == SANDBOX else "/readyz"
        while not await asyncio.to_thread(_ready, f"http://127.0.0.1:{self.ports.of(name)}{path}"):
            if child.exit_code is not None:
                raise ServerFailed(name, f"ended (exit code {child.exit_code})", child.log)
            if time.monotonic() > deadline:
                raise ServerFailed(name, f"was not ready within {within:g} s", child.log)
            await asyncio.sleep(0.05)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.children[name].kill()

    async def restart(self, name: str) -> None:
        self.spawn(name)
        await self.wait_ready(name)

    def ended(self) -> list[str]:
        """Processes that are not running although they should be."""
        return [name for name, child in self.children.items() if child.exit_code is not None]

    def stop(self) -> None:
        """What brings in new things first, the servers last; nothing is left running."""
        for names in (STOP_FIRST, tuple(self.children)):
            leaving = [self.children[name] for name in names if name in self.children]
            for child in leaving:
                child.send_signal(signal.SIGTERM)
            for child in leaving:
                child.stop()
        self.children.clear()
        self.ground.stop()

    def _environment(self, name: str) -> dict[str, str]:
        """The user's own environment, less what would point a service somewhere else than intended."""
        hidden = ("DATABASE_", "NATS_", *(SANDBOX_VARIABLES if self.options.sandbox else ()))
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
        clock = {"CLOCK_FILE": str(self.options.clock_file)} if self.options.clock_file else {}
        return {
            **inherited,
            **(service_environment(self.ground, name) if name != SANDBOX else {}),
            **(sandbox_environment(self) if self.options.sandbox else {}),
            "BLOBS_URL": self.blobs_url,
            **({"SECRETS_KEY": self.secrets_key} if name == "messaging" else {}),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.ports.of(name)),
            "PYTHONUNBUFFERED": "1",
            **clock,
            **self.options.environment,
        }


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
