"""Who gave access to which account, kept on disk: one-time codes, grants, and what was revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sandbox.gmail.tokens import mark_of
from sandbox.store import Document
from sandbox.world import World

SCOPE = "https://www.googleapis.com/auth/gmail.modify"
CODE_LIVES = timedelta(minutes=10)


class Consents:
    """The refresh token of the settings is a grant from the start; it can be revoked as any other."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def accounts(self) -> tuple[str, str]:
        """Those a person may choose from: ours, and one that is not meant."""
        return self._world.settings.gmail_address, "somebody.else@example.com"

    def allow(self, account: str, challenge: str, redirect_uri: str, scope: str) -> str:
        """A person pressed Allow; answers the one-time code."""
        code = f"4/0A{self._world.fresh_id('oauth-code', 40)}"
        until = (self._world.clock.now() + CODE_LIVES).timestamp()
        kept: Document = {
            "account": account,
            "challenge": challenge,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "until": until,
        }
        with self._world.store.atomic():
            self._world.store.put("oauth_code", code, kept)
        return code

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> Document | None:
        """The grant for a code, once; None when anything about it is wrong."""
        store = self._world.store
        with store.atomic():
            kept = store.get("oauth_code", code)
            if kept is None:
                return None
            store.delete("oauth_code", code)
            fits = hmac.compare_digest(_challenge(verifier), kept["challenge"])
            if not fits or kept["redirect_uri"] != redirect_uri:
                return None
            if kept["until"] < self._world.clock.now().timestamp():
                return None
            token = f"1//0g{self._world.fresh_id('refresh-token', 50)}"
            return self._keep(token, kept["account"], kept["scope"])

    def grant(self, refresh_token: str) -> Document | None:
        """None when it is not known or was revoked."""
        found = self._known(mark_of(refresh_token)) if refresh_token else None
        if (
            found is None
            or found["revoked"]
            or not hmac.compare_digest(found["token"].encode(), refresh_token.encode())
        ):
            return None
        return found

    def by_mark(self, mark: str) -> Document | None:
        """As an access token names it; None when it was revoked."""
        found = self._known(mark)
        return None if found is None or found["revoked"] else found

    def revoke(self, mark: str) -> bool:
        found = self._known(mark)
        if found is None or found["revoked"]:
            return False
        with self._world.store.atomic():
            self._world.store.put("oauth_grant", mark, {**found, "revoked": True})
        return True

    def revoke_all(self) -> int:
        return sum(self.revoke(grant["mark"]) for grant in self.all())

    def all(self) -> list[Document]:
        self._from_settings()
        return self._world.store.find("oauth_grant", newest_first=True)

    def _known(self, mark: str) -> Document | None:
        self._from_settings()
        return self._world.store.get("oauth_grant", mark)

    def _from_settings(self) -> None:
        token = self._world.settings.google_refresh_token
        if token and self._world.store.get("oauth_grant", mark_of(token)) is None:
            with self._world.store.atomic():
                self._keep(token, self._world.settings.gmail_address, SCOPE)

    def _keep(self, token: str, account: str, scope: str) -> Document:
        grant: dict[str, Any] = {
            "mark": mark_of(token),
            "token": token,
            "account": account,
            "scope": scope,
            "at": self._world.clock.now().timestamp(),
            "revoked": False,
        }
        self._world.store.put("oauth_grant", grant["mark"], grant)
        return grant


def _challenge(verifier: str) -> str:
    """S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
