"""Passwords: argon2id with the library's defaults (RFC 9106, low-memory profile)."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


class PasswordTooShort(ValueError):
    def __init__(self) -> None:
        super().__init__(f"a password has at least {MIN_LENGTH} characters")


def hash_password(password: str) -> str:
    """Raises ``PasswordTooShort``."""
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort
    return _hasher.hash(password)


async def is_right(password: str, password_hash: str | None) -> bool:
    """Takes as long for an account that does not exist, so that nobody learns which addresses do."""
    matches = await asyncio.to_thread(_verify, password_hash or _NOBODY, password)
    return matches and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
