"""Meta's Graph API over plain HTTP (providers.md 7.2): one lead for each id that was announced.

Nothing is tried again in here: when to ask once more is a matter of timers. The access token stands in the
address of a request, so no address and no exception of the HTTP client leaves this file.
"""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

import httpx2

from intake.domain.live_leads import GraphLead, graph_lead
from intake.ports import LeadNotGiven, NoAccess, NotNow, UnknownLead, Unusable

_FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,field_data,"
    "is_organic,platform"
)
_TOO_OFTEN = {4, 17, 32, 341, 613, *range(80_000, 80_015)}
_NOT_NOW = {1, 2}
_UNKNOWN = {803}
_MISSING_OBJECT = (100, 33)
"""Code and subcode of "Object with ID ... does not exist, cannot be loaded due to missing permissions"."""
_LONGEST_NAME = 200
MOST_BYTES = 16 * 1024 * 1024


class Graph:
    """Enter it as a context manager. Without a token nothing is asked, and it says why.

    ``timeout_seconds`` is for a whole answer, however slowly it trickles in.
    """

    def __init__(
        self, *, access_token: str, base_url: str, version: str, timeout_seconds: float = 10.0
    ) -> None:
        self._token = access_token
        self._version = version.strip("/")
        self._seconds = timeout_seconds
        self._http = httpx2.AsyncClient(
            base_url=base_url, timeout=httpx2.Timeout(timeout_seconds, connect=5.0), follow_redirects=False
        )

    async def __aenter__(self) -> Graph:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def fetch(self, leadgen_id: str) -> GraphLead:
        answer = await self._ask(leadgen_id, _FIELDS)
        if str(answer.get("id", leadgen_id)) != leadgen_id:
            raise Unusable("Meta answers with another lead.")
        return graph_lead(leadgen_id, answer)

    async def form_name(self, form_id: str) -> str | None:
        try:
            name = (await self._ask(form_id, "id,name")).get("name")
        except LeadNotGiven:
            return None
        text = " ".join(name.split()) if isinstance(name, str) else ""
        return text.encode("utf-8", "replace").decode().replace("\0", "")[:_LONGEST_NAME] or None

    async def _ask(self, object_id: str, fields: str) -> dict[str, Any]:
        if not self._token:
            raise NoAccess("META_ACCESS_TOKEN is not set.")
        wanted = {"fields": fields, "access_token": self._token}
        try:
            async with asyncio.timeout(self._seconds):
                async with self._http.stream(
                    "GET", f"/{self._version}/{object_id}", params=wanted
                ) as response:
                    status, body = response.status_code, await _read(response)
        except httpx2.DecodingError:
            raise Unusable("Meta's answer can't be unpacked.") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as silent:
            raise NotNow(f"Meta can't be reached ({type(silent).__name__}).") from None
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        error = answer.get("error") if isinstance(answer, dict) else None
        if status == 200 and isinstance(answer, dict) and error is None:
            return answer
        if status == 200 and not isinstance(error, dict):
            raise Unusable("Meta's answer is no lead.")
        raise _refusal(status, error if isinstance(error, dict) else {}, self._token)


async def _read(response: httpx2.Response) -> bytes:
    """Reading stops at ``MOST_BYTES``, whatever is said of the size, packed or not."""
    body = bytearray()
    async for piece in response.aiter_bytes(64 * 1024):
        body += piece
        if len(body) > MOST_BYTES:
            raise Unusable("Meta's answer is too long to be a lead.")
    return bytes(body)


def _refusal(status: int, error: dict[str, Any], token: str) -> LeadNotGiven:
    """What Meta's error means for us. Its words are kept for people, its numbers decide."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = _said(status, code, subcode, error.get("message"), token)
    if code in _TOO_OFTEN or status == 429:
        return NotNow(said, too_often=True)
    if status >= 500 or status in (200, 408) or code in _NOT_NOW or error.get("is_transient") is True:
        return NotNow(said)
    if (code, subcode) == _MISSING_OBJECT or code in _UNKNOWN or (status == 404 and code is None):
        return UnknownLead(said)
    return NoAccess(said)


def _said(status: int, code: int | None, subcode: int | None, message: Any, token: str) -> str:
    numbers = f"error {code}" if code is not None else f"HTTP status {status}"
    numbers += f", subcode {subcode}" if subcode is not None else ""
    words = " ".join(message.split()).replace(token, "...") if isinstance(message, str) else ""
    words = words.encode("utf-8", "replace").decode().replace("\0", "")[:300]
    return f"Meta answers {numbers}: {words}" if words else f"Meta answers {numbers}."


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
