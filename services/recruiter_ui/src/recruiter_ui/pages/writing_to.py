"""Writing to a person: a recruiter's own words, and what can be done with a message until and after it left.

Every form becomes one command of messaging and goes on to the page it stood on (``back``). Words that can't
be sent come back into their form, with the reason; words that were taken back stand in it again.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from contracts import Command, Refused
from contracts.messaging import (
    Channel,
    SendHeldMessage,
    SettleMessage,
    TakeBackMessage,
    WriteMessage,
)
from starlette.responses import Response

from recruiter_ui.domain.composing import LONGEST, NAMES, Composer, night_there, ways_to, ways_to_sender
from recruiter_ui.domain.reading import Malformed, identity, number, typed
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries.writing_to import find_addressee, find_draft, find_sender
from recruiter_ui.web import Visit, local_path

_IS_THERE = "SELECT EXISTS (SELECT FROM messages WHERE message_id = $1 AND delivery IS NOT NULL)"
_HAS_MOVED_ON = "SELECT EXISTS (SELECT FROM messages WHERE message_id = $1 AND delivery <> $2)"
LONGEST_SUBJECT = 300


async def composer_to_candidate(
    visit: Visit,
    candidate_id: int,
    *,
    back: str,
    application_id: int | None = None,
    reply_to: UUID | None = None,
    channel: str | None = None,
) -> Composer | None:
    """The form as a page shows it; None for somebody who is not known. ``channel``: chosen already.

    What was just taken back (``?draft=`` of the page) stands in it.
    """
    async with visit.ui.begin() as tx:
        person = await find_addressee(tx.db, candidate_id)
        drafted = _id_of(visit.query.get("draft"))
        draft = await find_draft(tx.db, drafted) if drafted else None
    if person is None:
        return None
    words = draft if draft and draft["candidate_id"] in person["ids"] else {}
    return Composer(
        ways=ways_to(person["email"], person["whatsapp_number"] or person["phone"], person["forbidden"]),
        name=person["full_name"] or "Name not given",
        back=back,
        candidate_id=person["candidate_id"],
        application_id=application_id,
        reply_to=reply_to,
        language=person["language"] or "und",
        chosen=words.get("channel") or channel,
        subject=words.get("subject") or "",
        body=words.get("body") or "",
        their_clock=night_there(person["time_zone"], visit.now),
    )


async def composer_to_sender(
    visit: Visit, sender: str, *, back: str, reply_to: UUID | None = None
) -> Composer | None:
    """To whoever wrote from there; None where nobody did, or where it is known by now who it is."""
    async with visit.ui.begin() as tx:
        last = await find_sender(tx.db, sender)
        drafted = _id_of(visit.query.get("draft"))
        draft = await find_draft(tx.db, drafted) if drafted else None
    if last is None:
        return None
    words = draft if draft and draft["recipient"] == sender else {}
    return Composer(
        ways=ways_to_sender(last["channel"], sender),
        name=last["sender_name"] or sender,
        back=back,
        sender=sender,
        reply_to=reply_to or last["message_id"],
        subject=words.get("subject") or "",
        body=words.get("body") or "",
    )


async def write(visit: Visit) -> Response:
    """Leaves after a moment, in which it can be taken back."""
    back, command_id = local_path(visit.field("back")), visit.command_id
    channel, body = visit.field("channel"), typed(visit.field("body"))
    subject = " ".join(visit.field("subject").split())[:LONGEST_SUBJECT]
    if channel not in {one.value for one in Channel}:
        raise Malformed("the form lost its channel")
    candidate_id, sender = number(visit.field("candidate_id")), visit.field("sender") or None
    command = WriteMessage.model_construct(
        command_id=command_id,
        actor=visit.actor,
        candidate_id=candidate_id,
        sender=None if candidate_id else sender,
        application_id=number(visit.field("application_id")),
        channel=Channel(channel),
        subject=(subject or None) if channel == "email" else None,
        body=body,
        reply_to=_id_of(visit.field("reply_to")),
    )
    if problem := _unfit(command):
        return await _again(visit, command, back, problem)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _again(visit, command, back, trouble(reply, command))
    await settled(visit, _IS_THERE, UUID(reply.result["message_id"]))
    return visit.go(back)


def _unfit(command: WriteMessage) -> str | None:
    """What the form should have kept from being sent."""
    if not command.body.strip():
        return "Write something first."
    if len(command.body) > LONGEST[command.channel.value]:
        return f"That is too long for {NAMES[command.channel.value]}: {len(command.body):,} characters."
    return None


async def _again(visit: Visit, command: WriteMessage, back: str, problem: str) -> Response:
    """In its own place where script puts it there, else on a page of its own."""
    form = (
        await composer_to_candidate(
            visit,
            command.candidate_id,
            back=back,
            application_id=command.application_id,
            reply_to=command.reply_to,
        )
        if command.candidate_id is not None
        else await composer_to_sender(visit, command.sender or "", back=back, reply_to=command.reply_to)
    )
    if form is None:
        text = "There is nobody to write to here, or their news has not arrived yet."
        return await visit.page("message.html", status=404, title="Not found", text=text)
    it = form.again(problem, command.command_id, command.channel.value, command.subject or "", command.body)
    if visit.is_partial:
        return visit.part("parts/composer_again.html", write=it)
    return await visit.page("writing_to.html", status=422, write=it, problem=problem, back=back)


async def take_back(visit: Visit) -> Response:
    """What was written by hand stands in the form again."""
    message_id = visit.request.path_params["message_id"]
    command = TakeBackMessage(command_id=visit.command_id, actor=visit.actor, message_id=message_id)
    return await _do(visit, command, message_id, {"draft": str(message_id)})


async def send_now(visit: Visit) -> Response:
    message_id = visit.request.path_params["message_id"]
    command = SendHeldMessage(command_id=visit.command_id, actor=visit.actor, message_id=message_id)
    return await _do(visit, command, message_id, {})


async def settle(visit: Visit) -> Response:
    """A recruiter looked whether it arrived."""
    message_id = visit.request.path_params["message_id"]
    if visit.field("sent") not in ("yes", "no"):
        raise Malformed("the form lost what became of it")
    sent = visit.field("sent") == "yes"
    command = SettleMessage(command_id=visit.command_id, actor=visit.actor, message_id=message_id, sent=sent)
    return await _do(visit, command, message_id, {})


async def _do(visit: Visit, command: Command, message_id: UUID, then: dict[str, str]) -> Response:
    """Back to the page, which shows what became of the message; a refusal is said there."""
    before = visit.field("was") or "composed"
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        back = local_path(visit.field("back"))
        return await visit.page(
            "writing_to.html", status=422, write=None, problem=trouble(reply, command), back=back
        )
    await settled(visit, _HAS_MOVED_ON, message_id, before)
    return visit.go(_with(local_path(visit.field("back")), then))


def _with(address: str, more: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | more
    return f"{parts.path}?{urlencode(query)}" if query else parts.path


def _id_of(text: str | None) -> UUID | None:
    try:
        return identity(text) if text else None
    except Malformed:
        return None
