"""Who you are: email and password, throttled; accounts are made by an operator, never here."""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from recruiter_ui.adapters import logins, throttle
from recruiter_ui.passwords import is_right
from recruiter_ui.web import Ui, Visit, html, local_path, session_of

_FORM_COOKIE = "rf_login"
_WRONG = "This email and password do not go together."
_TOO_MANY = (
    "Too many wrong passwords. Wait 15 minutes, or log in with a browser that you have used here before."
)


async def show(ui: Ui, request: Request) -> Response:
    wanted = local_path(request.query_params.get("next"))
    if await session_of(ui, request):
        return RedirectResponse(wanted, 303)
    return _form(ui, request, wanted)


async def log_in(ui: Ui, request: Request) -> Response:
    form = await request.form(max_files=0, max_fields=10)
    email, password, given, wanted = (
        str(form.get(name, "")) for name in ("email", "password", "csrf", "next")
    )
    wanted = local_path(wanted)
    if not hmac.compare_digest(given.encode(), request.cookies.get(_FORM_COOKIE, "").encode()) or not given:
        return _form(ui, request, wanted, email, "The page was open for too long. Please try again.", 403)
    address = request.client.host if request.client else ""
    attempt = throttle.Attempt(email, address, request.cookies.get(ui.browser_cookie, ""))
    async with ui.begin() as tx:
        throttled = await throttle.is_throttled(tx.db, attempt)
        account = None if throttled else await logins.find_account(tx.db, email)
    if throttled:
        return _form(ui, request, wanted, email, _TOO_MANY, 429)
    right = await is_right(password, account.password_hash if account else None)
    if account is None or not right:
        async with ui.begin() as tx:
            await throttle.note_failure(tx.db, attempt)
        return _form(ui, request, wanted, email, _WRONG, 422)
    async with ui.begin() as tx:
        recruiter_id = account.recruiter.recruiter_id
        browser = await throttle.remember_browser(tx.db, attempt, recruiter_id)
        token = await logins.open_session(tx.db, recruiter_id, ui.settings.session_hours)
    return _welcome(ui, wanted, token, browser)


def _welcome(ui: Ui, wanted: str, token: str, browser: str) -> Response:
    response = RedirectResponse(wanted, 303)
    secure = ui.settings.cookie_secure
    hours = ui.settings.session_hours
    response.set_cookie(
        ui.session_cookie, token, max_age=hours * 3600, httponly=True, secure=secure, samesite="lax"
    )
    kept = int(throttle.KEPT_BROWSERS.total_seconds())
    response.set_cookie(
        ui.browser_cookie, browser, max_age=kept, httponly=True, secure=secure, samesite="strict"
    )
    response.delete_cookie(_FORM_COOKIE, path="/login")
    return response


async def log_out(visit: Visit) -> Response:
    token = visit.request.cookies[visit.ui.session_cookie]
    async with visit.ui.begin() as tx:
        await logins.close_session(tx.db, token)
    response = visit.go("/login")
    response.delete_cookie(visit.ui.session_cookie, secure=visit.ui.settings.cookie_secure)
    return response


def _form(
    ui: Ui, request: Request, wanted: str, email: str = "", problem: str | None = None, status: int = 200
) -> Response:
    """The form's token stands in a cookie too, which another site can neither read nor set."""
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(24)
    context = {"wanted": wanted, "email": email, "problem": problem, "token": token}
    response = html(request, "login.html", secrets.token_urlsafe(16), status, context)
    response.set_cookie(
        _FORM_COOKIE,
        token,
        max_age=3600,
        path="/login",
        httponly=True,
        secure=ui.settings.cookie_secure,
        samesite="strict",
    )
    return response
