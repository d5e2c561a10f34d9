"""How a request meets a provider: key first, then the faults in force, then the work, then the ledger.

Each provider brings its ``Manners``: how it knows its customer and what its errors look like.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from sandbox.faults import Fault, Kind
from sandbox.settings import SandboxSettings
from sandbox.world import World

ErrorShape = Callable[[int, str], Any]


class Refusal(Exception):
    """A provider's no, in its own words."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, headers=self.headers)


@dataclass(frozen=True, slots=True)
class Manners:
    """How one provider behaves at the door."""

    provider: str
    admits: Callable[[SandboxSettings, Request], None]
    """Raises ``Refusal`` without a valid key."""
    error: ErrorShape
    """The body of an error answer, from status and message."""
    invalid: Callable[[RequestValidationError], Refusal]


def world_of(request: Request) -> World:
    world = request.app.state.world
    assert isinstance(world, World)
    return world


def route_class(manners: Manners) -> type[APIRoute]:
    """The route class of a provider's router; a route's name is its operation in faults and ledger."""

    class ProviderRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            work = super().get_route_handler()

            async def handle(request: Request) -> Response:
                return await _serve(request, manners, self.name, work)

            return handle

    return ProviderRoute


async def _serve(
    request: Request, manners: Manners, operation: str, work: Callable[[Request], Awaitable[Response]]
) -> Response:
    world, fault = world_of(request), None
    try:
        manners.admits(world.settings, request)
        fault = await _before(world, request, manners, operation)
        response = await work(request)
    except Refusal as no:
        response = no.response()
    except RequestValidationError as bad:
        response = manners.invalid(bad).response()
    except HTTPException as no:
        response = JSONResponse(manners.error(no.status_code, str(no.detail)), no.status_code)
    _note(world, request, manners, operation, response.status_code, fault)
    if response.status_code < 400:
        await _after(world, request, manners, operation)
    return response


async def _before(world: World, request: Request, manners: Manners, operation: str) -> Fault | None:
    strike = world.faults.strikes
    if slow := strike(manners.provider, operation, Kind.SLOW):
        await asyncio.sleep(slow.seconds if slow.seconds is not None else 5.0)
    if strike(manners.provider, operation, Kind.CLOSE):
        _hang_up(request)
        raise Refusal(500, {})
    if fault := strike(manners.provider, operation, Kind.STATUS):
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        raise Refusal(
            fault.status, manners.error(fault.status, "The sandbox was told to answer so."), headers
        )
    return slow


async def _after(world: World, request: Request, manners: Manners, operation: str) -> None:
    """Accepted already; the customer never learns it."""
    if world.faults.strikes(manners.provider, operation, Kind.ACCEPT_THEN_CLOSE):
        _hang_up(request)
    elif world.faults.strikes(manners.provider, operation, Kind.ACCEPT_THEN_HANG):
        while not await request.is_disconnected():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _hang_up(request: Request) -> None:
    """Cut the connection. ASGI has no word for it, so it is done on uvicorn's own transport."""
    cycle = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise RuntimeError("this server does not let its connection be cut")
    transport.abort()


def _note(
    world: World, request: Request, manners: Manners, operation: str, status: int, fault: Fault | None
) -> None:
    body = {"operation": operation, "method": request.method, "status": status}
    if fault is not None:
        body["fault"] = fault.kind.value
    world.ledger.write("request", manners.provider, body)


async def json_object(request: Request, on_bad: Callable[[str], Refusal]) -> dict[str, Any]:
    """The body as a JSON object; anything else is refused in the provider's way."""
    try:
        body = await request.json()
    except ValueError:
        raise on_bad("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise on_bad("The request body must be a JSON object.")
    return body


def same(given: str, expected: str) -> bool:
    """Key comparison; an empty expected key admits nobody."""
    return bool(expected) and given == expected
