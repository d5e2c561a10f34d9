"""What a recruiter does with a conversation: read, unread, done, deleted, brought back, linked.

Every form becomes one command of messaging; a refusal is said on the page it came from.
"""

from __future__ import annotations

from uuid import UUID

from chassis.ids import new_id
from contracts import Accepted, Command, Refused
from contracts.messaging import (
    Channel,
    Conversation,
    DeleteConversation,
    LinkSender,
    MarkConversation,
    MarkMessages,
    RestoreConversation,
    UnlinkSender,
)
from starlette.responses import Response

from recruiter_ui.domain.conversations import Talk
from recruiter_ui.domain.reading import Malformed, identity, number
from recruiter_ui.pages.conversation_list import key_of
from recruiter_ui.pages.messages import show
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import conversations as query
from recruiter_ui.web import Visit

_ALL_MARKED = (
    "SELECT NOT EXISTS (SELECT FROM messages WHERE message_id = ANY($1::uuid[]) "
    "AND written_at IS NOT NULL AND COALESCE(is_read, false) <> $2)"
)
_NONE_UNREAD = (
    "SELECT NOT EXISTS (SELECT FROM messages WHERE conversation = ANY($1) AND inbound "
    "AND written_at IS NOT NULL AND deleted IS NOT TRUE AND is_read IS NOT TRUE "
    "AND written_event <= (SELECT shown.written_event FROM messages shown WHERE shown.message_id = $2))"
)
DELETED = "SELECT EXISTS (SELECT FROM messages WHERE deleted AND deletion_id = $1)"
RESTORED = "SELECT NOT EXISTS (SELECT FROM messages WHERE deleted AND deletion_id = $1)"
LINKED = "SELECT EXISTS (SELECT FROM messages WHERE linked_to IS NOT NULL AND link_id = $1)"
UNLINKED = "SELECT NOT EXISTS (SELECT FROM messages WHERE linked_to IS NOT NULL AND link_id = $1)"
"""What is deleted or linked lies in small indexes of its own."""
_NEXT_AT_ONCE = 3


async def mark(visit: Visit) -> Response:
    """Messages by id: those that the open page shows, or one of them by hand."""
    ids = [identity(text) for text in visit.form.getlist("id") if isinstance(text, str)][:500]
    read = visit.field("read") != "no"
    if not ids:
        return _back(visit)
    command = MarkMessages(command_id=_command_id(visit), actor=visit.actor, message_ids=ids, read=read)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    if visit.is_partial:
        return Response(status_code=204)
    await settled(visit, _ALL_MARKED, ids, read)
    return _back(visit)


async def done(visit: Visit) -> Response:
    """All of it is read; on to the next one that is not."""
    talk = _talk(visit)
    keys, newest = await _newest(visit, talk)
    command = MarkConversation(
        command_id=visit.command_id,
        actor=visit.actor,
        conversation=_conversation(talk, keys),
        up_to=newest,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    await settled(visit, _NONE_UNREAD, keys, newest)
    return await _next(visit, keys)


async def later(visit: Visit) -> Response:
    """Unread again, so that it is not forgotten; on to the next one."""
    talk = _talk(visit)
    keys, newest = await _newest(visit, talk)
    if newest is None:
        return _back(visit)
    command = MarkMessages(command_id=visit.command_id, actor=visit.actor, message_ids=[newest], read=False)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    await settled(visit, _ALL_MARKED, [newest], False)
    return await _next(visit, keys)


async def delete(visit: Visit) -> Response:
    talk = _talk(visit)
    keys, newest = await _newest(visit, talk)
    command = DeleteConversation(
        command_id=visit.command_id,
        actor=visit.actor,
        conversation=_conversation(talk, keys),
        up_to=newest,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    deletion_id = UUID(reply.result["deletion_id"])
    await settled(visit, DELETED, deletion_id)
    return visit.go(f"/messages?did=deleted_{deletion_id}&n={reply.result['deleted']}")


async def restore(visit: Visit) -> Response:
    deletion_id = identity(visit.field("id"))
    command = RestoreConversation(command_id=visit.command_id, actor=visit.actor, deletion_id=deletion_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    await settled(visit, RESTORED, deletion_id)
    async with visit.ui.begin() as tx:
        row = await tx.db.fetchrow(
            "SELECT person_id, sender FROM messages WHERE deletion_id = $1 LIMIT 1", deletion_id
        )
    if row is None:
        return visit.go("/messages")
    talk = Talk(row["person_id"]) if row["person_id"] is not None else Talk(sender=row["sender"] or "")
    return visit.go(f"/messages?{talk.address()}")


async def link(visit: Visit) -> Response:
    candidate_id, talk = number(visit.field("candidate_id")), _talk(visit)
    channel = visit.field("channel")
    if channel not in list(Channel) or not talk.sender:
        raise Malformed("the form lost whose it is")
    if candidate_id is None:
        return await show(visit, problem="Choose whose it is.", talk=talk)
    command = LinkSender(
        command_id=visit.command_id,
        actor=visit.actor,
        channel=Channel(channel),
        sender=talk.sender,
        candidate_id=candidate_id,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command, talk)
    link_id = UUID(reply.result["link_id"])
    await settled(visit, LINKED, link_id)
    did = "silenced" if reply.result.get("objected") else "linked"
    return visit.go(f"/messages?with={candidate_id}&did={did}_{link_id}&n={reply.result['linked']}")


async def unlink(visit: Visit) -> Response:
    link_id = identity(visit.field("id"))
    async with visit.ui.begin() as tx:
        row = await tx.db.fetchrow(
            "SELECT sender, linked_to FROM messages WHERE linked_to IS NOT NULL AND link_id = $1 LIMIT 1",
            link_id,
        )
    command = UnlinkSender(command_id=visit.command_id, actor=visit.actor, link_id=link_id)
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _said(visit, reply, command)
    await settled(visit, UNLINKED, link_id)
    if row is None:
        return visit.go("/messages")
    still = str(row["linked_to"]) if reply.result.get("still_forbidden") else None
    return visit.go(f"/messages?{Talk(sender=row['sender'] or '').address(still=still)}")


def _talk(visit: Visit) -> Talk:
    fields = {name: visit.field(name) for name in ("with", "from")}
    talk = Talk.of(fields)
    if talk is None:
        raise Malformed("the form lost its conversation")
    return talk


async def _newest(visit: Visit, talk: Talk) -> tuple[list[str], UUID | None]:
    """The last of theirs that had come in when the page was made, else the last there is."""
    shown = visit.field("newest")
    async with visit.ui.begin() as tx:
        keys = await query.keys_of(tx.db, talk)
        return keys, identity(shown) if shown else await query.last_arrived(tx.db, keys)


def _conversation(talk: Talk, keys: list[str]) -> Conversation:
    if talk.candidate_id is None:
        return Conversation(sender=talk.sender)
    return Conversation(candidate_id=int(keys[0][1:]))


async def _next(visit: Visit, keys: list[str]) -> Response:
    """The next in what the list is narrowed to; with nothing left, the list."""
    state = {name: visit.field(name) or None for name in ("q", "show")}
    async with visit.ui.begin() as tx:
        rows = await query.conversations(tx.db, _NEXT_AT_ONCE, unread=True)
    following = next((row for row in rows if key_of(row) not in keys), None)
    if following is None:
        return visit.go("/messages")
    candidate_id, sender = following["candidate_id"], following["sender"] or ""
    talk = Talk(candidate_id) if candidate_id is not None else Talk(sender=sender)
    return visit.go(f"/messages?{talk.address(**state)}")


def _back(visit: Visit) -> Response:
    talk = Talk.of({name: visit.field(name) for name in ("with", "from")})
    return visit.go(f"/messages?{talk.address()}" if talk else "/messages")


def _command_id(visit: Visit) -> UUID:
    """Marking needs no form of its own: what is so already is left alone."""
    return identity(visit.field("command_id")) if visit.field("command_id") else new_id()


async def _said(
    visit: Visit, reply: Accepted | Refused, command: Command, talk: Talk | None = None
) -> Response:
    assert isinstance(reply, Refused)
    if visit.is_partial:
        return Response(status_code=503 if reply.code == "unavailable" else 204)
    whose = talk or Talk.of({name: visit.field(name) for name in ("with", "from")})
    return await show(visit, problem=trouble(reply, command), talk=whose)
