"""Secrets at rest: Fernet with the newest of our keys, any of the older ones opens.

A key is whatever long random string the operator made; the cipher's own is derived from it (HKDF, RFC 5869).
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messaging.ports.access import CantOpen

SHORTEST_KEY = 32
"""Characters."""
_PURPOSE = b"recruitflow messaging secrets"


class WeakKey(ValueError):
    def __init__(self) -> None:
        super().__init__(f"SECRETS_KEY: each key needs at least {SHORTEST_KEY} characters")


class FernetVault:
    """``keys``: the newest first, separated by commas; empty: nothing can be kept."""

    def __init__(self, keys: str) -> None:
        given = [key.strip() for key in keys.split(",") if key.strip()]
        if any(len(key) < SHORTEST_KEY for key in given):
            raise WeakKey
        self._ciphers = [Fernet(_derived(key)) for key in given]

    @property
    def usable(self) -> bool:
        return bool(self._ciphers)

    def seal(self, secret: str) -> bytes:
        return self._ciphers[0].encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        if not self._ciphers:
            raise CantOpen("SECRETS_KEY is not set")
        try:
            return MultiFernet(self._ciphers).decrypt(sealed).decode()
        except InvalidToken as foreign:
            raise CantOpen("no key of SECRETS_KEY fits") from foreign

    def resealed(self, sealed: bytes) -> bytes | None:
        secret = self.open(sealed)
        try:
            self._ciphers[0].decrypt(sealed)
        except InvalidToken:
            return self.seal(secret)
        return None


def _derived(key: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(made)
