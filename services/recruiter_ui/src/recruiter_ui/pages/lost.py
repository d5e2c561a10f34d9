"""An address that leads nowhere, or a request that makes no sense: a page that says so and where to go on."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import asyncpg
from chassis.database import LOST
from chassis.service import NotReady
from fastapi import FastAPI
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from recruiter_ui.domain.reading import Malformed
from recruiter_ui.web import Ui, Visit, harden, html, session_of

_NO_SENSE = ("This makes no sense here", "The address or the form is not one of ours. Nothing was changed.")
_SAID: dict[int, tuple[str, str]] = {
    400: _NO_SENSE,
    403: ("This was not accepted", "Nothing was changed."),
    404: ("Not found", "There is no page at this address. Perhaps it was mistyped, or the link is old."),
    413: ("Too large", "Nothing was changed. Choose a smaller file."),
    405: ("Not this way", "This address can't be opened like that. Nothing was changed."),
}


def add_lost_pages(app: FastAPI, ui: Callable[[], Ui]) -> None:
    """For what no page answers, and for what pages can't read: ``Malformed``, or a value the database has no
    room for, such as a number beyond its numbers."""

    async def unanswered(request: Request, refused: Exception) -> Response:
        status = refused.status_code if isinstance(refused, HTTPException) else 400
        title, text = _SAID.get(status, _NO_SENSE)
        if status in (403, 413) and isinstance(refused, HTTPException):
            text = refused.detail
        response = await _page(ui, request, status, title, text)
        if isinstance(refused, HTTPException) and refused.headers:
            response.headers.update(refused.headers)
        return response

    for kind in (HTTPException, Malformed, asyncpg.DataError):
        app.add_exception_handler(kind, unanswered)


async def _page(ui: Callable[[], Ui], request: Request, status: int, title: str, text: str) -> Response:
    """In the frame for a recruiter; without it for anybody else, and as plain words for a part of a page."""
    plain = Response(f"{title}. {text}", status, media_type="text/plain")
    if request.headers.get("HX-Request") == "true" or request.url.path.startswith("/static/"):
        return harden(plain, secure=False)
    try:
        ours = ui()
        session = await session_of(ours, request)
        if session is None:
            context = {"title": title, "text": text}
            answer = html(request, "lost.html", secrets.token_urlsafe(16), status, context)
        else:
            visit = Visit(ours, request, session, FormData())
            answer = await visit.page("message.html", status=status, title=title, text=text)
        return harden(answer, secure=ours.settings.cookie_secure)
    except (NotReady, *LOST):
        return harden(plain, secure=False)
