"""How a message will read while its template is being written: messaging composes it as it would send it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.ids import new_id
from contracts import Refused
from contracts.messaging import PreviewMessage
from starlette.responses import Response

from recruiter_ui.domain.reading import Malformed, number, typed
from recruiter_ui.pages.message_templates import Which, named
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.web import Visit

PATIENCE_SECONDS = 2.0
"""The next letter is typed long before."""
MOST = 20_000
"""As much as messaging reads; the rest can't be saved either."""


@dataclass(frozen=True, slots=True)
class Preview:
    """``trouble``: there is none, and why. ``joins``: a conversation by email, whose subject is kept."""

    subject: str | None = None
    body: str = ""
    problems: tuple[str, ...] = ()
    length: int = 0
    limit: int | None = None
    joins: bool = False
    trouble: str | None = None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.length > self.limit


async def show(visit: Visit) -> Response:
    """The part of the page that follows what is typed."""
    which = named(visit)
    if which is None:
        raise Malformed("this is no template")
    values = {"subject": typed(visit.field("subject")), "body": typed(visit.field("body"))}
    preview = await preview_of(visit, which, values, number(visit.field("about")))
    return visit.part("parts/message_preview.html", preview=preview, which=which)


async def preview_of(visit: Visit, which: Which, values: dict[str, Any], about: int | None) -> Preview:
    if not values["body"]:
        return Preview(trouble="Write the message, and it shows here as the candidate will read it.")
    query = PreviewMessage(
        command_id=new_id(),
        actor=visit.actor,
        message_type=which.message_type,
        channel=which.channel,
        language=which.language,
        subject=values["subject"][:2_000],
        body=values["body"][:MOST],
        application_id=about,
    )
    reply = await visit.ui.commands.send(query, timeout=PATIENCE_SECONDS)
    if isinstance(reply, Refused):
        away = "Messaging is not answering, so there is no preview now. What you typed is still here."
        return Preview(trouble=away if reply.code == "unavailable" else trouble(reply, query))
    said = reply.result
    return Preview(
        subject=said["subject"],
        body=said["body"],
        problems=tuple(said["problems"]),
        length=int(said["length"]),
        limit=said["limit"],
        joins=bool(said["in_conversation"]),
    )
