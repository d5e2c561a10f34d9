"""The list of conversations beside the open one: narrowed, looked through, a portion at a time."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.tx import Database

from recruiter_ui.domain import thread_words as words
from recruiter_ui.domain.conversations import Place, Talk, listed_at, sender_key
from recruiter_ui.domain.reading import number
from recruiter_ui.queries import conversations as query
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

ROWS = 40
MOST_ROWS = 320


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as the address has it: narrowed to unread ones, or to what was looked for."""

    rows: list[Record]
    only: str
    search: str
    shown: int
    older: str | None
    """The place of the last row, where more follow."""
    grows: bool
    """More rows can come below these; beyond, a page of its own begins."""
    unread: int
    talk: Talk | None = None
    current: str = ""
    """The key of the open one."""

    @property
    def state(self) -> dict[str, str | None]:
        """What of the address is kept from one conversation to the next."""
        return {"q": self.search or None, "show": self.only if self.only != "all" else None}


async def listing(visit: Visit, db: Database, talk: Talk | None) -> Listing:
    only = "unread" if visit.query.get("show") == "unread" else "all"
    search = visit.query.get("q", "").replace("\0", "").strip()[:100]
    before = Place.read(visit.query.get("before", ""))
    shown = min(max(number(visit.query.get("rows")) or ROWS, ROWS), MOST_ROWS)
    found = (
        await query.search(db, search, shown + 1, before=before)
        if search
        else await query.conversations(db, shown + 1, unread=only == "unread", before=before)
    )
    more, rows = len(found) > shown, found[:shown]
    current = ""
    if talk is not None:
        keys = await query.keys_of(db, talk)
        current = keys[0]
        if not search and before is None and current not in map(key_of, rows):
            # What is being read stays in the list, also when it is no longer among the unread.
            own = await query.one_conversation(db, keys, int(current[1:]) if talk.candidate_id else None)
            if own and (only == "unread" or not more or own["at"] > rows[-1]["at"]):
                rows = sorted([*rows, own], key=lambda it: it["at"], reverse=True)
    last = rows[-1] if more and rows else None
    return Listing(
        rows=[_listed(visit, row) for row in rows],
        only=only,
        search=search,
        shown=shown,
        older=str(Place(last["at"], last["message_id"])) if last else None,
        grows=shown < MOST_ROWS and before is None,
        unread=await query.unread_total(db),
        talk=talk,
        current=current,
    )


def key_of(row: Record) -> str:
    """As ``messages.conversation`` has it."""
    if row["candidate_id"] is not None:
        return f"c{row['candidate_id']}"
    return f"s{sender_key(_sender(row))}"


def _listed(visit: Visit, row: Record) -> Record:
    who = row["full_name"] or row["sender_name"] or row["sender"] or row["recipient"] or "?"
    talk = Talk(row["candidate_id"]) if row["candidate_id"] is not None else Talk(sender=_sender(row))
    return row | {
        "key": key_of(row),
        "talk": talk,
        "name": who,
        "is_number": not row["full_name"] and not row["sender_name"] and row["channel"] == "whatsapp",
        "preview": words.preview_of(row),
        "listed": listed_at(row["at"], visit.now, visit.ui.zone),
        "answered": bool(row["answered_at"] and row["inbound"] and row["answered_at"] > row["at"]),
    }


def _sender(row: Record) -> str:
    sender: str = row["sender"] or row["recipient"] or ""
    return sender
