"""A recruiter at work on what people wrote, in an office on PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import Tx
from chassis.ids import new_id
from contracts import Accepted, Actor, Command, Refused
from contracts.messaging import (
    Channel,
    Conversation,
    DeleteConversation,
    LinkSender,
    MarkConversation,
    MarkMessages,
    MessageReceived,
    RestoreConversation,
    UnlinkSender,
)
from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.handlers import conversations as talks
from messaging.handlers import link_senders

from .office import Office, a_post, a_text

IRINA = Actor(kind="recruiter", id="1", name="Irina Dobre")
STRANGER = "+40700000092"
KEPT = PostgresConversations()


class Desk:
    """A recruiter at work in an office on PostgreSQL."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._heard = 0

    async def hears(self, body: str = "Bună", sender: str = STRANGER, **changed: Any) -> UUID:
        """By WhatsApp; answers the message's id."""
        self._heard += 1
        digits = sender.removeprefix("+")
        told = a_text(
            body, **{"id": f"in-{self._heard}", "from": digits, "chat_id": f"{digits}@s.whatsapp.net"}
        )
        await self.office.whapi_says(a_post(told | changed), delivery=self._heard)
        return (await self.office.room.said(MessageReceived))[-1].message_id

    async def does(self, command: Command) -> Accepted | Refused:
        async with self.office.room.begin() as tx:
            return await self.within(tx, command)

    async def within(self, tx: Tx, command: Command) -> Accepted | Refused:
        if isinstance(command, LinkSender):
            return await link_senders.link_sender(
                command, tx, self.office.pipeline, KEPT, self.office.objections
            )
        if isinstance(command, UnlinkSender):
            return await link_senders.unlink_sender(command, tx, KEPT, self.office.objections)
        kinds: dict[type[Command], Any] = {
            MarkConversation: talks.mark_conversation,
            MarkMessages: talks.mark_messages,
            DeleteConversation: talks.delete_conversation,
            RestoreConversation: talks.restore_conversation,
        }
        answer: Accepted | Refused = await kinds[type(command)](command, tx, KEPT)
        return answer

    async def links(self, candidate: int = 10, sender: str = STRANGER) -> Accepted | Refused:
        return await self.does(
            LinkSender(
                command_id=new_id(),
                actor=IRINA,
                channel=Channel.WHATSAPP,
                sender=sender,
                candidate_id=candidate,
            )
        )

    async def unlinks(self, reply: Accepted | Refused) -> Accepted | Refused:
        return await self.does(UnlinkSender(command_id=new_id(), actor=IRINA, link_id=done(reply)["link_id"]))

    async def deletes(self, up_to: UUID | None = None, **whose: Any) -> Accepted | Refused:
        talk = Conversation(**whose)
        return await self.does(
            DeleteConversation(command_id=new_id(), actor=IRINA, conversation=talk, up_to=up_to)
        )

    async def restores(self, reply: Accepted | Refused) -> Accepted | Refused:
        return await self.does(
            RestoreConversation(command_id=new_id(), actor=IRINA, deletion_id=done(reply)["deletion_id"])
        )

    async def marks(self, *ids: UUID, read: bool = True) -> Any:
        command = MarkMessages(command_id=new_id(), actor=IRINA, message_ids=list(ids), read=read)
        return done(await self.does(command))["marked"]

    async def reads(self, up_to: UUID | None = None, **whose: Any) -> Any:
        talk = Conversation(**whose)
        command = MarkConversation(command_id=new_id(), actor=IRINA, conversation=talk, up_to=up_to)
        return done(await self.does(command))["marked"]

    async def last(self) -> MessageReceived:
        return (await self.office.room.said(MessageReceived))[-1]


def done(reply: Accepted | Refused) -> dict[str, Any]:
    assert isinstance(reply, Accepted), reply
    return reply.result


def refused(reply: Accepted | Refused) -> str:
    assert isinstance(reply, Refused), reply
    return reply.code
