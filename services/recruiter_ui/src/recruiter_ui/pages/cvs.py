"""The CV inbox: matches to look at, files nobody could be named for, and what was decided today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.blobs import BlobMissing
from chassis.ids import new_id
from contracts import BlobRef
from starlette.responses import Response

from recruiter_ui.domain.cv_words import DECIDED, DECIDED_GLYPHS, DONE, GLYPHS, KINDS, METHODS, SOURCES
from recruiter_ui.domain.file_names import named_as
from recruiter_ui.domain.reading import Malformed, identity, number
from recruiter_ui.pages.applications import found
from recruiter_ui.pages.cv_view import shown
from recruiter_ui.pages.message_files import as_download
from recruiter_ui.queries import cv_inbox as query
from recruiter_ui.queries import detail
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

SHOWN = 50
PLACES = {"review": "/cvs", "unmatched": "/cvs/unmatched", "resolved": "/cvs/resolved"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A refusal beside the file it is about; ``again`` asks with the same command id."""

    message: str
    again: str | None = None


async def review(visit: Visit) -> Response:
    return await inbox(visit, "review")


async def unmatched(visit: Visit) -> Response:
    return await inbox(visit, "unmatched")


async def resolved(visit: Visit) -> Response:
    return await inbox(visit, "resolved")


async def inbox(
    visit: Visit, tab: str, *, file: UUID | None = None, trouble: Trouble | None = None
) -> Response:
    """The list, and the file that was chosen: the first one where none was."""
    given = visit.query if trouble is None else {}
    chosen = file or _id(given.get("file"))
    gone = _id(given.get("gone"))
    before = _place(given.get("before", ""))
    local = visit.now.astimezone(visit.ui.zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    async with visit.ui.begin() as tx:
        if tab == "review":
            rows = await query.to_review(tx.db, before, SHOWN + 1)
        elif tab == "unmatched":
            rows = await query.unmatched(tx.db, before, SHOWN + 1)
        else:
            rows = await query.resolved(tx.db, day, before, SHOWN + 1)
        counts = await query.counts(tx.db, day)
        counts[tab] -= any(row["item_id"] == gone for row in rows)
        done = await _done(tx.db, given)
    older = f"{rows[SHOWN - 1]['at'].isoformat()}_{rows[SHOWN - 1]['item_id']}" if len(rows) > SHOWN else None
    rows = [row for row in rows[:SHOWN] if row["item_id"] != gone]
    it = await shown(visit, chosen or rows[0]["item_id"]) if chosen or rows else None
    previous, following = _beside([row["item_id"] for row in rows], it.item_id if it else None)
    return await visit.page(
        "cvs.html",
        status=422 if trouble else 200,
        tab=tab,
        place=PLACES[tab],
        counts=counts,
        rows=[_line(tab, row) for row in rows],
        older=older,
        before=given.get("before", ""),
        it=it,
        chosen=chosen is not None,
        previous=previous,
        following=following,
        address=_address(PLACES[tab], it.item_id if it else None, given),
        problem=trouble.message if trouble else None,
        command_id=(trouble.again if trouble else None) or str(new_id()),
        done=done,
        q=given.get("q", ""),
        found=await _found(visit, given.get("q", "")),
        sources=SOURCES,
        decided=DECIDED,
    )


def _beside(places: list[UUID], item_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The files before and after this one; for one that is in the list no more, the first is next."""
    if item_id not in places:
        return None, places[0] if places else None
    here = places.index(item_id)
    return places[here - 1] if here else None, places[here + 1] if here + 1 < len(places) else None


def _line(tab: str, row: Record) -> Record:
    """One line of the list: whose or which file, how sure, since when."""
    if tab == "unmatched":
        name, file_name, channel = row["sender_name"] or row["sender"], row["attachment_name"], row["channel"]
        kind = KINDS.get((row["reading"] or {}).get("kind", ""), "file")
        said = f"kept apart, {kind}: {file_name}" if row["quarantined"] else file_name
    else:
        name, file_name, channel = row["full_name"], row["file_name"], row["source"]
        said = METHODS.get(row["method"], row["method"]) if tab == "review" else _decided(row)
    return {
        "item_id": row["item_id"],
        "name": name or file_name or "File",
        "language": row.get("language") or "und",
        "at": row["at"],
        "glyph": DECIDED_GLYPHS[row["kind"]] if tab == "resolved" else GLYPHS.get(channel, "doc"),
        "said": said or "File",
        "score": row["score"] if tab == "review" else None,
        "apart": tab == "unmatched" and bool(row["quarantined"]),
    }


def _decided(row: Record) -> str:
    by = f", {row['by']}" if row["by"] else ""
    return f"{DECIDED[row['kind']]}{by}"


async def _done(db: Any, given: Mapping[str, str]) -> Record | None:
    """What was just done, by the address that the decision led to."""
    words = DONE.get(given.get("did", ""))
    if words is None:
        return None
    to = number(given.get("to", ""))
    person = await detail.find_name(db, to) if to is not None else None
    name = person["full_name"] if person and person["full_name"] else "them"
    decision = _id(given.get("decision"))
    return {
        "text": words.format(name=name),
        "decision": decision if given["did"] != "undone" else None,
        "file": _id(given.get("gone")),
    }


async def _found(visit: Visit, search: str) -> list[Any]:
    """People for a search without script."""
    return await found(visit, search) if search.strip() else []


def _address(place: str, item_id: UUID | None, given: Mapping[str, str]) -> str:
    """Where a live page asks for itself: it stays with the file that is open."""
    kept = {name: given[name] for name in ("before", "gone") if given.get(name)}
    if item_id is not None:
        kept["file"] = str(item_id)
    return f"{place}?{urlencode(kept)}" if kept else place


def _id(text: str | None) -> UUID | None:
    try:
        return identity(text) if text else None
    except Malformed:
        return None


def _place(text: str) -> query.Key | None:
    moment, _, last = text.partition("_")
    identifier = _id(last)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, identifier) if identifier and at.tzinfo and 1970 <= at.year < 2200 else None


async def download(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        found = await detail.find_file(tx.db, visit.request.path_params["cv_id"])
    return await _attachment(visit, found)


async def download_unmatched(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        found = await detail.find_unmatched_file(tx.db, visit.request.path_params["item_id"])
    return await _attachment(visit, found)


async def _attachment(visit: Visit, found: dict[str, Any] | None) -> Response:
    """Always as a download, never shown in our origin: what strangers send may be a page with script."""
    text = "This file is not here any more."
    if found is None:
        return await visit.page("message.html", status=404, title="No such file", text=text)
    try:
        body = await visit.ui.blobs.get(BlobRef.model_validate(found["file"]))
    except BlobMissing:
        return await visit.page("message.html", status=404, title="No such file", text=text)
    return as_download(body, named_as(found["kind"], found["file_name"]))
