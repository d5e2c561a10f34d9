"""The one path of the Graph API that RecruitFlow uses: an object by its id (providers.md 7.2)."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError

from sandbox.meta.forms import LeadForms
from sandbox.settings import SandboxSettings
from sandbox.wire import Manners, Refusal, route_class, same

_VERSION = re.compile(r"v\d{1,2}\.\d")
_UNASKED = {True: ("id", "created_time", "field_data"), False: ("id", "name")}
"""What is answered without ``fields``: of a lead, and of a form."""
_CODES = {401: 190, 403: 200, 404: 2500, 429: 4}


def _error(status: int, message: str) -> Any:
    """An error answer as the Graph API shapes it: numbers for programs, words for people."""
    code = 2 if status >= 500 else _CODES.get(status, 100)
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if code == 2:
        error["is_transient"] = True
    return {"error": {**error, "fbtrace_id": "AsandboxTrace"}}


def _no(status: int, code: int, message: str, subcode: int | None = None) -> Refusal:
    body = _error(status, message)
    body["error"]["code"] = code
    if subcode is not None:
        body["error"]["error_subcode"] = subcode
    return Refusal(status, body)


def _admit(settings: SandboxSettings, request: Request) -> None:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = request.query_params.get("access_token") or (bearer if scheme.lower() == "bearer" else "")
    if not token:
        raise _no(400, 104, "An access token is required to request this resource.")
    if not same(token, settings.meta_access_token):
        raise _no(401, 190, "Invalid OAuth access token - Cannot parse access token")


def _invalid(bad: RequestValidationError) -> Refusal:
    return _no(400, 100, "; ".join(str(error["msg"]) for error in bad.errors()))


MANNERS = Manners("meta", _admit, _error, _invalid)


def router(forms: LeadForms) -> APIRouter:
    routes = APIRouter(prefix="/meta", route_class=route_class(MANNERS))

    @routes.get("/{version}/{id}", name="graph_object")
    async def graph_object(version: str, id: str, fields: str = "") -> dict[str, Any]:
        if not _VERSION.fullmatch(version):
            raise _no(400, 2500, f"Unknown path components: /{id}")
        found = forms.get(id)
        if found is None:
            raise _no(
                400,
                100,
                f"Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to"
                " missing permissions, or does not support this operation.",
                33,
            )
        asked = [name.strip() for name in fields.split(",") if name.strip()]
        wanted = asked or _UNASKED["field_data" in found]
        for name in wanted:
            if name not in found:
                raise _no(400, 100, f"(#100) Tried accessing nonexisting field ({name})")
        return {name: found[name] for name in dict.fromkeys([*wanted, "id"])}

    return routes
