"""Reading a request's body within limits of size, time and memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request


class TooLarge(Exception):
    """The body is over the limit."""


class TooSlow(Exception):
    """The body did not come in time."""


@dataclass(slots=True)
class BodyReader:
    """``small`` bytes are read freely; what grows beyond takes one of few slots: memory is bounded."""

    limit: int
    seconds: float
    small: int = 256 * 1024
    large_at_once: int = 8
    _large: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._large = asyncio.Semaphore(self.large_at_once)

    async def read(self, request: Request) -> bytes:
        """Raises ``TooLarge``, ``TooSlow`` and starlette's ``ClientDisconnect``."""
        announced = request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self.limit:
            raise TooLarge
        holds_slot = False
        try:
            async with asyncio.timeout(self.seconds):
                chunks: list[bytes] = []
                size = 0
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > self.limit:
                        raise TooLarge
                    if size > self.small and not holds_slot:
                        await self._large.acquire()
                        holds_slot = True
                    chunks.append(chunk)
                return b"".join(chunks)
        except TimeoutError as late:
            raise TooSlow from late
        finally:
            if holds_slot:
                self._large.release()
