"""What belongs to no page of its own: static files, the theme, the live stream, the sidebar's counts."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from recruiter_ui.domain.reading import number
from recruiter_ui.live import stream
from recruiter_ui.queries.conversations import unread_total
from recruiter_ui.queries.overview import sidebar
from recruiter_ui.static_files import static_files
from recruiter_ui.web import Ui, Visit, local_path, session_of

_FOR_EVER = "public, max-age=31536000, immutable"


async def static_file(ui: Ui, request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        return Response("No such file.", 404)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if found.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(
            found.zipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.content_type
        )
    return Response(found.body, headers=headers, media_type=found.content_type)


async def set_theme(visit: Visit) -> Response:
    """A cookie rather than script, so that the server draws the right theme from the first pixel."""
    theme = visit.field("theme")
    referer = urlsplit(visit.request.headers.get("Referer", ""))
    back = local_path(referer.path + (f"?{referer.query}" if referer.query else ""))
    response = Response(status_code=204) if visit.is_partial else RedirectResponse(back, 303)
    if theme in ("light", "dark"):
        response.set_cookie(
            "rf_theme", theme, max_age=31_536_000, secure=visit.ui.settings.cookie_secure, samesite="lax"
        )
    return response


async def live(visit: Visit) -> Response:
    """One stream per tab; the id a tab has seen comes as ``Last-Event-ID``, at first in the address."""
    ui, request = visit.ui, visit.request
    last = number(request.headers.get("Last-Event-ID") or request.query_params.get("after")) or 0

    async def is_welcome() -> bool:
        return await session_of(ui, request) is not None

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        stream(ui.feed, last, is_welcome), media_type="text/event-stream", headers=headers
    )


async def nav(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        side = await sidebar(tx.db, visit.now)
    return visit.part("parts/nav.html", side=side, at=local_path(visit.query.get("at")))


async def dialler(visit: Visit) -> Response:
    """The dialler alone, for the phone."""
    async with visit.ui.begin() as tx:
        side = await sidebar(tx.db, visit.now)
    return visit.part("parts/dialler.html", side=side, at=local_path(visit.query.get("at")))


async def stops(visit: Visit) -> Response:
    """What stands above every page while nothing is dialled."""
    async with visit.ui.begin() as tx:
        side = await sidebar(tx.db, visit.now)
    return visit.part("parts/stops.html", side=side, at=local_path(visit.query.get("at")))


async def unread(visit: Visit) -> Response:
    """The badge of the phone's tab."""
    async with visit.ui.begin() as tx:
        return visit.part("parts/unread.html", side={"unread": await unread_total(tx.db)})


async def more(visit: Visit) -> Response:
    """The phone's last tab: the places that have no tab of their own."""
    return await visit.page("more.html")
