"""The parts of an email as the Gmail API answers them (``format=full``), whatever somebody put into it.

Bounded in depth and number, and told in what ways it was bounded: a mail is written by anybody.
Source: providers.md 5.2.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from messaging.domain.whapi_inbox import safe_content_type

DEEPEST = 40
MOST_PARTS = 500
_SEVEN_BITS = ("utf-7", "iso-2022-", "hz-gb")
"""Charsets whose bytes are those of plain ASCII: they would pass for UTF-8."""
SIGNATURE_PICTURE = 64 * 1024
"""Bytes: a picture inside the text up to this size belongs to a signature; a larger one may be a CV."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the message. ``data`` is None as long as it has to be fetched by ``attachment_id``."""

    content_type: str
    file_name: str
    headers: Mapping[str, str]
    data: bytes | None = None
    attachment_id: str | None = None
    size: int = 0

    def with_data(self, data: bytes) -> Part:
        return replace(self, data=data, size=len(data))

    @property
    def is_file(self) -> bool:
        disposition = self.headers.get("content-disposition", "").casefold()
        if self.content_type.startswith("image/") and "content-id" in self.headers:
            # The pictures of a signature; a picture that somebody attached says so, or is large.
            size = len(self.data) if self.data is not None else self.size
            return disposition.startswith("attachment") or size > SIGNATURE_PICTURE
        return bool(self.file_name) or disposition.startswith("attachment") or not self._is_text

    @property
    def _is_text(self) -> bool:
        return self.content_type in ("text/plain", "text/html")

    @property
    def is_text(self) -> bool:
        return self._is_text and not self.is_file

    def text(self) -> str:
        return decode_text(self.data or b"", self.headers.get("content-type", ""))


def parts_of(payload: Mapping[str, Any]) -> Iterator[Part]:
    """The leaves of a Gmail payload, in order, through every level of multiparts and forwarded messages."""
    waiting: list[tuple[Mapping[str, Any], int]] = [(payload, 0)]
    found = 0
    while waiting and found < MOST_PARTS:
        node, depth = waiting.pop()
        children = [it for it in node.get("parts") or [] if isinstance(it, Mapping)]
        if children:
            if depth < DEEPEST:
                waiting += [(child, depth + 1) for child in reversed(children)]
            continue
        body = node.get("body") or {}
        data, attachment_id = body.get("data"), body.get("attachmentId")
        if data is None and attachment_id is None:
            continue
        found += 1
        yield Part(
            content_type=safe_content_type(str(node.get("mimeType") or "")),
            file_name=clean(str(node.get("filename") or "")),
            headers=headers_of(node),
            data=decode_base64url(data) if data is not None else None,
            attachment_id=attachment_id,
            size=_number(body.get("size")),
        )


def opened(part: Part) -> list[Part]:
    """What is in a message that came as one file; the file itself where it can't be read."""
    if part.content_type != "message/rfc822" or part.data is None:
        return [part]
    try:
        inner = message_from_bytes(part.data)
        found = [_inner_part(leaf) for leaf in _leaves(inner)]
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):
        return [part]
    return found or [part]


def _leaves(message: Message) -> list[Message]:
    waiting = [(message, 0)]
    found: list[Message] = []
    while waiting and len(found) < MOST_PARTS:
        one, depth = waiting.pop()
        content = one.get_payload()
        if isinstance(content, list):
            if depth < DEEPEST:
                waiting += [(child, depth + 1) for child in reversed(content) if isinstance(child, Message)]
        else:
            found.append(one)
    return found


def _inner_part(leaf: Message) -> Part:
    data = leaf.get_payload(decode=True)
    content = data if isinstance(data, bytes) else b""
    name = leaf.get_filename()
    headers = {key.casefold(): decoded_words(str(value)) for key, value in leaf.items()}
    kind = safe_content_type(leaf.get_content_type())
    return Part(kind, clean(decoded_words(name or "")), headers, content, None, len(content))


def decode_base64url(text: str) -> bytes:
    """Gmail leaves the padding out; raises ``ValueError`` on what is no base64."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as broken:
        raise ValueError("not base64url") from broken


def headers_of(node: Mapping[str, Any]) -> dict[str, str]:
    """By lower-case name, the first of each; encoded words decoded."""
    found: dict[str, str] = {}
    for header in node.get("headers") or []:
        name = str(header.get("name", "")).casefold()
        found.setdefault(name, decoded_words(str(header.get("value", ""))))
    return found


def decoded_words(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def decode_text(data: bytes, content_type: str) -> str:
    """UTF-8 where it is UTF-8, whatever the header says; else as declared, else byte by byte."""
    declared = content_type.casefold().partition("charset=")[2].strip("\"' ").partition(";")[0].strip("\"' ")
    try:
        if not declared.startswith(_SEVEN_BITS):
            return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared or "latin-1", "replace")
    except (LookupError, ValueError):  # some codecs of Python are no charsets, and fail in ways of their own
        return data.decode("latin-1")


def clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _number(given: object) -> int:
    try:
        return max(0, int(str(given)))
    except ValueError:
        return 0
