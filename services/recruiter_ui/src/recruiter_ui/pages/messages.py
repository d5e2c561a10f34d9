"""The messages inbox: who wrote, each conversation both ways, and the answer to it.

Looking changes nothing: what is open is marked as read by a form of the page, which script sends by itself.
"""

from __future__ import annotations

from typing import Any

from chassis.tx import Database
from starlette.responses import Response

from recruiter_ui.domain.conversations import Place, Talk
from recruiter_ui.domain.reading import number
from recruiter_ui.pages.conversation_list import Listing, listing
from recruiter_ui.pages.conversation_view import Opened, open_talk, thread, with_form
from recruiter_ui.queries import conversations as query
from recruiter_ui.queries.connections import lost_channels
from recruiter_ui.queries.fetching import Record
from recruiter_ui.queries.writing_to import find_addressee
from recruiter_ui.web import Visit

UNDO_KINDS = ("deleted", "linked", "silenced")
"""``silenced``: linked, and with that not to be contacted any more."""
DELETIONS = 100


async def show(visit: Visit, *, problem: str | None = None, talk: Talk | None = None) -> Response:
    """``talk`` is for forms that come back; else the address names it."""
    talk = talk or Talk.of(visit.query)
    if visit.query.get("show") == "deleted" and talk is None:
        return await _deleted(visit, problem)
    async with visit.ui.begin() as tx:
        moved = await _since_known(tx.db, talk)
        if moved is not None and visit.request.method == "GET":
            return visit.go(f"/messages?{Talk(moved).address(still=visit.query.get('still'))}")
        listed = await listing(visit, tx.db, talk)
        opened = await open_talk(visit, tx.db, talk) if talk else None
        still = await _still_silent(tx.db, visit)
    if talk and opened:
        opened = await with_form(visit, opened, f"/messages?{talk.address(**listed.state)}")
    return await visit.page(
        "messages.html",
        status=422 if problem else (404 if talk and talk.candidate_id and opened is None else 200),
        problem=problem,
        wanted=talk,
        undo=_undo(visit),
        still_silent=still,
        **_shown(listed, opened),
    )


async def rows(visit: Visit) -> Response:
    """The list alone: refreshed, or with more rows."""
    talk = Talk.of(visit.query)
    async with visit.ui.begin() as tx:
        listed = await listing(visit, tx.db, talk)
    return visit.part("parts/conversations.html", **_shown(listed, None))


async def latest(visit: Visit) -> Response:
    """The end of the open conversation again, from the oldest message that the page shows."""
    talk = Talk.of(visit.query)
    if talk is None:
        return Response(status_code=404)
    since, whole = Place.read(visit.query.get("since", "")), visit.query.get("whole") == "yes"
    async with visit.ui.begin() as tx:
        keys = await query.keys_of(tx.db, talk)
        said = await thread(visit, tx.db, keys, since=since, whole=whole)
        language, lost = await _language(tx.db, keys), await lost_channels(tx.db)
    return visit.part(
        "parts/thread_latest.html",
        talk=talk,
        said=said,
        language=language,
        state=_kept(visit),
        side={"lost": lost},
    )


async def earlier(visit: Visit) -> Response:
    """What was said before the oldest message that the page shows."""
    talk, before = Talk.of(visit.query), Place.read(visit.query.get("until", ""))
    if talk is None or before is None:
        return Response(status_code=404)
    async with visit.ui.begin() as tx:
        keys = await query.keys_of(tx.db, talk)
        said = await thread(visit, tx.db, keys, before=before)
        language = await _language(tx.db, keys)
    return visit.part(
        "parts/thread_earlier.html", talk=talk, said=said, language=language, state=_kept(visit)
    )


async def people(visit: Visit) -> Response:
    """Candidates whose an unknown sender could be."""
    looked_for = visit.query.get("find", "").replace("\0", "").strip()[:100]
    talk = Talk.of(visit.query)
    if talk is None or not talk.sender:
        return Response(status_code=404)
    async with visit.ui.begin() as tx:
        found = await query.people_like(tx.db, looked_for, 8) if looked_for else []
        newest = await query.thread(tx.db, await query.keys_of(tx.db, talk), 1)
    channel = newest[0]["channel"] if newest else "whatsapp"
    return visit.part(
        "parts/link_choices.html", talk=talk, channel=channel, people=found, looked_for=looked_for
    )


def _shown(listed: Listing, opened: Opened | None) -> dict[str, Any]:
    keys = [row["key"] for row in listed.rows]
    at = keys.index(listed.current) if listed.current in keys else None
    following = 0 if at is None else at + 1
    return {
        "listed": listed,
        "opened": opened,
        "previous_row": listed.rows[at - 1] if at else None,
        "next_row": listed.rows[following] if following < len(listed.rows) else None,
    }


def _kept(visit: Visit) -> dict[str, str | None]:
    return {name: visit.query.get(name) for name in ("q", "show")}


async def _since_known(db: Database, talk: Talk | None) -> int | None:
    """Whose a sender turned out to be, for links from before."""
    return await query.whose_now(db, talk.sender) if talk and talk.sender else None


async def _language(db: Database, keys: list[str]) -> str:
    if not keys[0].startswith("c"):
        return "und"
    found = await db.fetchval("SELECT language FROM candidates WHERE candidate_id = $1", int(keys[0][1:]))
    return found or "und"


async def _still_silent(db: Database, visit: Visit) -> Record | None:
    """Who is not contacted because of what came by a link that was just taken back."""
    candidate_id = number(visit.query.get("still"))
    return await find_addressee(db, candidate_id) if candidate_id is not None else None


def _undo(visit: Visit) -> dict[str, str] | None:
    """What was just done and can be taken back; ids are only ever sent back to their owner."""
    did = visit.query.get("did", "")
    kind, _, identifier = did.partition("_")
    count = visit.query.get("n", "")
    return {"kind": kind, "id": identifier, "count": count[:9]} if kind in UNDO_KINDS else None


async def _deleted(visit: Visit, problem: str | None) -> Response:
    async with visit.ui.begin() as tx:
        found = await query.deletions(tx.db, DELETIONS)
        unread = await query.unread_total(tx.db)
    return await visit.page(
        "messages_deleted.html",
        status=422 if problem else 200,
        deletions=found,
        problem=problem,
        unread=unread,
        undo=_undo(visit),
    )
