"""One Gmail mailbox: messages, labels, threads, history. Mail is filed as a filter of its owner would."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

from sandbox.gmail.parts import attachment, b64, headers_of, payload, plain_text
from sandbox.gmail.query import Mail, label_key, matches, terms
from sandbox.store import Document
from sandbox.world import World

SYSTEM_LABELS = (
    "INBOX", "UNREAD", "SENT", "DRAFT", "SPAM", "TRASH", "STARRED", "IMPORTANT", "CHAT", "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS",
)  # fmt: skip

Arrived = Callable[[str, Document, bytes, datetime], None]
"""What an addressee's mailbox does with a mail of ours: address, stored message, raw mail, when."""


class NoSuchThread(LookupError):
    """A reply to a thread that is not in the mailbox."""


class Mailbox:
    """Kept on disk; ids rise, as Gmail's do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.address = world.settings.gmail_address
        self.on_arrival: Arrived = lambda address, message, raw, at: None

    # Labels

    def labels(self) -> list[Document]:
        system = [{"id": name, "name": name, "type": "system"} for name in SYSTEM_LABELS]
        return [*system, *self._world.store.find("label")]

    def create_label(self, name: str, visibility: Document) -> Document | None:
        """None when the name is taken."""
        if any(label["name"].lower() == name.lower() for label in self.labels()):
            return None
        with self._world.store.atomic():
            id = f"Label_{self._world.store.number('label')}"
            label = {"id": id, "name": name, "type": "user", **visibility}
            self._world.store.put("label", id, label)
        return label

    def label_ids(self) -> set[str]:
        return {label["id"] for label in self.labels()}

    # Mail in and out

    def send(self, raw: bytes, thread_id: str | None) -> Document:
        """Accept a mail of ours and carry it to its addressees.

        It joins the thread it names only when it refers to a mail of it and has its subject (the threadId of
        a Message in Gmail's reference); else it begins one of its own.
        """
        now = self._world.clock.now()
        headers = headers_of(raw)
        if "from" not in headers:
            # The real one puts the account's own address where a mail has no sender.
            raw = f"From: {self.address}\r\n".encode() + raw
        with self._world.store.atomic():
            thread = self.thread(thread_id) if thread_id is not None else []
            if thread_id is not None and not thread:
                raise NoSuchThread(thread_id)
            alone = bool(thread) and not self._fits(headers, thread)
            message = self._keep(raw, ["SENT"], now, None if alone else thread_id, alone=alone)
            key = headers.get("message-id", "").strip()
            addressees = _addresses(headers)
            body = {
                "to": addressees,
                "subject": headers.get("subject", ""),
                "text": plain_text(raw),
                "message_id": key,
                "id": message["id"],
            }
            same = key or f"{addressees}\n{body['subject']}\n{body['text']}"
            self._world.ledger.write("message", "gmail", body, same)
            for address in addressees:
                self.on_arrival(address, message, raw, now)
        return message

    def receive(self, raw: bytes, at: datetime) -> Document:
        """A mail reaches us; the owner's filter puts the CV label on it, if that label exists."""
        with self._world.store.atomic():
            wanted = self._world.settings.gmail_inbox_label.lower()
            filed = [
                label["id"] for label in self._world.store.find("label") if label["name"].lower() == wanted
            ]
            message = self._keep(raw, ["INBOX", "UNREAD", *filed], at, None)
            body = {"from": headers_of(raw).get("from", ""), "id": message["id"]}
            self._world.ledger.write("inbound", "gmail", body)
        return message

    def thread(self, thread_id: str) -> list[Document]:
        """Its mails, the oldest first."""
        return self._world.store.find("mail", thread_id)

    def _fits(self, headers: dict[str, str], thread: list[Document]) -> bool:
        named = f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"
        those = [headers_of(self.raw(mail["id"])) for mail in thread]
        known = {one["message-id"].strip() for one in those if one.get("message-id")}
        subjects = {_bare(one.get("subject", "")) for one in those}
        refers = not known.isdisjoint(re.findall(r"<[^>]+>", named))
        return refers and _bare(headers.get("subject", "")) in subjects

    def _keep(
        self, raw: bytes, labels: list[str], at: datetime, thread_id: str | None, *, alone: bool = False
    ) -> Document:
        store = self._world.store
        headers = headers_of(raw)
        number = store.number("mail")
        id = f"{0x18B00000000 + number:011x}{self._world.dice.hexadecimal(5, 'mail', number)}"
        message: Document = {
            "id": id,
            "threadId": thread_id or (None if alone else self._thread_of(headers)) or id,
            "labelIds": labels,
            "date": at.timestamp(),
            "size": len(raw),
            "snippet": re.sub(r"\s+", " ", plain_text(raw)).strip()[:200],
        }
        if key := headers.get("message-id", "").strip():
            store.put("message_id", key, {"thread": message["threadId"], "id": id})
        store.put_body(f"mail:{id}", raw, "message/rfc822")
        self._touch(message, "messagesAdded", {})
        return message

    def _thread_of(self, headers: dict[str, str]) -> str | None:
        named = f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"
        for key in re.findall(r"<[^>]+>", named):
            if found := self._world.store.get("message_id", key):
                return str(found["thread"])
        return None

    # Looking

    def get(self, id: str) -> Document | None:
        return self._world.store.get("mail", id)

    def raw(self, id: str) -> bytes:
        body = self._world.store.body(f"mail:{id}")
        assert body is not None
        return body.content

    def newest(self) -> list[Document]:
        return self._world.store.find("mail", newest_first=True)

    def untouched(self) -> int:
        """Mails that the owner's filter filed and on which nobody has put another label since."""
        inbox = self._world.settings.gmail_inbox_label.lower()
        filed = {label["id"] for label in self._world.store.find("label") if label["name"].lower() == inbox}
        if not filed:
            return 0
        least, most = {"INBOX", *filed}, {"INBOX", "UNREAD", *filed}
        return sum(least <= set(mail["labelIds"]) <= most for mail in self.newest())

    def search(self, q: str, label_ids: Iterable[str], spam_and_trash: bool) -> list[Document]:
        """Newest first."""
        names = {label_key(label["name"]): label["id"] for label in self.labels()}
        words, needed = terms(q), set(label_ids)
        found = []
        for message in self.newest():
            labels = frozenset(message["labelIds"])
            if not needed <= labels or (not spam_and_trash and labels & {"SPAM", "TRASH"}):
                continue
            date = datetime.fromtimestamp(message["date"], UTC)
            if not words or matches(Mail(self.raw(message["id"]), labels, date, names), words):
                found.append(message)
        return found

    def as_json(
        self, message: Document, form: str = "full", header_names: Iterable[str] = ()
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": message["id"],
            "threadId": message["threadId"],
            "labelIds": message["labelIds"],
            "snippet": message["snippet"],
            "historyId": str(message["history"]),
            "internalDate": str(int(message["date"] * 1000)),
            "sizeEstimate": message["size"],
        }
        raw = self.raw(message["id"])
        if form == "raw":
            shown["raw"] = b64(raw)
        elif form == "metadata":
            shown["payload"] = payload(raw, self._attachment_id, {name.lower() for name in header_names})
        elif form == "full":
            shown["payload"] = payload(raw, self._attachment_id)
        return shown

    def _attachment_id(self, part_id: str) -> str:
        """Another one at every look, as with Gmail."""
        nonce = self._world.fresh_id("attachment", 40)
        return "ANGjdJ" + base64.urlsafe_b64encode(f"{nonce}|{part_id}".encode()).decode().rstrip("=")

    def attachment(self, message_id: str, attachment_id: str) -> bytes | None:
        coded = attachment_id.removeprefix("ANGjdJ")
        try:
            part_id = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode().partition("|")[2]
            return attachment(self.raw(message_id), part_id) if part_id else None
        except ValueError:
            return None

    # Changing

    def modify(self, message: Document, add: Iterable[str], remove: Iterable[str]) -> Document:
        added = [label for label in add if label not in message["labelIds"]]
        removed = [label for label in remove if label in message["labelIds"]]
        with self._world.store.atomic():
            message["labelIds"] = [label for label in message["labelIds"] if label not in removed] + added
            if added:
                self._touch(message, "labelsAdded", {"labelIds": added})
            if removed:
                self._touch(message, "labelsRemoved", {"labelIds": removed})
        return message

    def _touch(self, message: Document, what: str, more: Document) -> None:
        store = self._world.store
        number = 100_000 + store.number("history")
        message["history"] = number
        store.put("mail", message["id"], message, message["threadId"])
        brief = {"id": message["id"], "threadId": message["threadId"], "labelIds": message["labelIds"]}
        store.put(
            "history",
            str(number),
            {"id": str(number), "messages": [brief], what: [{"message": brief, **more}]},
        )

    def history(self) -> list[Document]:
        return self._world.store.find("history")

    @property
    def history_id(self) -> str:
        return str(100_000 + self._world.store.last_number("history"))

    def totals(self) -> tuple[int, int]:
        mails = self._world.store.find("mail")
        return len(mails), len({mail["threadId"] for mail in mails})


def _bare(subject: str) -> str:
    return " ".join(re.sub(r"^(?:\s*(?:re|fwd?)\s*:)+", "", subject, flags=re.IGNORECASE).split()).lower()


def _addresses(headers: dict[str, str]) -> list[str]:
    fields = [headers[name] for name in ("to", "cc", "bcc") if name in headers]
    return [address.lower() for _, address in getaddresses(fields) if "@" in address]
