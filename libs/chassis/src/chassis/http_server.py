"""Serves an app inside the service's own event loop; signals stay with the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class CantListen(RuntimeError):
    """The port is taken or may not be used."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"can't listen on {host}:{port}: is it taken?")


class HttpServer:
    """``port`` is known once it runs (0 in the settings takes a free one)."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self.port = port
        self._host = host
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Server(config)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._serve(), name="http")
        while not self._server.started:
            if task.done():
                await task
                raise CantListen(self._host, self.port)
            await asyncio.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self._server.should_exit = True
            await task

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except SystemExit:  # how uvicorn says that it can't listen
            raise CantListen(self._host, self.port) from None
