"""The gateway's door without a network in front of it: requests are put together by hand, odd ones too."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from fastapi import FastAPI

Headers = Sequence[tuple[bytes, bytes]]


async def knock(app: FastAPI, path: str, headers: Headers, body: bytes, dice: Random) -> int:
    """Answers the status. Some bodies come in pieces, without a length, or break off in the middle."""
    pieces = _pieces(body, dice)
    broken_off = dice.random() < 0.01
    status = 0

    async def receive() -> dict[str, Any]:
        if not pieces or broken_off:
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    length = [] if dice.random() < 0.3 else [(b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"gateway"), *length, *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    return status


def _pieces(body: bytes, dice: Random) -> list[bytes]:
    if dice.random() < 0.8:
        return [body]
    cut = dice.randrange(len(body) + 1)
    return [body[:cut], b"", body[cut:]]
