"""Access tokens that need no memory: an expiry (the machine's time), the grant, a signature over both."""

from __future__ import annotations

import hashlib
import hmac
import time

LIFETIME = 3599


def mark_of(refresh_token: str) -> str:
    """What an access token says of the grant it came from."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()[:12]


def issue(secret: str, grant: str) -> str:
    """``grant`` is the mark of a refresh token."""
    head = f"{int(time.time()) + LIFETIME:x}-{grant}"
    return f"ya29.a0{head}.{_signed(secret, head)}"


def grant_of(secret: str, token: str) -> str | None:
    """None for a token that is not ours or has run out."""
    head, _, signature = token.removeprefix("ya29.a0").partition(".")
    expiry, _, grant = head.partition("-")
    try:
        runs_out = int(expiry, 16)
    except ValueError:
        return None
    good = runs_out > time.time() and hmac.compare_digest(signature.encode(), _signed(secret, head).encode())
    return grant if good else None


def _signed(secret: str, head: str) -> str:
    return hmac.new(secret.encode(), head.encode(), hashlib.sha256).hexdigest()
