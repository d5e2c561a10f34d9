"""How much is read of what is sent to us."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

MOST_BYTES = 8 * 1024 * 1024
"""Of a form without a file."""


def at_most(request: Request, most_bytes: int) -> Request:
    """The request, whose body ends with 413 once it is too large, whatever length it claims to have.

    Files lie on our disk while a form is read: a limit that is looked at afterwards is none.
    """
    words = f"The file is larger than {most_bytes // (1024 * 1024)} MB."
    claimed = request.headers.get("Content-Length", "0")
    if not claimed.isdigit() or int(claimed) > most_bytes:
        raise HTTPException(413, words)
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > most_bytes:
            # It said nothing of its length, or lied: the connection ends with the answer.
            raise HTTPException(413, words, {"Connection": "close"})
        return message

    return Request(request.scope, receive)
