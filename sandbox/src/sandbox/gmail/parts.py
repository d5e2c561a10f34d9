"""A stored RFC 2822 mail as Gmail's MessagePart tree (providers.md 5.2)."""

from __future__ import annotations

import base64
import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32, default
from typing import Any

INLINE_LIMIT = 2048
"""An attachment up to this size comes inside the message, a larger one by its attachment id."""


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def payload(raw: bytes, attachment_id: Any, headers_only: set[str] | None = None) -> dict[str, Any]:
    """The part tree. ``attachment_id`` makes the id of a part from its number."""
    message = BytesParser(policy=compat32).parsebytes(raw)
    tree = _part(message, "", attachment_id)
    if headers_only is not None:
        kept = [h for h in tree["headers"] if not headers_only or h["name"].lower() in headers_only]
        return {"mimeType": tree["mimeType"], "headers": kept}
    return tree


def headers_of(raw: bytes) -> dict[str, str]:
    """Decoded headers by lower-case name; the first of each."""
    message = BytesParser(policy=default).parsebytes(raw, headersonly=True)
    found: dict[str, str] = {}
    for name, value in message.items():
        found.setdefault(name.lower(), str(value))
    return found


def attachment(raw: bytes, part_id: str) -> bytes | None:
    part: Any = BytesParser(policy=compat32).parsebytes(raw)
    for number in part_id.split(".") if part_id else []:
        children = _children(part)
        if int(number) >= len(children):
            return None
        part = children[int(number)]
    return _content(part)


def plain_text(raw: bytes) -> str:
    """What a person reads, for search and snippet."""
    message = BytesParser(policy=default).parsebytes(raw)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    return re.sub(r"<[^>]+>", " ", text) if body and body.get_content_type() == "text/html" else text


def attachment_names(raw: bytes) -> list[str]:
    message = BytesParser(policy=default).parsebytes(raw)
    return [name for part in message.walk() if (name := part.get_filename())]


def _children(part: Message) -> list[Any]:
    inner = part.get_payload()
    return inner if part.is_multipart() and isinstance(inner, list) else []


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return bytes(_children(part)[0])
    if part.get_content_maintype() == "message" and part.is_multipart():
        return b"\n".join(bytes(block) for block in _children(part))  # a report: its blocks of fields
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _part(part: Message, part_id: str, attachment_id: Any) -> dict[str, Any]:
    parsed = BytesParser(policy=default).parsebytes(bytes(part), headersonly=True)
    name = parsed.get_filename() or ""
    node: dict[str, Any] = {
        "partId": part_id,
        "mimeType": part.get_content_type(),
        "filename": name,
        "headers": [
            {"name": key, "value": str(value).replace("\r\n", "\n").replace("\n", "")}
            for key, value in parsed.items()
        ],
        "body": {"size": 0},
    }
    children = _children(part)
    if children and part.get_content_maintype() == "multipart":
        prefix = f"{part_id}." if part_id else ""
        node["parts"] = [
            _part(child, f"{prefix}{number}", attachment_id) for number, child in enumerate(children)
        ]
        return node
    content = _content(part)
    node["body"] = {"size": len(content)}
    if name and len(content) > INLINE_LIMIT:
        node["body"]["attachmentId"] = attachment_id(part_id)
    else:
        node["body"]["data"] = b64(content)
    return node
