"""The WhatsApp channel: what was sent, what came in, what became of it (providers.md 3.2 to 3.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.agenda import Step, seconds
from sandbox.store import Body, Document
from sandbox.world import World

CHANNEL_ID = "MANTIS-M72HC"
OWN_NUMBER = "40310000000"
_STATUS_CODES = {"failed": 0, "sent": 2, "delivered": 3, "read": 4}
_LINK = re.compile(r"https?://\S+")

Arrived = Callable[[str, str, str, datetime], None]
"""What the candidate's phone does with a message: number (E.164), text, message id, when."""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    content: bytes


class Channel:
    """Keeps chats, reports by webhook, and hands messages on to the phones they are for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.on_arrival: Arrived = lambda number, text, id, at: None
        world.agenda.on("whapi.status", self._status)

    def send(self, to: str, type: str, content: Document, ledger: Document) -> Document:
        """Accept a message of ours; statuses follow by webhook. ``to`` is a chat id."""
        world, now = self._world, self._world.clock.now()
        with world.store.atomic():
            id = self._message_id()
            message = self._message(id, to, type, content, now)
            message |= {"from_me": True, "from": OWN_NUMBER, "source": "api", "status": "pending"}
            world.store.put("wa_message", id, message, to)
            number = "+" + to.partition("@")[0]
            text = content.get("body") or content.get("caption") or ""
            body = {"to": number, "type": type, "text": text, "message_id": id, **ledger}
            world.ledger.write(
                "message", "whapi", body, f"{number}\n{type}\n{text}\n{content.get('sha256', '')}"
            )
            self._plan_statuses(id, to, now)
            self._announce(message, now + seconds(1))
            self.on_arrival(number, text, id, now)
        return message

    def receive(self, number: str, name: str, text: str, file: File | None, at: datetime) -> Document:
        """A candidate writes to us. Within the caller's transaction or its own."""
        chat = f"{number.lstrip('+')}@s.whatsapp.net"
        with self._world.store.atomic():
            id = self._message_id()
            type, content = self._content(text, file)
            message = self._message(id, chat, type, content, at)
            message |= {"from_me": False, "from": number.lstrip("+"), "from_name": name, "source": "mobile"}
            self._world.store.put("wa_message", id, message, chat)
            body = {"from": number, "type": type, "message_id": id}
            self._world.ledger.write("inbound", "whapi", body)
            self._announce(message, at + seconds(1))
        return message

    def keep_media(self, file: File) -> Document:
        """Store bytes under a media id, as an upload or an incoming file does."""
        with self._world.store.atomic():
            prefix = file.content_type.rpartition("/")[2][:4]
            id = f"{prefix}-{self._world.dice.hexadecimal(32, 'media', self._world.store.number('media'))}"
            self._world.store.put_body(f"media:{id}", file.content, file.content_type)
            facts = {
                "id": id,
                "mime_type": file.content_type,
                "file_size": len(file.content),
                "file_name": file.name,
            }
            facts["sha256"] = hashlib.sha256(file.content).hexdigest()
            self._world.store.put("wa_media", id, facts)
        return facts

    def media(self, id: str) -> Body | None:
        return self._world.store.body(f"media:{id}")

    def media_facts(self) -> list[Document]:
        return self._world.store.find("wa_media", newest_first=True)

    def forget_media(self, id: str) -> bool:
        self._world.store.delete_body(f"media:{id}")
        return self._world.store.delete("wa_media", id)

    def messages(self, chat: str) -> list[Document]:
        return self._world.store.find("wa_message", chat, newest_first=True)

    def newest(self) -> list[Document]:
        return self._world.store.find("wa_message", newest_first=True)

    def _content(self, text: str, file: File | None) -> tuple[str, Document]:
        if file is None:
            # A text with a link arrives as its own kind of message.
            return ("link_preview" if _LINK.search(text) else "text"), {"body": text}
        facts = self.keep_media(file)
        content = {**facts, "caption": text} if text else facts
        kind = file.content_type.partition("/")[0]
        return (kind if kind in ("image", "video", "audio") else "document"), content

    def _message(self, id: str, chat: str, type: str, content: Document, at: datetime) -> Document:
        key = "link_preview" if type == "link_preview" else type
        return {"id": id, "type": type, "chat_id": chat, "timestamp": int(at.timestamp()), key: content}

    def _message_id(self) -> str:
        raw = self._world.fresh_id("wa message", 34)
        return f"{raw[:16]}-{raw[16:26]}-{raw[26:]}"

    def _plan_statuses(self, id: str, chat: str, now: datetime) -> None:
        read = 8 + self._world.dice.between(0, 900, "read", id)
        for delay, status in ((1, "sent"), (4, "delivered"), (read, "read")):
            body = {"id": id, "chat": chat, "status": status}
            self._world.agenda.add(now + seconds(delay), "whapi.status", body)

    def _status(self, step: Step) -> None:
        message = self._world.store.must("wa_message", step.body["id"])
        message["status"] = step.body["status"]
        self._world.store.put("wa_message", message["id"], message, message["chat_id"])
        status = {
            "id": message["id"],
            "code": _STATUS_CODES[step.body["status"]],
            "status": step.body["status"],
            "recipient_id": step.body["chat"],
            "timestamp": str(int(step.at.timestamp())),
        }
        payload = {"statuses": [status], **_event("statuses")}
        self._world.webhooks.plan(step.at, "whapi", "statuses", payload, message["id"], message["chat_id"])

    def _announce(self, message: Document, at: datetime) -> None:
        payload = {"messages": [message], **_event("messages")}
        self._world.webhooks.plan(at, "whapi", "messages", payload, message["id"], message["chat_id"])


def _event(type: str) -> dict[str, Any]:
    return {"event": {"type": type, "event": "post"}, "channel_id": CHANNEL_ID}
