"""Who may knock: a delivery is taken only with proof that the provider sent it.

ElevenLabs signs ``<t>.<raw body>`` (providers.md 1.6); Whapi signs nothing and sends a secret header that we
configured (providers.md 3.5); Meta signs the raw body alone (providers.md 7.2), so a delivery of any age is
good and only its content tells a repeat. Comparisons take constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any


class Provider(StrEnum):
    ELEVENLABS = "elevenlabs"
    WHAPI = "whapi"
    META = "meta"


class NotGenuine(Exception):
    """The delivery doesn't prove who sent it; ``reason`` names no secret and no content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signature:
    """``ElevenLabs-Signature: t=<unix seconds>,v0=<hex>``; a rotated secret gives several ``v0`` parts."""

    stamp: str
    digests: tuple[str, ...]

    @property
    def signed_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.stamp), UTC)

    def proves(self, secret: str, body: bytes) -> bool:
        expected = hmac.new(secret.encode(), self.stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return any(hmac.compare_digest(expected, digest) for digest in self.digests)


_STAMP = re.compile(r"[0-9]{1,11}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_MOST_PARTS = 8


def parse_signature(header: str) -> Signature:
    """Read the header, spaces tolerated; raises ``NotGenuine``."""
    stamps: list[str] = []
    digests: list[str] = []
    for part in header.split(",")[:_MOST_PARTS]:
        name, _, value = part.strip().partition("=")
        name, value = name.strip(), value.strip()
        if name == "t" and _STAMP.fullmatch(value):
            stamps.append(value)
        elif name == "v0" and _DIGEST.fullmatch(value):
            digests.append(value.lower())
    if len(stamps) != 1 or not digests:
        raise NotGenuine("the signature header is missing or unreadable")
    return Signature(stamps[0], tuple(digests))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a signature's time may be from ours, either way.

    ``span`` counts on the installation's clock. Where that clock runs fast, ``span`` can be shorter than a
    request takes; ``real_seconds`` is the least that is granted in real time.
    """

    span: timedelta
    real_seconds: float

    def covers(self, signed_at: datetime, now: datetime, real: Callable[[timedelta], float]) -> bool:
        off = abs(now - signed_at)
        return off <= self.span or real(off) <= self.real_seconds


def check_signature(signature: Signature, secrets: Sequence[str], body: bytes) -> None:
    """Raises ``NotGenuine``. Several secrets are accepted so that one can be rotated without a gap."""
    if not any(signature.proves(secret, body) for secret in secrets):
        raise NotGenuine("the signature does not fit the body")


def check_shared_secret(offered: Sequence[str], secrets: Sequence[str]) -> None:
    """One of the offered values is one of the secrets, with or without ``Bearer``; else ``NotGenuine``."""
    good = False
    for value in offered:
        bare = value[7:] if value[:7].lower() == "bearer " else value
        for secret in secrets:
            good |= hmac.compare_digest(bare.strip().encode(), secret.encode())
    if not good:
        raise NotGenuine("the secret header is missing or wrong")


def check_body_signature(offered: Sequence[str], secrets: Sequence[str], body: bytes) -> None:
    """``X-Hub-Signature-256: sha256=<hex>`` over the body, by one of the secrets; else ``NotGenuine``."""
    digests = []
    for value in offered[:_MOST_PARTS]:
        name, _, digest = value.strip().partition("=")
        if name.strip().lower() == "sha256" and _DIGEST.fullmatch(digest.strip()):
            digests.append(digest.strip().lower())
    if not digests:
        raise NotGenuine("the signature header is missing or unreadable")
    expected = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in digests):
        raise NotGenuine("the signature does not fit the body")


def check_subscription(mode: str, token: str, tokens: Sequence[str]) -> None:
    """Meta asks whether this address wants its webhooks; only who knows our token may hear yes."""
    known = any(hmac.compare_digest(token.encode("utf-8", "replace"), ours.encode()) for ours in tokens)
    if mode != "subscribe" or not known:
        raise NotGenuine("the verify token is missing or wrong")


_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
UNTYPED = "untyped"
UNREADABLE = "unreadable"


def kind_of(provider: Provider, body: bytes) -> str:
    """What the provider calls this delivery; ``untyped`` or ``unreadable`` where it says nothing usable."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return UNREADABLE
    if not isinstance(parsed, dict):
        return UNTYPED
    if provider is Provider.WHAPI:
        event = parsed.get("event")
        named = event.get("type") if isinstance(event, dict) else None
        return _name(named) if named else _first_list(parsed)
    if provider is Provider.META:
        return _changed_field(parsed)
    return _name(parsed.get("type"))


def _name(value: Any) -> str:
    return value if isinstance(value, str) and _KIND.fullmatch(value) else UNTYPED


def _first_list(parsed: dict[str, Any]) -> str:
    """Whapi names the content after its key; the ``event`` part is missing in some deliveries."""
    return next((_name(key) for key, value in parsed.items() if isinstance(value, list)), UNTYPED)


def _changed_field(parsed: dict[str, Any]) -> str:
    """Meta says which field of a page changed in the first of the changes, e.g. ``leadgen``."""
    entries = parsed.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else []:
            if isinstance(change, dict):
                return _name(change.get("field"))
    return _name(parsed.get("object"))


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def as_inline_text(body: bytes, limit: int) -> str | None:
    """The body as text where an event may carry it; None sends it to the blob store.

    Control characters grow sixfold in JSON and NUL fits no jsonb column, so such bodies stay out of events.
    """
    if len(body) > limit:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
