"""``/livez``, ``/readyz`` and ``/metrics``: what the platform under us needs to know."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


def health_routes(
    fatal: Callable[[], list[str]], unready: Callable[[], list[str]], registry: CollectorRegistry
) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    def answer(problems: list[str]) -> JSONResponse:
        status = "failing" if problems else "ok"
        return JSONResponse({"status": status, "problems": problems}, 503 if problems else 200)

    @router.get("/livez")
    async def livez() -> JSONResponse:
        return answer(fatal())

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        return answer(unready())

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
