"""What an email says: who wrote, in words, and which files came along. Source: providers.md 5.2.

Works on the message as the Gmail API answers it (``format=full``) and on the bytes of its parts.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

from messaging.domain.html_text import as_text
from messaging.domain.whapi_inbox import LONGEST_NAME, safe_content_type, safe_file_name

LONGEST_SUBJECT = 998
"""Characters; a line of a mail (RFC 5322, 2.1.1)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the message. ``data`` is None as long as it has to be fetched by ``attachment_id``."""

    content_type: str
    file_name: str
    headers: Mapping[str, str]
    data: bytes | None = None
    attachment_id: str | None = None

    def with_data(self, data: bytes) -> Part:
        return replace(self, data=data)

    @property
    def is_file(self) -> bool:
        disposition = self.headers.get("content-disposition", "").casefold()
        if self.content_type.startswith("image/") and "content-id" in self.headers:
            # The pictures of a signature; a picture that somebody attached says so.
            return disposition.startswith("attachment")
        return bool(self.file_name) or disposition.startswith("attachment") or not self._is_text

    @property
    def _is_text(self) -> bool:
        return self.content_type in ("text/plain", "text/html")

    @property
    def is_text(self) -> bool:
        return self._is_text and not self.is_file

    def text(self) -> str:
        return _decode(self.data or b"", self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class File:
    file_name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Email:
    """``sender`` is the bare address; ``ours``: we sent it, and it was filed along with its conversation."""

    external_id: str
    sender: str
    sender_name: str | None
    subject: str
    body: str
    files: Sequence[File]
    received_at: datetime | None
    ours: bool = False


def parts_of(payload: Mapping[str, Any]) -> Iterator[Part]:
    """The leaves of a Gmail payload, in order, through every level of multiparts and forwarded messages."""
    children = payload.get("parts") or []
    for child in children:
        yield from parts_of(child)
    body = payload.get("body") or {}
    data, attachment_id = body.get("data"), body.get("attachmentId")
    if children or (data is None and attachment_id is None):
        return
    yield Part(
        content_type=safe_content_type(str(payload.get("mimeType") or "")),
        file_name=_clean(str(payload.get("filename") or "")),
        headers=_headers(payload),
        data=decode_base64url(data) if data is not None else None,
        attachment_id=attachment_id,
    )


def read_email(message: Mapping[str, Any], parts: Sequence[Part]) -> Email:
    """Put together a message whose parts were all fetched. Plain text is preferred to HTML."""
    headers = _headers(message.get("payload") or {})
    name, address = _sender(message.get("payload") or {})
    labels = set(message.get("labelIds") or ())
    plain = [part.text().strip() for part in parts if part.is_text and part.content_type == "text/plain"]
    html = [as_text(part.text()) for part in parts if part.is_text and part.content_type == "text/html"]
    body = "\n\n".join(filter(None, plain)) or "\n\n".join(filter(None, html))
    return Email(
        external_id=str(message["id"]),
        sender=_clean(address),
        sender_name=_clean(name)[:LONGEST_NAME] or None,
        subject=" ".join(_clean(headers.get("subject", "")).split())[:LONGEST_SUBJECT],
        body=_clean(body).replace("\r\n", "\n"),
        files=[
            File(
                safe_file_name(part.file_name, "attachment", part.content_type),
                part.content_type,
                part.data or b"",
            )
            for part in parts
            if part.is_file
        ],
        received_at=_moment(message.get("internalDate")),
        ours=bool(labels & {"SENT", "DRAFT"}) and "INBOX" not in labels,
    )


def decode_base64url(text: str) -> bytes:
    """Gmail leaves the padding out; raises ``ValueError`` on what is no base64."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as broken:
        raise ValueError("not base64url") from broken


_IN_BRACKETS = re.compile(r"<([^<>@\s]+@[^<>\s]+)>\s*$")


def _sender(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Name and address, told apart before words are decoded: a decoded name may hold commas and brackets."""
    headers = payload.get("headers") or []
    given = next(
        (str(h.get("value", "")) for h in headers if str(h.get("name", "")).casefold() == "from"), ""
    )
    name, address = parseaddr(given)
    if "@" not in address and (found := _IN_BRACKETS.search(given)):
        name, address = given[: found.start()].strip(' "'), found[1]
    return _decoded_words(name), address


def _headers(payload: Mapping[str, Any]) -> dict[str, str]:
    """By lower-case name, the first of each; encoded words decoded."""
    found: dict[str, str] = {}
    for header in payload.get("headers") or []:
        name = str(header.get("name", "")).casefold()
        found.setdefault(name, _decoded_words(str(header.get("value", ""))))
    return found


def _decoded_words(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _decode(data: bytes, content_type: str) -> str:
    """UTF-8 where it is UTF-8, whatever the header says; else as declared, else byte by byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = content_type.casefold().partition("charset=")[2].strip("\"' ").partition(";")[0].strip("\"' ")
    try:
        return data.decode(declared or "latin-1", "replace")
    except LookupError:
        return data.decode("latin-1")


def _moment(internal_date: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(internal_date)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
