"""The Gmail API through google-api-python-client, in threads, every request sent exactly once.

Its usual transport (httplib2) sends a request again by itself when the connection closes before the answer:
an email would go out twice (0.32.1, ``Http._conn_request``). So the library gets a transport of ours that
never does. Source: providers.md 5.1.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httplib2  # type: ignore[import-untyped]
import httpx2
from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp, Request  # type: ignore[import-untyped]
from googleapiclient.discovery import build  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from messaging.domain.channel_state import Refusal
from messaging.ports import Disconnected, ProviderAway
from messaging.ports.access import Access, Grant

SCOPE = "https://www.googleapis.com/auth/gmail.modify"
REASONS = {
    "insufficientPermissions": Refusal.TOO_LITTLE,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Refusal.TOO_LITTLE,
    "accessNotConfigured": Refusal.API_OFF,
    "SERVICE_DISABLED": Refusal.API_OFF,
}
"""Of a 403, whoever the message is for: none of them is about one message."""
LIMITS = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded")


class NotReached(ProviderAway):
    """No connection came about: the request certainly had no effect."""


class Lost(ProviderAway):
    """The request went out and no answer came: it may have had its effect."""


class Refused(Disconnected):
    """Google does not let us in, and a person has to mend that."""

    def __init__(self, why: Refusal, problem: str) -> None:
        super().__init__(problem)
        self.why = why


class Answered(Exception):
    """The API answered with an error; ``status`` is the HTTP status."""

    def __init__(self, status: int, *, over_limit: bool) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.over_limit = over_limit


class OneShotHttp:
    """What google-api-python-client needs of ``httplib2.Http``: one request, one answer, a new connection."""

    def __init__(self, timeout: float) -> None:
        self._client = httpx2.Client(timeout=timeout, limits=httpx2.Limits(max_keepalive_connections=0))

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: object = None,
    ) -> tuple[httplib2.Response, bytes]:
        try:
            answer = self._client.request(method, uri, content=body, headers=dict(headers or {}))
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as unreachable:
            raise NotReached(type(unreachable).__name__) from unreachable
        except httpx2.HTTPError as lost:
            raise Lost(type(lost).__name__) from lost
        info = {name.lower(): value for name, value in answer.headers.items()}
        # httpx2 has unpacked the content already.
        info.pop("content-encoding", None)
        response = httplib2.Response({**info, "status": str(answer.status_code)})
        response.reason = answer.reason_phrase
        return response, answer.content

    def close(self) -> None:
        self._client.close()


class GmailClient:
    """Answers of the API as Python objects, under whatever access there is at that moment."""

    def __init__(
        self,
        access: Access,
        *,
        client_id: str,
        client_secret: str,
        token_uri: str,
        base_url: str,
        timeout: float,
    ) -> None:
        self._access = access
        self._http = OneShotHttp(timeout)
        self._customer = {"client_id": client_id, "client_secret": client_secret, "token_uri": token_uri}
        self._known: tuple[str, Credentials] | None = None
        self._refreshing = threading.Lock()
        service = build(
            "gmail",
            "v1",
            http=self._http,
            cache_discovery=False,
            static_discovery=True,
            client_options={"api_endpoint": base_url.rstrip("/")},
        )
        self._users = service.users()

    async def call(self, prepare: Callable[[Any], Any], before: float | None = None) -> Any:
        """Run ``prepare(users)``, which answers a request of the library, and answer what the API says.

        Not begun any more when ``before`` (of the monotonic clock) is over: a thread goes on when whoever
        waited for it was cancelled. Raises ``Disconnected``, ``NotReached``, ``Lost`` or ``Answered``.
        """
        try:
            grant = await self._access.grant()
        except ProviderAway:
            raise
        except Exception as failure:  # trouble of ours, before anything was asked
            raise NotReached(type(failure).__name__) from failure
        try:
            return await asyncio.to_thread(self._call, grant, prepare, before)
        except Refused as no:
            await self._access.refused(grant, no.why)
            raise

    def close(self) -> None:
        self._http.close()

    def _call(self, grant: Grant, prepare: Callable[[Any], Any], before: float | None) -> Any:
        credentials = self._credentials(grant)
        try:
            self._refresh(credentials)
            if before is not None and time.monotonic() >= before:
                raise NotReached("it took too long to get there")
            # The token is in place: a 401 is the answer, not a reason to send the request again.
            http = AuthorizedHttp(credentials, http=self._http, refresh_status_codes=())
            return prepare(self._users).execute(http=http, num_retries=0)
        except HttpError as error:
            status = int(error.resp.status)
            if status == 401:
                credentials.token = None
            content = str(error.content)
            over_limit = status == 403 and any(limit in content for limit in LIMITS)
            if status == 403 and not over_limit:
                raise Refused(_why(content), f"Gmail refuses our access: HTTP {status}") from error
            raise Answered(status, over_limit=over_limit) from error

    def _credentials(self, grant: Grant) -> Credentials:
        """The access token lives as long as the grant it came from."""
        with self._refreshing:
            if self._known is None or self._known[0] != grant.mark:
                fresh = Credentials(  # type: ignore[no-untyped-call]
                    None, refresh_token=grant.refresh_token, scopes=[SCOPE], **self._customer
                )
                self._known = (grant.mark, fresh)
            return self._known[1]

    def _refresh(self, credentials: Credentials) -> None:
        with self._refreshing:
            if credentials.valid:
                return
            try:
                credentials.refresh(Request(self._http))  # type: ignore[no-untyped-call]
            except RefreshError as revoked:
                if revoked.retryable:
                    raise NotReached("Google's token endpoint does not answer") from revoked
                words = "Google no longer accepts our access: connect Gmail again"
                raise Refused(Refusal.REVOKED, words) from revoked
            except (TransportError, ProviderAway) as away:
                raise NotReached("Google's token endpoint is not reached") from away


def _why(content: str) -> Refusal:
    return next((why for reason, why in REASONS.items() if reason in content), Refusal.BARRED)
