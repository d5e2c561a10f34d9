"""For tests: a sandbox on a free port, a clock turned by hand, and a receiver that notes what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import uvicorn

from sandbox.app import make_app
from sandbox.settings import SandboxSettings

Value = TypeVar("Value")

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday; 14:00 in Bucharest."""


class HandClock:
    """Stands still until it is turned."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()

    def restart(self) -> None:
        self._now = NOON

    def turn(self, **span: float) -> None:
        """By hours, minutes, seconds, as ``timedelta`` names them."""
        self._now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Delivery:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Receiver:
    """Takes webhooks. ``answers`` are the next statuses, then 200 for ever."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def of(self, type: str) -> list[Delivery]:
        """Those of one kind: ElevenLabs' ``type`` or Whapi's top key."""
        return [one for one in self.deliveries if one.body.get("type") == type or type in one.body]


@contextmanager
def receiver() -> Iterator[Receiver]:
    taken = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            chunked = "content-length" not in self.headers
            raw = self._pieces() if chunked else self.rfile.read(int(self.headers["content-length"]))
            taken.deliveries.append(Delivery(self.path, dict(self.headers), raw))
            self.send_response(taken.answers.pop(0) if taken.answers else 200)
            self.end_headers()

        def _pieces(self) -> bytes:
            whole = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def running(settings: SandboxSettings, clock: HandClock) -> Iterator[str]:
    """Serve a sandbox from a thread; answers its address."""
    config = uvicorn.Config(
        make_app(settings, clock),
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started, "the sandbox to start")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def wait_for(probe: Callable[[], Value], what: str, within: float = 10.0) -> Value:
    """Ask until the answer is true; the last answer stands in the error."""
    deadline = time.monotonic() + within
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within:g} s for {what}; last seen: {answer!r}")
        time.sleep(0.01)
