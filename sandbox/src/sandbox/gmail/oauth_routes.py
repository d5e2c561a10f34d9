"""Google's consent screen, token and revocation endpoints (providers.md 5.1).

The screen is for a person with a browser, so the whole flow can be gone through without an account.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.gmail.consent import SCOPE, Consents
from sandbox.gmail.tokens import LIFETIME, issue, mark_of
from sandbox.settings import SandboxSettings
from sandbox.wire import Manners, Refusal, route_class, same, world_of

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_NEEDED = ("client_id", "redirect_uri", "scope", "state", "code_challenge")


def consent_router(consents: Consents) -> APIRouter:
    """Where a browser is sent, and what its buttons do."""
    routes = APIRouter(prefix="/google-auth")

    @routes.get("/o/oauth2/v2/auth")
    async def ask(request: Request) -> Response:
        asked = dict(request.query_params)
        problem = _wrong(world_of(request).settings, asked)
        if problem:
            return _page("google_error.html", 400, None, problem=problem)
        context = {"asked": asked, "accounts": consents.accounts}
        return _page("google_consent.html", 200, asked["redirect_uri"], **context)

    @routes.post("/decision")
    async def decide(
        request: Request,
        decision: str = Form(),
        account: str = Form(""),
        ticked: bool = Form(False),
        redirect_uri: str = Form(),
        state: str = Form(),
        code_challenge: str = Form(),
    ) -> Response:
        if redirect_uri != world_of(request).settings.google_redirect_uri:
            return _page("google_error.html", 400, None, problem="Error 400: redirect_uri_mismatch")
        if decision != "allow":
            return _back(redirect_uri, {"error": "access_denied", "state": state})
        scope = SCOPE if ticked else "openid"
        chosen = account if account in consents.accounts else consents.accounts[0]
        code = consents.allow(chosen, code_challenge, redirect_uri, scope)
        return _back(redirect_uri, {"state": state, "code": code, "scope": scope})

    return routes


def token_router(consents: Consents, manners: Manners) -> APIRouter:
    routes = APIRouter(prefix="/google-token", route_class=route_class(manners))

    @routes.post("/token", name="token")
    async def token(request: Request) -> dict[str, Any]:
        settings, form = world_of(request).settings, await request.form()
        given = {name: str(value) for name, value in form.items()}
        _check_customer(settings, request, given)
        kind = given.get("grant_type")
        if kind == "refresh_token":
            grant = consents.grant(given.get("refresh_token", ""))
        elif kind == "authorization_code":
            one, two, three = (given.get(name, "") for name in ("code", "code_verifier", "redirect_uri"))
            grant = consents.exchange(one, two, three)
        else:
            raise _no(400, "unsupported_grant_type", f"Invalid grant_type: {kind}")
        if grant is None:
            why = "Token has been expired or revoked." if kind == "refresh_token" else "Bad Request"
            raise _no(400, "invalid_grant", why)
        access = issue(settings.google_client_secret, grant["mark"])
        answer = {"access_token": access, "expires_in": LIFETIME, "scope": grant["scope"]}
        lasting = {"refresh_token": grant["token"]} if kind == "authorization_code" else {}
        return {**answer, **lasting, "token_type": "Bearer"}

    @routes.post("/revoke", name="revoke")
    async def revoke(request: Request) -> dict[str, Any]:
        token = str((await request.form()).get("token") or request.query_params.get("token") or "")
        if not consents.revoke(mark_of(token)):
            raise _no(400, "invalid_token", "Token expired or revoked")
        return {}

    return routes


def _check_customer(settings: SandboxSettings, request: Request, given: dict[str, str]) -> None:
    """In the body, or in a Basic header."""
    client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(coded).decode().partition(":")
        except (binascii.Error, ValueError):
            raise _no(401, "invalid_client", "The OAuth client was not found.") from None
    if not same(client_id, settings.google_client_id) or not same(secret, settings.google_client_secret):
        raise _no(401, "invalid_client", "The OAuth client was not found.")


def _no(status: int, error: str, why: str) -> Refusal:
    return Refusal(status, {"error": error, "error_description": why})


def _wrong(settings: SandboxSettings, asked: dict[str, str]) -> str | None:
    missing = [name for name in _NEEDED if not asked.get(name)]
    if missing:
        return f"Error 400: invalid_request. Missing required parameter: {missing[0]}"
    if not same(asked["client_id"], settings.google_client_id):
        return "Error 401: invalid_client. The OAuth client was not found."
    if asked["redirect_uri"] != settings.google_redirect_uri:
        return f"Error 400: redirect_uri_mismatch. {settings.google_redirect_uri} is registered."
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return "Error 400: invalid_request. This flow needs response_type=code and a S256 code_challenge."
    if asked.get("access_type") != "offline" or SCOPE not in asked["scope"].split():
        return "Error 400: invalid_scope. Offline access to gmail.modify was expected."
    return None


def _back(redirect_uri: str, answer: dict[str, str]) -> Response:
    return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", 303)


def _page(name: str, status: int, back_to: str | None, **context: Any) -> HTMLResponse:
    """A form may only lead back to where the person came from."""
    place = urlsplit(back_to) if back_to else None
    origin = f" {place.scheme}://{place.netloc}" if place else ""
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self'{origin}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(_TEMPLATES.get_template(name).render(**context), status, headers=headers)
