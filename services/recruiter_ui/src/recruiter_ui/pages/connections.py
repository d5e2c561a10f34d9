"""Settings: our access to Gmail and to WhatsApp, given, looked at, taken away; and the way back from Google.

Messaging owns the access; nothing of it is kept here. Google's answer is passed on at once and leaves the
address line with a redirect. What went wrong stands in words on the page that it leads to.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Refused
from contracts.messaging import (
    Connection,
    DisconnectGmail,
    FinishGmailConnection,
    ShowConnections,
    StartGmailConnection,
)
from pydantic import ValidationError
from starlette.responses import Response

from recruiter_ui.pages.refusals import trouble
from recruiter_ui.queries.connections import lost_channels
from recruiter_ui.web import Visit

PATIENCE = 2.5
"""Seconds: the page shows what it knows by itself when messaging is silent."""
GOOGLE_PATIENCE = 25.0
"""Seconds: messaging asks Google twice."""
DENIED = "You pressed Deny at Google, so Gmail is not connected. Press Connect when you want to allow it."
AT_GOOGLE = "Google did not let you through, so Gmail is not connected. Press Connect to try once more."
NOT_OURS = "That was no answer to a connection begun here. Press Connect to begin one."


async def show(visit: Visit) -> Response:
    connected = visit.query.get("connected") == "gmail"
    done = "Gmail is connected. What waited for it goes on now." if connected else None
    if visit.query.get("disconnected") == "gmail":
        done = "Gmail is disconnected. Google was told."
    if visit.query.get("disconnected") == "untold":
        done = (
            "Gmail is disconnected here, but Google could not be told: remove RecruitFlow in the Google "
            "account under “Third-party apps”."
        )
    return await _page(visit, done=done)


async def connect(visit: Visit) -> Response:
    """To Google. Without script by a link: a form may lead to no other site."""
    command = StartGmailConnection(command_id=visit.command_id, actor=visit.actor)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _page(visit, problem=trouble(reply, command), status=422)
    address = str(reply.result.get("authorization_url") or "")
    if visit.is_partial:
        return visit.go(address)
    return await visit.page("to_google.html", address=address)


async def callback(visit: Visit) -> Response:
    """Google sends the recruiter back here, with a one-time code or with what went wrong."""
    error = visit.query.get("error")
    if error:
        return await _page(visit, problem=DENIED if error == "access_denied" else AT_GOOGLE, status=422)
    try:
        command = FinishGmailConnection(
            command_id=new_id(),
            actor=visit.actor,
            state=visit.query.get("state", ""),
            code=visit.query.get("code", ""),
        )
    except ValidationError:
        return await _page(visit, problem=NOT_OURS, status=422)
    reply = await visit.ui.commands.send(command, GOOGLE_PATIENCE)
    if isinstance(reply, Refused):
        return await _page(visit, problem=trouble(reply, command), status=422)
    return visit.go("/settings?connected=gmail")


async def ask_disconnect(visit: Visit) -> Response:
    return await _sheet(visit, new_id())


async def disconnect(visit: Visit) -> Response:
    command = DisconnectGmail(command_id=visit.command_id, actor=visit.actor)
    reply = await visit.ui.commands.send(command, GOOGLE_PATIENCE)
    if isinstance(reply, Refused):
        return await _sheet(visit, command.command_id, trouble(reply, command))
    told = reply.result.get("revoked") is True
    return visit.go(f"/settings?disconnected={'gmail' if told else 'untold'}")


async def mailbox(visit: Visit) -> Response:
    """Since when the mailbox was looked into last, for other pages."""
    gmail = (await _asked(visit) or {}).get("email")
    return visit.part("parts/mailbox_state.html", gmail=gmail)


async def alarms(visit: Visit) -> Response:
    async with visit.ui.begin() as tx:
        lost = await lost_channels(tx.db)
    return visit.part("parts/alarms.html", side={"lost": lost})


async def _page(
    visit: Visit, *, problem: str | None = None, done: str | None = None, status: int = 200
) -> Response:
    found = await _asked(visit)
    context: dict[str, Any] = {"connections": found, "problem": problem, "done": done}
    return await visit.page("settings.html", status=status, command_id=new_id(), **context)


async def _sheet(visit: Visit, command_id: UUID, problem: str | None = None) -> Response:
    found = await _asked(visit)
    context = {"gmail": (found or {}).get("email"), "command_id": command_id, "problem": problem}
    status = 422 if problem else 200
    if visit.is_partial:
        return visit.part("parts/disconnect_sheet.html", status=status, **context)
    return await visit.page("disconnect.html", status=status, **context)


async def _asked(visit: Visit) -> dict[str, Connection] | None:
    """By channel; None when messaging is silent."""
    query = ShowConnections(command_id=new_id(), actor=visit.actor)
    reply = await visit.ui.commands.send(query, PATIENCE)
    if not isinstance(reply, Accepted):
        return None
    found = [Connection.model_validate(one) for one in reply.result.get("connections") or []]
    return {one.channel.value: one for one in found}
