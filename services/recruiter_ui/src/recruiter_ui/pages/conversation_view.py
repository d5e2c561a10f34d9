"""One conversation, open: what was said day by day, whose it is, and the form to answer in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.domain import thread_words as words
from recruiter_ui.domain.composing import Composer
from recruiter_ui.domain.conversations import (
    Day,
    Place,
    Talk,
    days_of,
    file_glyph,
    lead_of,
    size_of,
)
from recruiter_ui.domain.moments import local_time
from recruiter_ui.domain.reading import Malformed, identity
from recruiter_ui.pages.writing_to import composer_to_candidate, composer_to_sender
from recruiter_ui.queries import conversations as query
from recruiter_ui.queries import cv_inbox, detail
from recruiter_ui.queries.fetching import Record
from recruiter_ui.views import ApplicationView, application_view
from recruiter_ui.web import Visit

MESSAGES = 40
AGAIN = 400
"""So many messages a thread that stays open is refreshed with."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said, by day. ``since`` is its oldest message, ``older`` the same where more came before."""

    days: list[Day]
    older: str | None
    since: str
    whole: bool
    unread: list[UUID]
    newest: Record | None
    """The last that they wrote."""


async def thread(
    visit: Visit,
    db: Database,
    keys: list[str],
    *,
    before: Place | None = None,
    since: Place | None = None,
    whole: bool = False,
) -> Thread:
    """``since`` (a refresh): everything from there on; ``whole``: nothing came before."""
    limit = AGAIN if since else MESSAGES
    found = await query.thread(db, keys, limit + 1, before=before, since=None if whole else since)
    more, rows = len(found) > limit, found[:limit]
    last = rows[-1] if rows else None
    oldest = Place(last["at"], last["message_id"]) if last else None
    older = oldest if more or (since and not whole) else None
    lines = await query.between(db, keys, older)
    if before is not None:
        lines = [line for line in lines if line["at"] < before.at]
    theirs = [row for row in rows if row["inbound"]]
    brought = [row["message_id"] for row in theirs if row["attachments"]]
    shown = _shown(visit, await cv_inbox.unmatched_of(db, brought) if brought else {})
    return Thread(
        days=days_of([*map(shown, rows), *map(_event, lines)], visit.now, visit.ui.zone),
        older=str(older) if older and not since else None,
        since=str(since or oldest or ""),
        whole=whole or older is None,
        unread=[row["message_id"] for row in theirs if not row["is_read"]],
        newest=theirs[0] if theirs else None,
    )


def _shown(visit: Visit, waiting: dict[str, Record]) -> Any:
    """``waiting``: files nobody could be named for yet, by the key of their content."""
    reader = visit.session.recruiter.name

    def view(row: Record) -> Record:
        lead, rest = lead_of(row["body"] or "")
        files = [
            file
            | dict(zip(("glyph", "kind"), file_glyph(file.get("content_type")), strict=True))
            | {"size": size_of((file.get("file") or {}).get("size"))}
            | {"waits": waiting.get((file.get("file") or {}).get("key", ""))}
            for file in row["attachments"] or []
        ]
        said = "" if row["inbound"] else words.sent_line(row, reader, visit.now, visit.ui.zone)
        size = size_of((row["body_ref"] or {}).get("size"))
        return row | {
            "line": "message",
            "lead": lead,
            "rest": rest,
            "files": files,
            "said": said,
            "whole": size,
        }

    return view


def _event(line: Record) -> Record:
    if line["line"] == "call":
        glyph, text = words.call_line(line)
        return line | {"glyph": glyph, "text": text, "href": f"/applications/{line['application_id']}#calls"}
    check = ", to check" if line["needs_review"] and not line["confirmed_at"] else ""
    return line | {
        "glyph": "doccheck",
        "text": f"CV received{check}",
        "href": f"/cvs/{line['cv_id']}/file",
    }


@dataclass(frozen=True, slots=True)
class Opened:
    """One conversation, open."""

    talk: Talk
    keys: list[str]
    name: str
    language: str
    thread: Thread
    seen: UUID | None = None
    """The last that had come in when the page was made: what is done with the whole of it, goes so far."""
    write: Composer | None = None
    reply_to: UUID | None = None
    """Which message of theirs is answered."""
    channel: str | None = None
    person: Record | None = None
    sender_row: Record | None = None
    applications: list[ApplicationView] = field(default_factory=list)
    bans: list[str] = field(default_factory=list)
    links: list[Record] = field(default_factory=list)
    there: Any = None
    looked_for: str = ""
    people: list[Record] = field(default_factory=list)

    @property
    def about(self) -> ApplicationView | None:
        """The application it is about: the most recent open one, else the last."""
        return next((it for it in self.applications if it.status != "closed"), None) or next(
            iter(self.applications), None
        )

    @property
    def others(self) -> list[ApplicationView]:
        return [it for it in self.applications if it is not self.about]


async def open_talk(visit: Visit, db: Database, talk: Talk) -> Opened | None:
    """None where nobody is known by that id, and nothing ever came from that sender."""
    keys = await query.keys_of(db, talk)
    said = await thread(visit, db, keys, before=Place.read(visit.query.get("until", "")))
    if talk.candidate_id is None:
        return await _unknown(visit, db, talk, keys, said)
    person = await detail.find_candidate(db, int(keys[0][1:]))
    if person is None:
        return None
    rows = await detail.applications_of(db, person["candidate_id"])
    applications = [application_view(row, visit.now, visit.ui.zone) for row in rows]
    ids = [int(key[1:]) for key in keys]
    bans = await db.fetchval(f"SELECT {detail.FORBIDDEN.format('$1::bigint[]')}", ids)
    reply_to, channel = await _answered(visit, db, said, keys)
    return Opened(
        talk=Talk(person["candidate_id"]),
        keys=keys,
        name=person["full_name"] or "Name not given",
        language=person["language"] or "und",
        thread=said,
        seen=await query.last_arrived(db, keys),
        reply_to=reply_to,
        channel=channel,
        person=person,
        applications=applications,
        bans=bans,
        links=await query.links_of(db, keys),
        there=local_time(person["time_zone"], visit.now, 0, 24, list(range(7))),
    )


async def _unknown(visit: Visit, db: Database, talk: Talk, keys: list[str], said: Thread) -> Opened | None:
    if not said.days:
        return None
    newest = said.newest
    looked_for = visit.query.get("find", "").replace("\0", "").strip()[:100]
    sender = newest["sender"] if newest else talk.sender
    return Opened(
        talk=Talk(sender=sender),
        keys=keys,
        name=(newest["sender_name"] if newest else None) or talk.sender,
        language="und",
        thread=said,
        seen=await query.last_arrived(db, keys),
        reply_to=_id(visit.query.get("reply")),
        sender_row=newest,
        looked_for=looked_for,
        people=await query.people_like(db, looked_for, 8) if looked_for else [],
    )


async def with_form(visit: Visit, opened: Opened, back: str) -> Opened:
    """The form to write in; the channel of the message that is answered is chosen already."""
    if opened.person is None:
        write = await composer_to_sender(visit, opened.talk.sender, back=back, reply_to=opened.reply_to)
        return replace(opened, write=write)
    about = opened.about
    write = await composer_to_candidate(
        visit,
        opened.person["candidate_id"],
        back=back,
        application_id=about.application_id if about and about.status != "closed" else None,
        reply_to=opened.reply_to,
        channel=opened.channel,
    )
    return replace(opened, write=write)


async def _answered(
    visit: Visit, db: Database, said: Thread, keys: list[str]
) -> tuple[UUID | None, str | None]:
    """Which message of theirs is answered: the one that was chosen, else the last; on its channel."""
    chosen = _id(visit.query.get("reply"))
    if chosen:
        found = await query.find_message(db, chosen)
        if found and found["inbound"] and found["conversation"] in keys:
            return chosen, found["channel"]
    newest = said.newest
    return (newest["message_id"], newest["channel"]) if newest else (None, None)


def _id(text: str | None) -> UUID | None:
    try:
        return identity(text) if text else None
    except Malformed:
        return None
