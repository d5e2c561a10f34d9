"""The whole sandbox as one web application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.clock import Clock
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sandbox import control, page
from sandbox.anthropic import routes as anthropic_routes
from sandbox.elevenlabs import routes as elevenlabs_routes
from sandbox.elevenlabs.batches import Batches
from sandbox.elevenlabs.by_hand import ByHand
from sandbox.elevenlabs.calls import Calls
from sandbox.gmail import oauth_routes
from sandbox.gmail import routes as gmail_routes
from sandbox.gmail.consent import Consents
from sandbox.gmail.mailbox import Mailbox
from sandbox.meta import routes as meta_routes
from sandbox.meta.forms import LeadForms
from sandbox.personas.leads import people_in
from sandbox.personas.people import People
from sandbox.personas.reactions import Reactions
from sandbox.settings import SandboxSettings
from sandbox.stage import Stage
from sandbox.whapi import routes as whapi_routes
from sandbox.whapi.channel import Channel
from sandbox.wire import Manners
from sandbox.world import make_world

_MANNERS: dict[str, Manners] = {
    "/elevenlabs/": elevenlabs_routes.MANNERS,
    "/anthropic/": anthropic_routes.MANNERS,
    "/whapi/": whapi_routes.MANNERS,
    "/meta/": meta_routes.MANNERS,
    "/gmail/": gmail_routes.MANNERS,
    "/google-token/": gmail_routes.TOKEN_MANNERS,
}


def make_app(settings: SandboxSettings, clock: Clock | None = None) -> FastAPI:
    """Put the providers, the people, the control API and the page together."""
    world = make_world(settings, clock)
    people = People(world.store, world.dice)
    calls = Calls(world, people)
    batches = Batches(world, calls)
    channel = Channel(world)
    mailbox = Mailbox(world)
    consents = Consents(world)
    reactions = Reactions(world, people, mailbox, channel)
    forms = LeadForms(world)
    stage = Stage(
        world, people, calls, batches, ByHand(world, calls), channel, mailbox, reactions, forms, consents
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if settings.people:
            for lead in people_in(settings.people.read_bytes()):
                people.register(lead.phone, lead.email, lead.name)
        world.agenda.start()
        yield
        await world.agenda.stop()
        await world.webhooks.close()
        world.store.close()

    app = FastAPI(
        title="RecruitFlow sandbox", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.world = world
    app.state.stage = stage
    providers = [
        elevenlabs_routes.router(calls, batches),
        anthropic_routes.router(),
        whapi_routes.router(channel),
        meta_routes.router(forms),
        oauth_routes.token_router(consents, gmail_routes.TOKEN_MANNERS),
        gmail_routes.router(mailbox),
    ]
    operations = {str(getattr(route, "name", "")) for provider in providers for route in provider.routes}
    for router in (
        *providers,
        oauth_routes.consent_router(consents),
        control.router(stage),
        page.router(stage, operations),
    ):
        app.include_router(router)
    app.add_exception_handler(HTTPException, _unknown_path)
    return app


async def _unknown_path(request: Request, failure: Exception) -> Response:
    """404 and 405 in the words of the provider whose path it is."""
    assert isinstance(failure, HTTPException)
    for prefix, manners in _MANNERS.items():
        if request.url.path.startswith(prefix):
            body = manners.error(failure.status_code, str(failure.detail))
            return JSONResponse(body, failure.status_code, headers=failure.headers)
    return JSONResponse({"detail": failure.detail}, failure.status_code, headers=failure.headers)
