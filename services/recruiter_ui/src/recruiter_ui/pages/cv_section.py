"""The CVs of one application: the versions it has, the newest first, and what was taken away from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recruiter_ui.domain.cv_words import GLYPHS, METHODS, SOURCES, kind_words
from recruiter_ui.queries.fetching import Record

_WHY_AWAY = {
    "reassigned": "given to somebody else",
    "discarded": "put away as no CV",
    "undone": "taken back",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One CV as a line of the section. ``place`` is the file's in the CV inbox, where it can be given on."""

    number: int | None
    file_name: str
    download: str
    glyph: str
    what: str
    source: str
    how: str
    received_at: Any
    place: str
    to_check: bool
    why_check: str
    certain: str
    no_text: str | None
    hidden_text: bool | None
    away: str | None
    away_at: Any


@dataclass(frozen=True, slots=True)
class CvSection:
    versions: list[Version]
    former: list[Version]
    unmatched: Sequence[Record]
    """What they sent and nobody could be named for: it may be the CV that is waited for."""


def cv_section(rows: Sequence[Record], unmatched: Sequence[Record]) -> CvSection:
    lines = [_version(row) for row in rows]
    return CvSection(
        versions=[line for line in lines if line.away is None],
        former=[line for line in lines if line.away is not None],
        unmatched=unmatched,
    )


def _version(row: Record) -> Version:
    reading = row["reading"] or {}
    waits = bool(row["needs_review"]) and row["confirmed_at"] is None
    because = row["detached_because"]
    score = f" ({row['score']} of 100)" if row["score"] is not None else ""
    by = f" by {row['matched_by']}" if row["matched_by"] else ""
    return Version(
        number=row["number"],
        file_name=row["file_name"] or "CV",
        download=f"/cvs/{row['cv_id']}/file",
        glyph=GLYPHS.get(row["source"], "doccheck"),
        what=kind_words(reading.get("kind"), reading.get("pages")),
        source=SOURCES.get(row["source"], ""),
        how=f"{METHODS.get(row['method'], row['method'])}{score}{by}"
        if row["method"] != "manual"
        else by[1:],
        received_at=row["received_at"],
        place=f"/cvs?file={row['item_id']}",
        to_check=waits and because is None,
        why_check=" ".join(row["review_reasons"] or []) or row["explanation"] or "",
        certain=_certain(row, waits),
        no_text=reading.get("note") if reading and not reading.get("text") else None,
        hidden_text=reading.get("hidden_text"),
        away=_away(row) if because else None,
        away_at=row["attached_at"],
    )


def _certain(row: Record, waits: bool) -> str:
    """Why nobody has to look at it any more."""
    if row["confirmed_at"] is not None:
        return f"confirmed by {row['confirmed_by']}" if row["confirmed_by"] else "confirmed"
    return "" if waits or row["method"] == "manual" else "certain"


def _away(row: Record) -> str:
    by = f" by {row['detached_by']}" if row["detached_by"] else ""
    return f"{_WHY_AWAY.get(row['detached_because'], 'taken away')}{by}"
