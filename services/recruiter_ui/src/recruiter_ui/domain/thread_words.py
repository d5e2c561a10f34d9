"""The small line under a message, and the thin lines between messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from recruiter_ui.domain import call_words
from recruiter_ui.domain.moments import duration, stamp

LANGUAGES = {"ro": "Romanian", "en": "English", "de": "German", "hu": "Hungarian", "fr": "French"}
_KINDS = {
    "cv_request": "CV request",
    "cv_request_rejected": "CV request for later roles",
    "cv_followup_1": "Reminder 1",
    "cv_followup_2": "Reminder 2",
    "rejection": "Rejection",
}
_READ = ("delivered", "read")

Line = Mapping[str, Any]


def sent_line(message: Line, reader: str, now: datetime, zone: ZoneInfo) -> str:
    """Who sent a message of ours, and what became of it: ``CV request by the system 13:05, read 13:11``."""
    kind = _KINDS.get(message["message_type"] or "")
    who = message["written_by"]
    by = "you" if who == reader else (who or "the system")
    verb = f"{kind} by {by}" if kind else f"{by[0].upper()}{by[1:]}"
    parts = [f"{verb} {stamp(message['at'], now, zone)}"]
    if message["delivery"] in ("sent", "failed", "unknown", None):
        parts += _receipts(message, now, zone)
    return ", ".join(parts)


def _receipts(message: Line, now: datetime, zone: ZoneInfo) -> list[str]:
    if message["read_at"]:
        return [f"read {stamp(message['read_at'], now, zone)}"]
    if message["delivered_at"]:
        return ["delivered"]
    return ["sent"] if message["delivery"] == "sent" else []


def call_line(call: Line) -> tuple[str, str]:
    """A call's glyph and its words: ``Call, 4 min 12 s``."""
    if call["status"] == "completed":
        spoken = duration(call["duration_seconds"])
        return call_words.glyph(call), "Call" + (f", {spoken}" if spoken else "")
    return call_words.glyph(call), f"Call: {call_words.ended(call)}"


def preview_of(row: Line) -> str:
    """One line of the newest message: its words, else what it carries."""
    text = " ".join((row["body"] or "").split())
    if row["subject"] and row["channel"] == "email":
        text = f"{row['subject']}. {text}" if text else row["subject"]
    files = row["attachments"] or []
    if not text and files:
        return files[0]["file_name"] if len(files) == 1 else f"{len(files)} files"
    return text or "No words"
