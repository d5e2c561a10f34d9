"""Google's consent flow with google-auth-oauthlib: PKCE (S256), offline access, one scope.

Source: providers.md 5.1. What Google says in an error is not passed on: it may quote what it was sent.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import requests
from google_auth_oauthlib.flow import Flow as OauthFlow  # type: ignore[import-untyped]
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from messaging.adapters.gmail_client import SCOPE
from messaging.ports import ProviderAway
from messaging.ports.access import Begun, Given, GoogleRefused

TIMEOUT = 8.0
"""Seconds: a recruiter waits for it."""
NOT_TICKED = (
    "At Google the box that lets RecruitFlow read and send email was not ticked, so Gmail is not connected. "
    "Press Connect once more and tick it."
)
NO_LASTING = (
    "Google gave no lasting access. Remove RecruitFlow under “Third-party apps” in the Google account, then "
    "press Connect once more."
)
TOO_LATE = (
    "Google no longer accepts this answer; it works once and for a few minutes. Press Connect once more."
)


class GoogleOauth:
    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        auth_uri: str,
        token_uri: str,
        revoke_uri: str,
        redirect_uri: str,
        gmail_base_url: str,
    ) -> None:
        self.ready = bool(client_id and client_secret)
        self._redirect_uri, self._revoke_uri = redirect_uri, revoke_uri
        self._profile = f"{gmail_base_url.rstrip('/')}/gmail/v1/users/me/profile"
        customer = {"client_id": client_id, "client_secret": client_secret}
        self._config = {"web": {**customer, "auth_uri": auth_uri, "token_uri": token_uri}}

    async def begin(self, account: str | None) -> Begun:
        flow = self._flow()
        suggested = {"login_hint": account} if account else {}
        url, state = flow.authorization_url(access_type="offline", prompt="consent", **suggested)
        return Begun(str(url), str(state), str(flow.code_verifier))

    async def finish(self, code: str, verifier: str) -> Given:
        flow = self._flow(verifier)
        try:
            token = await asyncio.to_thread(self._exchange, flow, code)
        except OAuth2Error as no:
            raise GoogleRefused("code_refused", TOO_LATE) from no
        except requests.RequestException as lost:
            raise ProviderAway(type(lost).__name__) from lost
        if SCOPE not in _scopes(token):
            raise GoogleRefused("scope_missing", NOT_TICKED)
        if not token.get("refresh_token"):
            raise GoogleRefused("no_refresh_token", NO_LASTING)
        account = await self._account(str(token["access_token"]))
        return Given(str(token["refresh_token"]), account)

    async def revoke(self, refresh_token: str) -> None:
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT) as http:
                answer = await http.post(self._revoke_uri, data={"token": refresh_token})
        except httpx2.HTTPError as lost:
            raise ProviderAway(type(lost).__name__) from lost
        if answer.status_code != 200:
            raise GoogleRefused("not_revoked", f"Google answered HTTP {answer.status_code}")

    def _exchange(self, flow: OauthFlow, code: str) -> dict[str, Any]:
        try:
            token: dict[str, Any] = flow.fetch_token(code=code, timeout=TIMEOUT)
        except Warning as changed:  # oauthlib's way to say that other scopes were granted than asked for
            token = getattr(changed, "token", None) or {}
        return token

    async def _account(self, access_token: str) -> str:
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT) as http:
                answer = await http.get(self._profile, headers={"Authorization": f"Bearer {access_token}"})
        except httpx2.HTTPError as lost:
            raise ProviderAway(type(lost).__name__) from lost
        if answer.status_code == 403:
            words = (
                "Google gave access, but the Gmail API refuses it: switch the Gmail API on in Google Cloud."
            )
            raise GoogleRefused("gmail_api_off", words)
        if answer.status_code != 200:
            raise ProviderAway(f"HTTP {answer.status_code}")
        return str(answer.json().get("emailAddress") or "")

    def _flow(self, verifier: str | None = None) -> OauthFlow:
        return OauthFlow.from_client_config(
            self._config,
            [SCOPE],
            redirect_uri=self._redirect_uri,
            code_verifier=verifier,
            autogenerate_code_verifier=verifier is None,
        )


def _scopes(token: dict[str, Any]) -> set[str]:
    given = token.get("scope") or []
    return set(given.split() if isinstance(given, str) else given)
