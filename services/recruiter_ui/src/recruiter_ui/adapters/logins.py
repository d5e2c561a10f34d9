"""Recruiters and their sessions, in PostgreSQL.

Sessions and throttling run on the database's own clock, not on the service's: in a demonstration hours of
business pass in seconds, and nobody should be logged out by that. Tokens and addresses are kept as hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from chassis.database import Connection
from chassis.tx import Database


class EmailTaken(ValueError):
    """There is a recruiter with this address already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is a recruiter with the address {email} already")


@dataclass(frozen=True, slots=True)
class Recruiter:
    recruiter_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Account:
    recruiter: Recruiter
    password_hash: str


@dataclass(frozen=True, slots=True)
class Session:
    recruiter: Recruiter
    csrf_token: str


async def add_recruiter(db: Database | Connection, email: str, name: str, password_hash: str) -> int:
    """Raises ``EmailTaken``."""
    made = await db.fetchval(
        "INSERT INTO recruiters (email, name, password_hash) VALUES ($1, $2, $3) "
        "ON CONFLICT (email) DO NOTHING RETURNING recruiter_id",
        _plain(email),
        name.strip(),
        password_hash,
    )
    if made is None:
        raise EmailTaken(_plain(email))
    return int(made)


async def set_password(db: Database | Connection, email: str, password_hash: str) -> bool:
    """Also ends the recruiter's sessions and forgets their browsers; False when nobody has this address."""
    changed = await db.fetchval(
        "UPDATE recruiters SET password_hash = $2 WHERE email = $1 RETURNING recruiter_id",
        _plain(email),
        password_hash,
    )
    if changed is None:
        return False
    await db.execute("DELETE FROM sessions WHERE recruiter_id = $1", changed)
    await db.execute("DELETE FROM known_browsers WHERE recruiter_id = $1", changed)
    return True


async def find_account(db: Database | Connection, email: str) -> Account | None:
    row = await db.fetchrow(
        "SELECT recruiter_id, name, email, password_hash FROM recruiters WHERE email = $1 AND "
        "disabled_at IS NULL",
        _plain(email),
    )
    if row is None:
        return None
    return Account(Recruiter(row["recruiter_id"], row["name"], row["email"]), row["password_hash"])


async def open_session(db: Database | Connection, recruiter_id: int, hours: int) -> str:
    """A new session; answers the token that only the browser keeps."""
    token = secrets.token_urlsafe(32)
    await db.execute("DELETE FROM sessions WHERE expires_at < now()")
    await db.execute(
        "INSERT INTO sessions (token_hash, recruiter_id, csrf_token, expires_at) VALUES ($1, $2, $3, "
        "now() + $4)",
        _hash(token),
        recruiter_id,
        secrets.token_urlsafe(24),
        timedelta(hours=hours),
    )
    return token


async def find_session(db: Database | Connection, token: str) -> Session | None:
    row = await db.fetchrow(
        "SELECT r.recruiter_id, r.name, r.email, s.csrf_token FROM sessions s JOIN recruiters r USING "
        "(recruiter_id) "
        "WHERE s.token_hash = $1 AND s.expires_at > now() AND r.disabled_at IS NULL",
        _hash(token),
    )
    if row is None:
        return None
    return Session(Recruiter(row["recruiter_id"], row["name"], row["email"]), row["csrf_token"])


async def close_session(db: Database | Connection, token: str) -> None:
    await db.execute("DELETE FROM sessions WHERE token_hash = $1", _hash(token))


def _plain(email: str) -> str:
    return email.strip().lower()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
