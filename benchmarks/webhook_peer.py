"""The least that could take a signed delivery in: Starlette, one INSERT, one commit per request.

Stands beside the gateway in ``benchmarks.webhook``; nothing else uses it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET = os.environ["ELEVENLABS_WEBHOOK_SECRET"].encode()


async def take(request: Request) -> Response:
    body = await request.body()
    stamp, _, digest = request.headers["elevenlabs-signature"].partition(",v0=")
    expected = hmac.new(SECRET, stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, digest):
        return JSONResponse({"status": "refused"}, 401)
    await request.app.state.pool.execute(
        "INSERT INTO deliveries (sha256, body) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        hashlib.sha256(body).digest(),
        body,
    )
    return JSONResponse({"status": "stored"})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    settings = {"search_path": os.environ["DATABASE_SCHEMA"]}
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=32, server_settings=settings) as pool:
        app.state.pool = pool
        yield


app = Starlette(routes=[Route("/webhooks/elevenlabs/", take, methods=["POST"])], lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["HTTP_PORT"]),
        loop="uvloop",
        access_log=False,
        log_level="warning",
    )
