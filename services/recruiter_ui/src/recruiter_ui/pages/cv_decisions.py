"""What a recruiter decides in the CV inbox: the next file opens by itself, and the last can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from contracts import Accepted, Command, Refused
from contracts.cv_matching import AssignUnmatched, ConfirmCv, DiscardItem, ReassignCv, UndoCvDecision
from starlette.responses import Response

from recruiter_ui.domain.reading import Malformed, identity, number
from recruiter_ui.pages.cvs import PLACES, Trouble, inbox
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries.cv_inbox import TO_REVIEW, UNMATCHED
from recruiter_ui.web import Visit

_WAITS = (
    f"(EXISTS (SELECT FROM cvs WHERE item_id = $1 AND {TO_REVIEW})"  # noqa: S608  our own conditions
    f" OR EXISTS (SELECT FROM unmatched WHERE item_id = $1 AND {UNMATCHED}))"
)
_CHOOSE = "Choose whose CV it is: one of the candidates below, or search for somebody."


async def confirm(visit: Visit) -> Response:
    cv_id = visit.request.path_params["cv_id"]
    return await _decide(visit, "review", lambda **by: ConfirmCv(cv_id=cv_id, **by), "confirmed")


async def reassign(visit: Visit) -> Response:
    """To the person chosen; whose it is now stands among the choices, and to choose them changes nothing."""
    cv_id, chosen = visit.request.path_params["cv_id"], number(visit.field("application_id"))
    if chosen is None:
        return await _again(visit, "review", Trouble(_CHOOSE))
    return await _decide(
        visit,
        "review",
        lambda **by: ReassignCv(cv_id=cv_id, application_id=chosen, **by),
        "reassigned",
        to=chosen,
    )


async def assign(visit: Visit) -> Response:
    item_id, chosen = visit.request.path_params["item_id"], number(visit.field("application_id"))
    if chosen is None:
        return await _again(visit, "unmatched", Trouble(_CHOOSE))
    return await _decide(
        visit,
        "unmatched",
        lambda **by: AssignUnmatched(item_id=item_id, application_id=chosen, **by),
        "assigned",
        to=chosen,
    )


async def discard(visit: Visit) -> Response:
    item_id = visit.request.path_params["item_id"]
    return await _decide(visit, _tab(visit), lambda **by: DiscardItem(item_id=item_id, **by), "discarded")


async def undo(visit: Visit) -> Response:
    """Back to the file, as it was."""
    decision_id, tab = identity(visit.field("decision")), _tab(visit)
    command = UndoCvDecision(command_id=visit.command_id, actor=visit.actor, decision_id=decision_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _again(visit, tab, _refusal(reply, command))
    item_id = UUID(str(reply.result["item_id"]))
    await settled(visit, f"SELECT {_WAITS}", item_id)
    address = {"file": str(item_id), "did": "undone"}
    return visit.go(f"{PLACES[tab]}?{urlencode(address)}")


async def _decide(
    visit: Visit, tab: str, command: Callable[..., Command], did: str, to: int | None = None
) -> Response:
    asked = command(command_id=visit.command_id, actor=visit.actor)
    reply = await visit.ui.commands.send(asked)
    if isinstance(reply, Refused):
        return await _again(visit, tab, _refusal(reply, asked))
    if (item_id := _file(visit)) is not None:
        await settled(visit, f"SELECT NOT {_WAITS}", item_id)
    return visit.go(_onwards(visit, tab, did, reply, to))


def _onwards(visit: Visit, tab: str, did: str, reply: Accepted, to: int | None) -> str:
    address: dict[str, Any] = {"did": did, "decision": reply.result.get("decision_id", "")}
    address |= {"file": visit.field("next"), "gone": visit.field("file"), "before": visit.field("before")}
    if to is not None:
        address["to"] = to
    return f"{PLACES[tab]}?{urlencode({name: value for name, value in address.items() if value})}"


def _tab(visit: Visit) -> str:
    return visit.field("tab") if visit.field("tab") in PLACES else "review"


def _refusal(reply: Refused, command: Command) -> Trouble:
    """One that was not answered is asked again with the same id: what was done after all is done once."""
    again = str(command.command_id) if reply.code == "unavailable" else None
    return Trouble(trouble(reply, command), again)


async def _again(visit: Visit, tab: str, what: Trouble) -> Response:
    return await inbox(visit, tab, file=_file(visit), trouble=what)


def _file(visit: Visit) -> UUID | None:
    try:
        return identity(visit.field("file"))
    except Malformed:
        return None
