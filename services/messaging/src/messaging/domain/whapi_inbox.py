"""What a delivery of Whapi says: messages of people, reports on ours. Source: providers.md 3.3, 3.4, Added.

Own messages, groups, newsletters, reactions and edits are no messages to us. Anything else a person sends is
kept, also when we can't show it: then its kind stands in brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FILES = ("document", "documentWithCaption", "image", "video", "gif", "short", "audio", "voice")
NO_MESSAGE = ("action", "system", "newsletter_invite", "admin_invite")
PERSON = "@s.whatsapp.net"
STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


class NotAPost(ValueError):
    """The body is not what Whapi sends."""


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message: fetched by ``link`` where there is one, else by ``media_id``."""

    file_name: str
    content_type: str
    media_id: str | None = None
    link: str | None = None
    size: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class WhatsAppMessage:
    """``sender`` is E.164 where the number is known, else the chat id as it came (``...@lid``)."""

    external_id: str
    sender: str
    phone: str | None
    sender_name: str | None
    body: str
    media: Media | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message of ours: ``status`` is sent, delivered, read or failed."""

    external_id: str
    status: str
    at: datetime | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    messages: list[WhatsAppMessage]
    reports: list[Report]


def read_post(raw: str) -> Post:
    """Read one delivery, which may hold several of each; raises ``NotAPost``."""
    try:
        body = _storable(json.loads(raw))
    except ValueError:
        raise NotAPost("it is not JSON") from None
    except RecursionError:
        raise NotAPost("it is nested too deeply") from None
    if not isinstance(body, dict):
        raise NotAPost("it is not a JSON object")
    messages = (_message(entry) for entry in _objects(body.get("messages")))
    reports = (_report(entry) for entry in _objects(body.get("statuses")))
    return Post([found for found in messages if found], [found for found in reports if found])


def text_of(message: dict[str, Any]) -> str:
    """The words of a message, empty where it has none. A text with a link in it is a ``link_preview``."""
    for key in ("text", "link_preview"):
        if body := _string(_part(message, key).get("body")):
            return body
    reply = _part(message, "reply")
    for key in ("buttons_reply", "list_reply"):
        if title := _string(_part(reply, key).get("title")):
            return title
    return _string(_part(message, _kind_of_file(message) or "").get("caption")) or ""


def _message(entry: dict[str, Any]) -> WhatsAppMessage | None:
    external_id, chat_id = _string(entry.get("id")), _string(entry.get("chat_id")) or ""
    kind = _string(entry.get("type")) or "unknown"
    if not external_id or entry.get("from_me") is True or kind in NO_MESSAGE or not _with_a_person(chat_id):
        return None
    phone = _phone(_string(entry.get("from")), chat_id)
    media = _media(entry)
    body = text_of(entry)
    return WhatsAppMessage(
        external_id=external_id,
        sender=phone or chat_id or _string(entry.get("from")) or "",
        phone=phone,
        sender_name=(_string(entry.get("from_name")) or "")[:LONGEST_NAME] or None,
        body=body or ("" if media else f"[{kind}]"),
        media=media,
        sent_at=_moment(entry.get("timestamp")),
    )


def _with_a_person(chat_id: str) -> bool:
    return not chat_id.endswith(("@g.us", "@newsletter", "@broadcast"))


def _phone(sender: str | None, chat_id: str) -> str | None:
    """``from`` where it is a number; an id in ``@lid`` is none, nor is ``from`` when it repeats it."""
    lid = chat_id.removesuffix("@lid") if chat_id.endswith("@lid") else None
    digits = (sender or "").removesuffix(PERSON).removeprefix("+")
    if digits.isdecimal() and digits != lid:
        return f"+{digits}"
    digits = chat_id.removesuffix(PERSON)
    return f"+{digits}" if chat_id.endswith(PERSON) and digits.isdecimal() else None


def _kind_of_file(entry: dict[str, Any]) -> str | None:
    kind = _string(entry.get("type"))
    if kind in FILES and _part(entry, kind):
        return kind
    return next((name for name in FILES if _part(entry, name)), None)


def _media(entry: dict[str, Any]) -> Media | None:
    kind = _kind_of_file(entry)
    if kind is None:
        return None
    part = _part(entry, kind)
    content_type = safe_content_type(_string(part.get("mime_type")))
    media_id = _string(part.get("id"))
    size = part.get("file_size")
    return Media(
        file_name=safe_file_name(
            _string(part.get("file_name")) or _string(part.get("filename")), kind, content_type
        ),
        content_type=content_type,
        media_id=None if media_id == "media_init" else media_id,
        link=_string(part.get("link")),
        size=size if isinstance(size, int) else None,
    )


_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
    "text/plain": ".txt",
}


LONGEST_NAME = 200
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}", re.ASCII)


def safe_content_type(given: str | None) -> str:
    """The bare type; what is none can't be stored as one, and must not keep the file from being stored."""
    bare = (given or "").partition(";")[0].strip().casefold()
    return bare if _TYPE.fullmatch(bare) else "application/octet-stream"


def safe_file_name(given: str | None, kind: str, content_type: str) -> str:
    """The name as given, without folders and control characters; ``kind`` stands in where there is none."""
    bare = _UNSAFE.sub(" ", (given or "").replace("\\", "/").rpartition("/")[2]).strip(" .")
    return bare[-200:] if bare else f"{kind}{_ENDINGS.get(content_type, '')}"


def _report(entry: dict[str, Any]) -> Report | None:
    external_id = _string(entry.get("id"))
    status = STATUSES.get(_string(entry.get("status")) or "")
    if not external_id or not status:
        return None
    codes = [str(error["code"]) for error in _objects(entry.get("errors")) if "code" in error]
    problem = f"WhatsApp could not deliver it {' '.join(codes)}".strip() if status == "failed" else None
    return Report(external_id, status, _moment(entry.get("timestamp")), problem)


def _moment(timestamp: object) -> datetime | None:
    """A number in messages, a string in statuses; seconds since 1970."""
    try:
        return (
            datetime.fromtimestamp(float(timestamp), UTC)
            if isinstance(timestamp, (int, float, str))
            else None
        )
    except (ValueError, OverflowError, OSError):
        return None


def _objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _part(entry: dict[str, Any], key: str) -> dict[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _string(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _storable(value: Any) -> Any:
    """Without NUL characters and halves of surrogate pairs, which PostgreSQL can't keep."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
