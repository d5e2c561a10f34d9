"""What an email says: who wrote, in words, and which files came along. Source: providers.md 5.2.

Works on the message as the Gmail API answers it (``format=full``) and on the bytes of its parts. What could
not be taken is said in ``notes``, for the recruiter who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from messaging.domain.automatic import DeliveryReport, delivery_report, is_automatic_reply
from messaging.domain.html_text import as_text
from messaging.domain.mail_parts import (
    Part,
    clean,
    decode_base64url,
    decoded_words,
    headers_of,
    opened,
    parts_of,
)
from messaging.domain.whapi_inbox import LONGEST_NAME, safe_file_name

__all__ = ["Email", "File", "Part", "decode_base64url", "moment", "parts_of", "read_email"]

LONGEST_SUBJECT = 998
"""Characters; a line of a mail (RFC 5322, 2.1.1)."""
LONGEST_TEXT = 1_000_000
"""Characters of one text of a mail; what follows is left out, and the reader is told."""
MOST_FILES = 50
"""Of one email, those of emails within it counted; what is left out is told to the recruiter."""
LONGEST_ADDRESS = 320
"""Characters; none that mail can be sent to is longer (RFC 5321, 4.5.3.1)."""
NOBODY = "unknown sender"
AUTOMATIC = "an automatic reply"
PACKED = (
    "the files came packed by Outlook in winmail.dat, which can't be opened here: ask for the CV as a PDF"
)


@dataclass(frozen=True, slots=True)
class File:
    file_name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Email:
    """``sender`` is the bare address; ``ours``: we sent it, and it was filed along with its conversation.

    ``thread_id`` is Gmail's, ``rfc_id`` the mail's own Message-ID. ``report``: it says what became of a
    mail that was sent from here. ``automatic``: nobody typed it.
    """

    external_id: str
    sender: str
    sender_name: str | None
    subject: str
    body: str
    files: Sequence[File]
    received_at: datetime | None
    ours: bool = False
    thread_id: str | None = None
    rfc_id: str | None = None
    notes: Sequence[str] = ()
    automatic: bool = False
    report: DeliveryReport | None = None


def read_email(message: Mapping[str, Any], parts: Sequence[Part], notes: Sequence[str] = ()) -> Email:
    """Put together a message whose parts were all fetched. Plain text is preferred to HTML."""
    payload = message.get("payload") or {}
    headers = headers_of(payload)
    name, address = _sender(payload)
    labels = set(message.get("labelIds") or ())
    subject = " ".join(clean(headers.get("subject", "")).split())[:LONGEST_SUBJECT]
    report = delivery_report(payload, parts, address)
    leaves = list(parts) if report else [leaf for part in parts for leaf in opened(part)]
    files = [_file(part) for part in leaves if part.is_file]
    body, cut = _words(leaves)
    automatic = report is None and is_automatic_reply(headers, subject)
    said = [AUTOMATIC] if automatic else []
    if len(files) > MOST_FILES:
        said.append(f"{len(files)} files came along and the first {MOST_FILES} were taken: open it in Gmail")
    said += [PACKED] if any(_is_packed(file) for file in files) else []
    return Email(
        external_id=str(message["id"]),
        sender=clean(address)[:LONGEST_ADDRESS] or NOBODY,
        sender_name=clean(name)[:LONGEST_NAME] or None,
        subject=subject,
        body=body,
        files=files[:MOST_FILES],
        received_at=moment(message.get("internalDate")),
        ours=bool(labels & {"SENT", "DRAFT"}) and "INBOX" not in labels,
        thread_id=str(message["threadId"]) if message.get("threadId") else None,
        rfc_id=clean(headers.get("message-id", "")) or None,
        notes=[*said, *notes, *cut],
        automatic=automatic,
        report=report,
    )


def _words(parts: Sequence[Part]) -> tuple[str, list[str]]:
    texts = [(part.content_type, part.text()) for part in parts if part.is_text]
    cut = any(len(text) > LONGEST_TEXT for _, text in texts)
    texts = [(kind, text[:LONGEST_TEXT]) for kind, text in texts]
    plain = "\n\n".join(filter(None, (text.strip() for kind, text in texts if kind == "text/plain")))
    body = plain or "\n\n".join(filter(None, (as_text(text) for kind, text in texts if kind == "text/html")))
    notes = ["the text is very long and was cut: the whole of it is in Gmail"] if cut else []
    return clean(body).replace("\r\n", "\n"), notes


def _file(part: Part) -> File:
    otherwise = {"text/calendar": "invitation", "message/rfc822": "message"}.get(
        part.content_type, "attachment"
    )
    return File(
        safe_file_name(part.file_name, otherwise, part.content_type), part.content_type, part.data or b""
    )


def _is_packed(file: File) -> bool:
    kinds = ("application/ms-tnef", "application/vnd.ms-tnef")
    return file.content_type in kinds or file.file_name.casefold() == "winmail.dat"


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
    return decoded_words(name), address


def moment(internal_date: object) -> datetime | None:
    """As Gmail says when a mail came in or was sent: milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(int(str(internal_date)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
