"""The rows of a looked-through lead file: what an import would do with each (``row`` of docs/imports.md).

They are lines of JSON that intake wrote; what people typed in the file is in them, so everything is text of
strangers: cut where it is long, and never taken for more than text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST = 200
"""Characters of a cell that a page shows."""

_FIELDS = {
    "full_name": "name",
    "phone": "phone",
    "phone_as_given": "phone as given",
    "email": "email",
    "whatsapp_number": "WhatsApp",
    "time_zone": "time zone",
    "campaign_name": "campaign",
    "platform": "platform",
    "meta_created_time": "time of the lead",
}
"""What of a person may change; every other change is the answer to the question it names."""
_SHOWN_BESIDE = {"phone", "phone_as_given", "email", "time_zone", "meta_created_time", "platform"}
"""Changes with a column of their own, or that follow from another one."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Who the row may also be: somebody on file, or another line of the file."""

    candidate_id: int | None
    line: int | None
    name: str
    shared: tuple[str, ...]
    phone: str
    email: str
    lead_id: str


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    line: int
    verdict: str
    name: str
    phone: str
    email: str
    lead_id: str
    answers: int
    why: str
    flag: str
    changes: tuple[Change, ...]
    duplicates: tuple[Likeness, ...]
    created: datetime | None
    campaign: str
    platform: str
    time_zone: str

    def before(self, field: str) -> str:
        """What the person on file has, where the row changes it; empty otherwise."""
        return next((change.before for change in self.changes if change.field == field), "")

    @property
    def more_answers(self) -> int:
        """How many questions are answered that were not before."""
        return sum(it.field not in _FIELDS and not it.before and bool(it.after) for it in self.changes)

    @property
    def also_changes(self) -> list[str]:
        """The fields that change without a column of their own, in words."""
        named = [_FIELDS[it.field] for it in self.changes if it.field in _FIELDS.keys() - _SHOWN_BESIDE]
        others = sum(it.field not in _FIELDS and bool(it.before) for it in self.changes)
        return [*named, *(["answers" if others > 1 else "answer"] if others else [])]


def read_rows(part: bytes) -> list[PreviewRow]:
    """The rows of one page; a line that is cut off or is no row is left out."""
    rows = []
    for line in part.split(b"\n"):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError:
            continue
        if isinstance(given, dict):
            rows.append(_row(given))
    return rows


def _row(given: dict[str, Any]) -> PreviewRow:
    return PreviewRow(
        line=_number(given.get("line")),
        verdict=_text(given.get("verdict")),
        name=_text(given.get("name")),
        phone=_text(given.get("phone")),
        email=_text(given.get("email")),
        lead_id=_text(given.get("lead_id")),
        answers=_number(given.get("answers")),
        why=_text(given.get("why")),
        flag=_text(given.get("flag")),
        changes=tuple(_change(it) for it in _dicts(given.get("changes"))),
        duplicates=tuple(_likeness(it) for it in _dicts(given.get("duplicates"))),
        created=_moment(given.get("created")),
        campaign=_text(given.get("campaign")),
        platform=_text(given.get("platform")),
        time_zone=_text(given.get("time_zone")),
    )


def _likeness(given: dict[str, Any]) -> Likeness:
    known, line = given.get("candidate_id"), given.get("line")
    return Likeness(
        candidate_id=known if isinstance(known, int) else None,
        line=line if isinstance(line, int) else None,
        name=_text(given.get("name")),
        shared=tuple(_text(it) for it in given.get("shared") or ()),
        phone=_text(given.get("phone")),
        email=_text(given.get("email")),
        lead_id=_text(given.get("lead_id")),
    )


def _change(given: dict[str, Any]) -> Change:
    return Change(_text(given.get("field")), _text(given.get("before")), _text(given.get("after")))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a section: where it is in the blob, and which rows of how many."""

    start: int
    length: int
    first: int
    last: int
    rows: int
    page: int
    pages: int


def part_of(section: dict[str, Any], page: int) -> Part:
    """Where a page (from 0) of a section lies; pages beyond the last are the last."""
    offsets: Sequence[int] = section["offsets"]
    rows, size = section["rows"], section["page_rows"]
    page = max(0, min(page, len(offsets) - 1))
    end = offsets[page + 1] if page + 1 < len(offsets) else section["blob"]["size"]
    first = page * size
    return Part(
        offsets[page], end - offsets[page], first + 1, min(first + size, rows), rows, page, len(offsets)
    )
