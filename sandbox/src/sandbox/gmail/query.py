"""The part of Gmail's search language that is understood here; every word must hold."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.gmail.parts import attachment_names, headers_of, plain_text

_IS = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT"}
_IN = {"inbox": "INBOX", "sent": "SENT", "spam": "SPAM", "trash": "TRASH"}


@dataclass(frozen=True, slots=True)
class Mail:
    """What a search looks at. ``labels`` are ids; ``names`` maps a label's search name to its id."""

    raw: bytes
    labels: frozenset[str]
    date: datetime
    names: dict[str, str]


def label_key(name: str) -> str:
    """Names are searched without case, with dashes for spaces and slashes."""
    return name.lower().replace(" ", "-").replace("/", "-")


def terms(q: str) -> list[str]:
    try:
        return shlex.split(q)
    except ValueError:
        return q.split()


def matches(mail: Mail, words: list[str]) -> bool:
    for word in words:
        wanted = not word.startswith("-")
        if _holds(mail, word.lstrip("-")) is not wanted:
            return False
    return True


def _holds(mail: Mail, word: str) -> bool:
    operator, colon, value = word.partition(":")
    operator = operator.lower()
    if not colon:
        return word.lower() in f"{headers_of(mail.raw).get('subject', '')} {plain_text(mail.raw)}".lower()
    if operator == "label":
        return mail.names.get(label_key(value)) in mail.labels
    if operator == "is":
        return "UNREAD" not in mail.labels if value == "read" else _IS.get(value.lower()) in mail.labels
    if operator == "in":
        return value.lower() == "anywhere" or _IN.get(value.lower()) in mail.labels
    if operator == "rfc822msgid":
        return headers_of(mail.raw).get("message-id", "").strip("<> ") == value.strip("<> ")
    if operator in ("from", "to", "subject", "cc"):
        return value.lower() in headers_of(mail.raw).get(operator, "").lower()
    if operator == "has" and value == "attachment":
        return bool(attachment_names(mail.raw))
    if operator in ("after", "newer", "before", "older") and (edge := _moment(value)):
        return mail.date >= edge if operator in ("after", "newer") else mail.date < edge
    return False


def _moment(value: str) -> datetime | None:
    if value.isdigit() and len(value) > 8:
        return datetime.fromtimestamp(int(value), UTC)
    try:
        return datetime.strptime(value.replace("-", "/"), "%Y/%m/%d").replace(tzinfo=UTC)
    except ValueError:
        return None
