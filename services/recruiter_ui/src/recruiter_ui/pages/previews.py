"""The dry run of an import on a page: a hundred rows of one verdict, read as a part of what intake wrote."""

from __future__ import annotations

from typing import Any

from chassis.blobs import BlobMissing
from contracts import BlobRef

from recruiter_ui.domain.preview_rows import PreviewRow, part_of, read_rows
from recruiter_ui.domain.reading import number
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

MOST_BYTES = 4 * 1024 * 1024
"""Of one page; a hundred rows have far less."""
TABS = {
    "all": ("All rows", "rows", ""),
    "create": ("New", "create", "good"),
    "update": ("Updates", "update", ""),
    "unchanged": ("Unchanged", "unchanged", ""),
    "duplicates": ("Duplicates?", "duplicates", "warn"),
    "skip": ("Skipped", "skip", ""),
    "refused": ("Refused", "refused", "bad"),
}
"""By section: the tile's words, the count it shows, and its colour when that is not nought."""
_MEANINGS = {
    "lead id": "Meta lead ID",
    "created time": "Submitted at",
    "campaign name": "Campaign",
    "platform": "Facebook or Instagram",
    "full name": "First and last name",
    "first name": "First name",
    "last name": "Last name",
    "phone": "Phone",
    "whatsapp number": "WhatsApp",
    "email": "Email",
    "question": "Form answer",
    "refused because": "Reason of the last try, left out",
}
COLUMNS_SHOWN = 24


async def read(visit: Visit, found: Record) -> dict[str, Any]:
    """What the template needs besides the import itself: two parts are read, whatever the file's size."""
    preview = found["preview"]
    tab = visit.query.get("tab", "all")
    sections = {section["name"]: section for section in preview["sections"]}
    if tab not in TABS:
        tab = "all"
    page = (number(visit.query.get("page")) or 1) - 1
    rows, part = await _rows(visit, sections.get(tab), page)
    suspects, _ = await _rows(visit, sections.get("duplicates"), page if tab == "duplicates" else 0)
    chosen = _chosen(visit, rows, suspects)
    place = None
    if chosen is not None and chosen in suspects:
        first = part.first if tab == "duplicates" and part else 1
        place = first + suspects.index(chosen)
    counts = preview["counts"]
    return {
        "preview": preview,
        "counts": counts,
        "tab": tab,
        "tabs": TABS,
        "rows": rows,
        "part": part,
        "chosen": chosen,
        "place": place,
        "neighbours": _neighbours(chosen, suspects),
        "lost": part is None and counts["rows"] > 0 and tab in sections,
        "to_import": counts["create"] + counts["update"],
        "columns": _columns(preview["columns"]),
    }


async def _rows(visit: Visit, section: Record | None, page: int) -> tuple[list[PreviewRow], Any]:
    if section is None or not section["offsets"]:
        return [], None
    part = part_of(section, page)
    try:
        ref = BlobRef.model_validate(section["blob"])
        body = await visit.ui.blobs.get_part(ref, part.start, min(part.length, MOST_BYTES))
    except BlobMissing:
        return [], None
    return read_rows(body), part


def _chosen(visit: Visit, rows: list[PreviewRow], suspects: list[PreviewRow]) -> PreviewRow | None:
    """The possible duplicate in the rail: the one asked for, else the first that is in sight."""
    wanted = number(visit.query.get("row"))
    doubtful = [row for row in rows if row.duplicates]
    known = doubtful + suspects
    return next((row for row in known if row.line == wanted), known[0] if known else None)


def _neighbours(chosen: PreviewRow | None, suspects: list[PreviewRow]) -> tuple[int | None, int | None]:
    """The lines of the suspects before and after, as far as they were read."""
    if chosen is None or chosen not in suspects:
        return None, None
    at = suspects.index(chosen)
    before = suspects[at - 1].line if at else None
    return before, suspects[at + 1].line if at + 1 < len(suspects) else None


def _columns(columns: list[Record]) -> dict[str, Any]:
    """How each column is understood; what is ignored is only counted."""
    used, ignored = [], 0
    for column in columns:
        meaning = str(column["meaning"]).replace("_", " ").lower()
        if meaning == "ignored":
            ignored += 1
        else:
            words = _MEANINGS.get(meaning, meaning.capitalize())
            used.append((str(column["header"])[:200] or "(no name)", words))
    return {"used": used[:COLUMNS_SHOWN], "more": max(len(used) - COLUMNS_SHOWN, 0), "ignored": ignored}
