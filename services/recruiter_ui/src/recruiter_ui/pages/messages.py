"""Messages: who wrote, and each conversation both ways. Reading only; replies come with a later version."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from recruiter_ui.domain.reading import number
from recruiter_ui.pages.telling import MESSAGE_TYPES
from recruiter_ui.queries import detail, inboxes
from recruiter_ui.views import application_view
from recruiter_ui.web import Visit

CONVERSATIONS = 100
MESSAGES = 200


async def show(visit: Visit) -> Response:
    with_id, sender = number(visit.query.get("with")), visit.query.get("from", "")
    async with visit.ui.begin() as tx:
        conversations = await inboxes.conversations(tx.db, CONVERSATIONS)
        person: dict[str, Any] | None = None
        thread: list[dict[str, Any]] = []
        applications: list[dict[str, Any]] = []
        if with_id is not None:
            person = await detail.find_candidate(tx.db, with_id)
            if person and person["merged_into"] is not None:
                person = await detail.find_candidate(tx.db, person["merged_into"]) or person
            thread = await inboxes.thread_of_candidate(tx.db, with_id, MESSAGES)
            applications = await detail.applications_of(tx.db, with_id)
        elif sender:
            thread = await inboxes.thread_of_sender(tx.db, sender, MESSAGES)
    return await visit.page(
        "messages.html",
        conversations=conversations,
        person=person,
        sender=sender,
        thread=thread,
        applications=[application_view(row, visit.now, visit.ui.zone) for row in applications],
        message_types=MESSAGE_TYPES,
    )
