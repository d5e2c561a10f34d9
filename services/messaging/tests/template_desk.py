"""A recruiter at the message templates; on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from chassis.commands import CommandServer
from chassis.ids import new_id
from chassis.metrics import Metrics
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Actor, Command, Refused
from contracts.messaging import (
    Channel,
    ListMessageTemplates,
    MessageTemplate,
    MessageType,
    PreviewMessage,
    SaveMessageTemplate,
    ShowMessageTemplate,
)
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates
from messaging.handlers import message_templates
from messaging.ports import Messages, Pipeline, TemplateDesk, Templates

RECRUITER = Actor(kind="recruiter", id="4", name="Ioana Exemplu")
REQUEST, REJECTED, FIRST, SECOND, REJECTION, OTHER = MessageType
EMAIL, WHATSAPP = Channel
WORDS = "Bună ziua, {first_name}! Trimiteți-ne CV-ul pentru {position_title}."


@dataclass
class Desk:
    """Commands come as they do in the running service: with their id kept, and a refusal rolled back."""

    room: PostgresRoom
    templates: PostgresTemplates = field(default_factory=PostgresTemplates)
    server: CommandServer = field(init=False)

    def __post_init__(self) -> None:
        ports = {
            TemplateDesk: self.templates,
            Templates: self.templates,
            Pipeline: PostgresPipeline(),
            Messages: PostgresMessages(),
        }
        bus: Any = None  # nothing is sent over it: commands are handed in
        self.server = CommandServer(
            message_templates.handlers, ports, bus, self.room._transactions, Metrics()
        )

    async def asks(self, command: Command) -> Accepted | Refused:
        return await self.server.answer(command.nats_subject(), command.model_dump_json().encode())

    async def listed(self) -> list[MessageTemplate]:
        reply = await self.asks(said(ListMessageTemplates))
        assert isinstance(reply, Accepted)
        return [MessageTemplate.model_validate(one) for one in reply.result["templates"]]

    async def shown(self, **which: Any) -> MessageTemplate | None:
        reply = await self.asks(said(ShowMessageTemplate, **(A_WHATSAPP | which)))
        assert isinstance(reply, Accepted), reply
        found = reply.result["template"]
        return None if found is None else MessageTemplate.model_validate(found)

    async def now(self, **which: Any) -> MessageTemplate:
        found = await self.shown(**which)
        assert found is not None
        return found

    async def saves(self, **fields: Any) -> Accepted | Refused:
        return await self.asks(said(SaveMessageTemplate, **(A_WHATSAPP | {"body": WORDS} | fields)))

    async def saved(self, **fields: Any) -> int:
        """Answers the revision."""
        reply = await self.saves(**fields)
        assert isinstance(reply, Accepted), reply
        return int(reply.result["revision"])

    async def previews(self, **fields: Any) -> dict[str, Any]:
        reply = await self.asks(said(PreviewMessage, **(A_PREVIEW | fields)))
        assert isinstance(reply, Accepted), reply
        return reply.result

    async def at_once(self, *commands: Command) -> list[Accepted | Refused]:
        return list(await asyncio.gather(*(self.asks(command) for command in commands)))


A_PREVIEW = {"message_type": REQUEST, "channel": WHATSAPP}
A_WHATSAPP = {**A_PREVIEW, "language": "ro"}


def said(kind: type[Command], **fields: Any) -> Any:
    return kind(command_id=new_id(), actor=RECRUITER, **fields)
