"""What machines write: reports that a mail came back (RFC 3464), and replies that nobody typed (RFC 3834).

A report on a message of ours is known by our own key in what it quotes, never by its looks alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from messaging.domain.mail_parts import Part, headers_of

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OUR_KEYS = (
    re.compile(rf"({_UUID})@recruitflow\b", re.I),
    re.compile(rf"x-recruitflow-message:\s*({_UUID})", re.I),
)
_DAEMON = re.compile(r"^(mailer-daemon|mail-daemon|postmaster)@", re.I)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FIELD = re.compile(r"^(action|status|final-recipient|original-recipient|diagnostic-code):\s*(.*)$", re.I)
_AWAY = re.compile(
    r"^\W*(automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|r[aă]spuns automat|"
    r"absen[tț]\w* (?:din|de la) birou|abwesenheits\w*|automatische antwort|r[eé]ponse automatique)\b",
    re.I,
)
_MEANING = {
    "1": "the address does not exist or takes no mail",
    "2": "their mailbox is full or closed",
    "3": "their mail system does not take it",
    "4": "their mail server can't be reached",
    "5": "their mail server did not understand it",
    "6": "their mail server did not understand it",
    "7": "their mail server refused it as unwanted",
}
LONGEST_LOOK = 200_000
"""Characters of one part in which our key is looked for."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """``final``: it will not be tried again. ``message_ids``: our keys in what it quotes."""

    message_ids: tuple[UUID, ...]
    recipient: str | None
    final: bool
    reason: str


def delivery_report(payload: Mapping[str, Any], parts: Sequence[Part], sender: str) -> DeliveryReport | None:
    """None for whatever is not a report on a delivery, as what a person wrote about one is not."""
    headers = headers_of(payload)
    kind = headers.get("content-type", "").casefold()
    status = next((part for part in parts if part.content_type == "message/delivery-status"), None)
    by_form = kind.lstrip().startswith("multipart/report") and (
        status is not None or "delivery-status" in kind
    )
    by_daemon = bool(_DAEMON.match(sender)) and (status is not None or "x-failed-recipients" in headers)
    if not (by_form or by_daemon):
        return None
    fields = _fields(status.text() if status else "")
    quoted = [*_all_headers(payload), *(part.text()[:LONGEST_LOOK] for part in parts if _quotes(part))]
    action, code = fields.get("action", "").casefold(), _code(fields)
    final = action == "failed" if action else (code or "5").startswith("5")
    recipient = fields.get("final-recipient") or fields.get("original-recipient") or ""
    recipient = recipient.partition(";")[2].strip() or headers.get("x-failed-recipients", "").strip()
    return DeliveryReport(_our_keys(quoted), recipient or None, final, _reason(code))


def is_automatic_reply(headers: Mapping[str, str], subject: str) -> bool:
    """Out of office and the like: somebody will read our mail, but has not yet."""
    submitted = headers.get("auto-submitted", "").casefold().strip()
    if submitted.startswith("auto-replied"):
        return True
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponder")):
        return True
    if headers.get("precedence", "").casefold().strip() == "auto_reply":
        return True
    return bool(_AWAY.match(subject))


def _quotes(part: Part) -> bool:
    return part.data is not None and (
        part.content_type.startswith(("message/", "text/")) and not part.content_type.endswith("/calendar")
    )


def _all_headers(payload: Mapping[str, Any]) -> list[str]:
    lines, waiting, seen = [], [payload], 0
    while waiting and seen < 500:
        node = waiting.pop()
        seen += 1
        lines += [f"{name}: {value}" for name, value in headers_of(node).items()]
        waiting += [it for it in node.get("parts") or [] if isinstance(it, Mapping)]
    return lines


def _our_keys(texts: Sequence[str]) -> tuple[UUID, ...]:
    found: dict[UUID, None] = {}
    for text in texts:
        for pattern in _OUR_KEYS:
            found.update((UUID(key), None) for key in pattern.findall(text))
    return tuple(found)


def _fields(text: str) -> dict[str, str]:
    """Of the first recipient that says what became of it; a folded line belongs to the one before."""
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t") and last:
            found[last] += f" {line.strip()}"
            continue
        field = _FIELD.match(line)
        last = field[1].casefold() if field else ""
        if field and last in found:
            return found
        if field:
            found[last] = field[2].strip()
    return found


def _code(fields: Mapping[str, str]) -> str | None:
    code = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
    return code[0] if code else None


def _reason(code: str | None) -> str:
    if code is None:
        return "it came back: their mail system could not deliver it"
    words = _MEANING.get(code.split(".")[1], "their mail system could not deliver it")
    return f"it came back: {words} ({code})"
