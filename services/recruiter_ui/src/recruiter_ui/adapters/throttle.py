"""How often a password may be guessed, in PostgreSQL: slow for who guesses, never in the owner's way.

A wrong password counts against the account in that network, against the network, and against the account
from everywhere. The last is what many machines together run into; so that it does not lock out the owner, a
browser that has logged in before is known by a cookie and has a count of its own
(OWASP, "Slow down online guessing attacks with device cookies").
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta

from chassis.database import Connection
from chassis.tx import Database

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_NETWORK = 5
PER_NETWORK = 30
PER_ACCOUNT = 60
"""From everywhere, of browsers that are not known."""
PER_KNOWN_BROWSER = 10
KEPT_BROWSERS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries: the address typed, the network it comes from, and the cookie of a known browser."""

    email: str
    address: str
    browser: str = ""

    @property
    def network(self) -> str:
        """A house or an office, not a machine: the /24, or the /64 of IPv6."""
        try:
            there = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        return str(ipaddress.ip_network((there, 24 if there.version == 4 else 64), strict=False))

    def limits(self, *, known: bool) -> dict[bytes, int]:
        """How many wrong passwords each subject may have."""
        email = self.email.strip().lower()
        if known:
            return {_hash("browser", self.browser): PER_KNOWN_BROWSER}
        return {
            _hash("account and network", email, self.network): PER_ACCOUNT_AND_NETWORK,
            _hash("network", self.network): PER_NETWORK,
            _hash("account", email): PER_ACCOUNT,
        }


async def is_known(db: Database | Connection, attempt: Attempt) -> bool:
    """Whether this browser has logged in to this very account before."""
    return bool(
        attempt.browser
        and await db.fetchval(
            "SELECT EXISTS (SELECT FROM known_browsers b JOIN recruiters r USING (recruiter_id) "
            "WHERE b.token_hash = $1 AND r.email = $2)",
            _hash("browser", attempt.browser),
            attempt.email.strip().lower(),
        )
    )


async def is_throttled(db: Database | Connection, attempt: Attempt) -> bool:
    """Too many wrong passwords within the last quarter of an hour."""
    limits = attempt.limits(known=await is_known(db, attempt))
    rows = await db.fetch(
        "SELECT subject, count(*) AS wrong FROM login_failures "
        "WHERE subject = ANY($1::bytea[]) AND failed_at > now() - $2::interval GROUP BY subject",
        list(limits),
        WINDOW,
    )
    return any(row["wrong"] >= limits[row["subject"]] for row in rows)


async def note_failure(db: Database | Connection, attempt: Attempt) -> None:
    subjects = attempt.limits(known=await is_known(db, attempt))
    await db.execute("DELETE FROM login_failures WHERE failed_at < now() - $1::interval", WINDOW)
    await db.execute("INSERT INTO login_failures (subject) SELECT unnest($1::bytea[])", list(subjects))


async def remember_browser(db: Database | Connection, attempt: Attempt, recruiter_id: int) -> str:
    """After a right password: this browser's counts start anew. Answers the token for its cookie.

    The counts of the network and of the account stay: one valid login would free others to guess on.
    """
    known = await is_known(db, attempt)
    token = attempt.browser if known else secrets.token_urlsafe(32)
    await db.execute(
        "INSERT INTO known_browsers (token_hash, recruiter_id) VALUES ($1, $2) "
        "ON CONFLICT (token_hash) DO UPDATE SET last_login_at = now()",
        _hash("browser", token),
        recruiter_id,
    )
    await db.execute("DELETE FROM known_browsers WHERE last_login_at < now() - $1::interval", KEPT_BROWSERS)
    email = attempt.email.strip().lower()
    mine = [_hash("browser", token), _hash("account and network", email, attempt.network)]
    await db.execute("DELETE FROM login_failures WHERE subject = ANY($1::bytea[])", mine)
    return token


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()
