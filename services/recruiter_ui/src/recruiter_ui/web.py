"""What every page shares: who visits, the security headers, CSRF, and how an answer leaves.

Pages are plain functions ``(visit) -> Response`` under ``Pages.get`` and ``Pages.post``; nothing that changes
something is reached without a session and its CSRF token.
"""

from __future__ import annotations

import gzip
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis import Begin, Clock
from chassis.blobs import Blobs
from chassis.commands import CommandClient
from chassis.database import LOST
from chassis.service import NotReady
from contracts import Actor
from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from recruiter_ui.adapters.logins import Session, find_session
from recruiter_ui.domain.reading import identity
from recruiter_ui.limits import MOST_BYTES, at_most
from recruiter_ui.live import ChangesFeed
from recruiter_ui.queries.overview import sidebar
from recruiter_ui.settings import Settings
from recruiter_ui.templating import render

_OTHER_SITE = "The form came from another site."
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=()"


@dataclass(frozen=True, slots=True)
class Ui:
    """What the pages work with."""

    settings: Settings
    begin: Begin
    commands: CommandClient
    blobs: Blobs
    clock: Clock
    feed: ChangesFeed

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.time_zone)

    @property
    def session_cookie(self) -> str:
        """With ``__Host-`` a browser takes the cookie over HTTPS and for this host only."""
        return "__Host-rf_session" if self.settings.cookie_secure else "rf_session"

    @property
    def browser_cookie(self) -> str:
        """By it a browser that has logged in before is known; it opens nothing by itself."""
        return "__Host-rf_browser" if self.settings.cookie_secure else "rf_browser"


@dataclass(slots=True)
class Visit:
    """One request of a recruiter who is logged in."""

    ui: Ui
    request: Request
    session: Session
    form: FormData
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    seen: int = field(init=False)
    """The last change that was known before anything of the page was read."""

    def __post_init__(self) -> None:
        self.seen = self.ui.feed.last

    @property
    def now(self) -> datetime:
        return self.ui.clock.now()

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)

    @property
    def is_partial(self) -> bool:
        """htmx asks for a part; the whole page is for everybody else."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def actor(self) -> Actor:
        who = self.session.recruiter
        return Actor(kind="recruiter", id=str(who.recruiter_id), name=who.name)

    def field(self, name: str) -> str:
        """A text field of the form; empty when it is missing or a file."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    @property
    def command_id(self) -> UUID:
        """It travels with every form that asks for something; raises ``Malformed``."""
        return identity(self.field("command_id"))

    async def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A whole page, with what its frame shows."""
        async with self.ui.begin() as tx:
            side = await sidebar(tx.db, self.now)
        # What changes while the page is being read is told to it again: a part of it may be the older one.
        side["change_id"] = min(side["change_id"], self.seen or side["change_id"])
        path = self.request.url.path
        return self.part(template, status=status, side=side, path=path, at=path, **context)

    def part(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A piece of a page."""
        shared = {
            "recruiter": self.session.recruiter,
            "csrf": self.session.csrf_token,
            "now": self.now,
            "zone": self.ui.zone,
        }
        return html(self.request, template, self.nonce, status, shared | context)

    def go(self, address: str) -> Response:
        """To another page, with or without htmx."""
        if self.is_partial:
            return Response(status_code=200, headers={"HX-Redirect": address})
        return RedirectResponse(address, 303)


def html(request: Request, template: str, nonce: str, status: int, context: dict[str, Any]) -> Response:
    theme = request.cookies.get("rf_theme")
    context = context | {"nonce": nonce, "theme": theme if theme in ("light", "dark") else None}
    response = Response(render(template, context), status, media_type="text/html")
    response.headers["Content-Security-Policy"] = policy(nonce)
    response.headers["Cache-Control"] = "no-store"
    return zipped(request, response)


def policy(nonce: str) -> str:
    """No inline script or style, nothing from elsewhere; the nonce is for scripts and for hx-csp's gate."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def zipped(request: Request, response: Response) -> Response:
    body = bytes(response.body)
    if len(body) > 1_000 and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.body = gzip.compress(body, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    response.headers["Vary"] = "Accept-Encoding, HX-Request"
    return response


def harden(response: Response, *, secure: bool) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = _PERMISSIONS
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


Page = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Pages:
    """Registers pages for people who are logged in on a router."""

    def __init__(self, router: APIRouter, ui: Callable[[], Ui]) -> None:
        self.router = router
        self.ui = ui

    def get(self, path: str, page: Page) -> None:
        self.router.add_route(path, self._guarded(page), methods=["GET"], include_in_schema=False)

    def post(self, path: str, page: Page, most_bytes: int = MOST_BYTES) -> None:
        """``most_bytes`` of the form, its files among them; of a larger one no more is read."""
        self.router.add_route(
            path, self._guarded(page, most_bytes), methods=["POST"], include_in_schema=False
        )

    def open(
        self, path: str, endpoint: Callable[[Ui, Request], Awaitable[Response]], method: str = "GET"
    ) -> None:
        """A page for anybody: the login and the static files."""

        async def answer(ui: Ui, request: Request) -> Response:
            if request.method == "POST" and not same_origin(request):
                raise HTTPException(403, _OTHER_SITE)
            return await endpoint(ui, request)

        self.router.add_route(path, self._safely(answer), methods=[method], include_in_schema=False)

    def _guarded(self, page: Page, most_bytes: int = MOST_BYTES) -> Endpoint:
        async def answer(ui: Ui, request: Request) -> Response:
            return await _enter(ui, request, page, most_bytes)

        return self._safely(answer)

    def _safely(self, answer: Callable[[Ui, Request], Awaitable[Response]]) -> Endpoint:
        """With the headers every answer carries. Trouble of ours is a 503 that says what is safe; trouble of
        the sender's has pages of its own (``pages.lost``)."""

        async def endpoint(request: Request) -> Response:
            try:
                ui = self.ui()
                return harden(await answer(ui, request), secure=ui.settings.cookie_secure)
            except (NotReady, *LOST):
                trouble = (
                    "RecruitFlow is not reachable at the moment. Nothing was changed; try again in a moment."
                )
                return harden(Response(trouble, 503, headers={"Retry-After": "5"}), secure=False)

        return endpoint


async def _enter(ui: Ui, request: Request, page: Page, most_bytes: int) -> Response:
    session = await session_of(ui, request)
    if session is None:
        return _to_login(request)
    form = FormData()
    if request.method == "POST":
        if not same_origin(request):
            raise HTTPException(403, _OTHER_SITE)
        form = await at_most(request, most_bytes).form(
            max_files=1, max_fields=2_000, max_part_size=4 * 1024 * 1024
        )
        given = request.headers.get("X-CSRF-Token") or form.get("csrf")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf_token.encode()):
            raise HTTPException(403, "This form is out of date. Go back, reload the page and try again.")
    return await page(Visit(ui, request, session, form))


async def session_of(ui: Ui, request: Request) -> Session | None:
    token = request.cookies.get(ui.session_cookie)
    if not token:
        return None
    async with ui.begin() as tx:
        return await find_session(tx.db, token)


def _to_login(request: Request) -> Response:
    """Pages go to the login and come back; parts make the browser load the login itself."""
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=200, headers={"HX-Redirect": "/login"})
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else ""
    return RedirectResponse(f"/login{back}", 303)


def same_origin(request: Request) -> bool:
    """Browsers send Origin with every POST; what sends none is no browser and carries no cookie by itself."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc == request.headers.get("Host")


def local_path(wanted: str | None) -> str:
    """Where to go after the login; only places of ours."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return "/"
    return wanted
