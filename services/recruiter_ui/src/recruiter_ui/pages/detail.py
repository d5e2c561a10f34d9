"""One application: the decision, the calls with what was said, messages, CV, notes, the whole history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from chassis.ids import new_id
from chassis.tx import Database
from starlette.responses import Response

from recruiter_ui.domain.choices import (
    ON_THE_LINE,
    RESOLUTIONS,
    REVERSALS,
    SETTABLE,
    Outlook,
    Reach,
    their_clock,
)
from recruiter_ui.domain.reading import number, place
from recruiter_ui.domain.statuses import CALLABLE, STAGE_BY_RANK
from recruiter_ui.pages.call_history import history
from recruiter_ui.pages.cv_section import cv_section
from recruiter_ui.pages.decision_bar import bar_of
from recruiter_ui.pages.judging import judging
from recruiter_ui.pages.telling import MESSAGE_TYPES, OUTCOMES, told
from recruiter_ui.pages.writing_here import writing_here
from recruiter_ui.queries.applications import Filter
from recruiter_ui.queries.cv_inbox import unmatched_from
from recruiter_ui.queries.detail import Application, find_application, find_name
from recruiter_ui.queries.walk import Walk, walk_of
from recruiter_ui.views import DEFAULTS, ApplicationView, application_view
from recruiter_ui.web import Visit

DONE_COOKIE = "rf_done"
DONE = {
    "note": "Note added",
    "assign": "Assigned",
    "callback": "Callback scheduled",
    "status": "Status set",
    "close": "Application closed",
    "withdraw": "Marked as withdrawn",
    "reopen": "Application reopened",
    "resolve": "Decided",
    "confirm": "Outcome confirmed",
    "reverse": "Outcome reversed",
    "undo": "Taken back",
    "settle": "Noted what became of the call",
    "evaluate": "The call is being evaluated again",
    "adopt": "This outcome counts now",
    "template": "On its way; it can be taken back until it leaves",
    "cv": "CV uploaded",
}
"""What a page says after each action; the name of the last one travels in a cookie that it reads once."""
MOVE_ON = frozenset({"callback", "status", "close", "withdraw", "resolve", "confirm", "reverse", "settle"})
"""Decisions after which nothing is left to do here: in a walk the next one opens by itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An action that could not be carried out: why, and everything that was typed."""

    name: str
    problem: str
    command_id: UUID
    typed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """The one before in a walk: what was just done there, and the way back to it."""

    name: str
    language: str
    what: str
    address: str
    trace: str
    """What this page's address says of it, for the page to keep when it renews itself."""


async def show(visit: Visit) -> Response:
    response = await page(visit, visit.request.path_params["application_id"])
    if not visit.is_partial and DONE_COOKIE in visit.request.cookies:
        response.delete_cookie(DONE_COOKIE)
    return response


def done(visit: Visit, response: Response, action: str) -> Response:
    """The next page says what was done here."""
    secure = visit.ui.settings.cookie_secure
    response.set_cookie(DONE_COOKIE, action, max_age=20, secure=secure, httponly=True, samesite="lax")
    return response


async def page(visit: Visit, application_id: int, asked: Asked | None = None) -> Response:
    async with visit.ui.begin() as tx:
        found = await find_application(tx.db, application_id)
        unmatched = await unmatched_from(tx.db, found.row["candidate_id"]) if found else []
        walk = await _walk(visit, tx.db, found) if found else None
        decided = await _decided(visit, tx.db) if walk else None
    if found is None:
        text = "There is no such application, or its news has not arrived yet."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    it = application_view(found.row, visit.now, visit.ui.zone, visit.session.recruiter.recruiter_id)
    lines = [line | {"said": told(line, visit.now, visit.ui.zone)} for line in found.timeline]
    return await visit.page(
        "application.html",
        status=422 if asked else 200,
        found=found,
        it=it,
        lines=lines,
        asked=asked,
        meanwhile=_meanwhile(lines, asked),
        done=None if visit.is_partial or asked else _done(visit, walk),
        walk=walk,
        walked=urlencode({"list": walk.address, "place": walk.place}) if walk else "",
        decided=decided,
        message_types=MESSAGE_TYPES,
        cvs=cv_section(found.cvs, unmatched),
        outcomes=OUTCOMES,
        new_id=new_id,
        **await writing_here(visit, found, to_confirm=it.to_confirm, back=_address(application_id, walk)),
        **judging(found),
        **history(found.calls),
        **_deciding(visit, found, it),
    )


def _address(application_id: int, walk: Walk | None) -> str:
    """This page, in the walk one is on."""
    query = "?" + urlencode({"list": walk.address, "place": walk.place}) if walk else ""
    return f"/applications/{application_id}{query}"


def _done(visit: Visit, walk: Walk | None) -> str | None:
    """What the recruiter has just done here, said once."""
    name = visit.request.cookies.get(DONE_COOKIE, "")
    text = DONE.get(name)
    if text and walk and walk.following is None and name in MOVE_ON:
        return f"{text}. Nobody follows in this list."
    return text


def outlook_of(found: Application) -> Outlook:
    """What follows from a decision about it."""
    row, details = found.row, DEFAULTS | (found.row["position_details"] or {})
    banned = {ban["channel"] for ban in found.bans}
    writable = bool(found.extra["whatsapp_number"] or row["phone"]) and "whatsapp" not in banned
    reach = Reach(email=bool(row["email"]) and "email" not in banned, whatsapp=writable)
    has_cv = any(cv["detached_because"] is None for cv in found.cvs)
    return Outlook(reach, details["rejected_cv_timeout_days"], has_cv)


def _deciding(visit: Visit, found: Application, it: ApplicationView) -> dict[str, Any]:
    """The decision bar, and what each form offers."""
    row, details = found.row, DEFAULTS | (found.row["position_details"] or {})
    banned = {ban["channel"] for ban in found.bans}
    outlook = outlook_of(found)
    resolvable = row["status"] == "needs_human"
    offered = {"note", "assign", "status"} | (
        {"reopen"} if row["status"] == "closed" else {"close", "withdraw"}
    )
    settable = [(status, outlook.of(status)) for status in SETTABLE if status != row["status"]]
    return {
        "gate": bar_of(found, it, outlook, visit.now, visit.ui.zone),
        "banned": banned,
        "by_hand": row["by_hand"] and row["sequence"],
        "by_me": row["status_actor"] == visit.session.recruiter.name,
        "can_call": row["status"] in CALLABLE and row["phone"] is not None and not it.to_confirm
        and "call" not in banned,
        "can_call_back": row["status"] not in ON_THE_LINE and row["status"] != "closed",
        "settable": settable,
        "offered": offered
        | ({"callback"} if row["status"] not in ON_THE_LINE and row["status"] != "closed" else set())
        | ({"resolve"} if resolvable else set())
        | ({"cv"} if row["status"] != "closed" else set())
        | ({"reverse"} if it.to_confirm else set()),
        "resolutions": [
            (name, word, outlook.of(then)) for name, (word, then) in RESOLUTIONS.items() if resolvable
        ],
        "reversals": [
            (name, word, outlook.of(then))
            for name, (word, then) in REVERSALS.items()
            if it.to_confirm and then != row["status"]
        ],
        "clock": their_clock(row["time_zone"], visit.ui.zone, visit.now),
        "hours": (details["calling_hour_start"], details["calling_hour_end"]),
    }  # fmt: skip


async def _walk(visit: Visit, db: Database, found: Application) -> Walk | None:
    """Only for who came from a list, whose filter travels in the address and in the forms."""
    came_from = visit.field("list") or visit.query.get("list")
    if not came_from:
        return None
    chosen = Filter.of(dict(parse_qsl(came_from)))
    stood = place(visit.field("place") or visit.query.get("place", ""))
    here = found.row["last_activity_at"], found.row["application_id"]
    stage = chosen.stage or STAGE_BY_RANK[found.row["stage"]]
    return await walk_of(db, chosen, visit.ui.zone, stage, stood or here)


async def next_in_walk(visit: Visit) -> str | None:
    """Where one goes on after a decision: the next of the list one came from; None where nobody follows.

    Found by the place where the decided one stood, which holds also when it has left the list since.
    """
    chosen, stood = Filter.of(dict(parse_qsl(visit.field("list")))), place(visit.field("place"))
    if chosen.stage is None or stood is None:
        return None
    async with visit.ui.begin() as tx:
        walk = await walk_of(tx.db, chosen, visit.ui.zone, chosen.stage, stood)
    if walk.following is None:
        return None
    where = {"list": walk.address, "after": walk.place, "did": visit.request.path_params["action"]}
    return f"/applications/{walk.following}?{urlencode(where)}"


async def _decided(visit: Visit, db: Database) -> Decided | None:
    """Of whom one comes, when this page opened by itself after a decision."""
    stood, what = place(visit.query.get("after", "")), DONE.get(visit.query.get("did", ""))
    found = await find_name(db, stood[1]) if stood and what else None
    if found is None or what is None:
        return None
    trace = {"after": visit.query["after"], "did": visit.query["did"]}
    back = {"list": visit.query.get("list", ""), "place": visit.query["after"]}
    return Decided(
        name=found["full_name"] or "Name not given",
        language=found["language"] or "und",
        what=what,
        address=f"/applications/{found['application_id']}?{urlencode(back)}",
        trace=urlencode(trace),
    )


def _meanwhile(lines: list[dict[str, Any]], asked: Asked | None) -> list[dict[str, Any]]:
    """The moves since the page was made on which somebody decided."""
    seen = number(asked.typed.get("sequence")) if asked else None
    if seen is None:
        return []
    moves = (line for line in lines if line["kind"] == "application.status_changed")
    return [line for line in moves if (line["detail"] or {}).get("sequence", 0) > seen]
