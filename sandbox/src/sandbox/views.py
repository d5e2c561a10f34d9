"""What the pages show, made out of what the world holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.gmail.parts import attachment_names, headers_of, plain_text
from sandbox.personas.people import Person
from sandbox.stage import Stage
from sandbox.store import Document

WEBHOOKS = (
    *("post_call_transcription", "post_call_audio", "call_initiation_failure"),
    *("messages", "statuses", "leadgen"),
)


def clock(moment: datetime | float) -> str:
    """Day and time in UTC, as short as it stays clear."""
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment, UTC)
    return moment.strftime("%d %b %H:%M:%S")


def overview(stage: Stage) -> dict[str, Any]:
    state = stage.state(limit=30)
    if state["next_due"]:
        state["next_due"] = clock(datetime.fromisoformat(state["next_due"]))
    steps = [{**step, "at": clock(datetime.fromisoformat(step["at"]))} for step in state["scheduled"]]
    return {
        "state": state,
        "scheduled": steps,
        "ringing": [call(stage, found) for found in stage.by_hand.ringing()],
        "calls": [call(stage, found) for found in stage.calls.all()[:40]],
        "chats": [message(stage, found) for found in stage.channel.newest()[:20]],
        "mails": [mail(stage, found) for found in stage.mailbox.newest()[:20]],
        "faults": sum(not fault.spent for fault in stage.world.faults.all()),
    }


def call(stage: Stage, found: Document) -> dict[str, Any]:
    person = stage.people.known_at_phone(found["to"])
    rings = found["manual"] and found["status"] == "initiated"
    until = (found["started"] or 0) + stage.world.settings.manual_ring_seconds
    return {
        "id": found["conversation_id"],
        "to": found["to"],
        "who": stage.people.name_of(person) if person else "somebody unknown",
        "status": found["status"],
        "result": found["result"] if found["status"] in ("done", "failed") else None,
        "order": found.get("call_name") or "single call",
        "at": clock(found["started"] or found["created"]),
        "until": clock(until),
        "ringing": rings,
        "talking": found["manual"] and found["status"] == "in-progress",
    }


def message(stage: Stage, found: Document) -> dict[str, Any]:
    content = found[found["type"]]
    text = content.get("body") or content.get("caption") or ""
    if name := content.get("file_name"):
        text = f"[{name}] {text}".strip()
    number = "+" + found["chat_id"].partition("@")[0]
    person = stage.people.known_at_phone(number)
    other = stage.people.name_of(person) if person else number
    sender, to = ("us", other) if found["from_me"] else (other, "us")
    status = found.get("status") if found["from_me"] else None
    at = clock(found["timestamp"])
    return {"at": at, "sender": sender, "to": to, "text": text, "from_me": found["from_me"], "status": status}


def mail(stage: Stage, found: Document) -> dict[str, Any]:
    raw = stage.mailbox.raw(found["id"])
    headers = headers_of(raw)
    names = {label["id"]: label["name"] for label in stage.mailbox.labels()}
    return {
        "at": clock(found["date"]),
        "sender": headers.get("from", ""),
        "to": headers.get("to", ""),
        "subject": headers.get("subject", ""),
        "text": plain_text(raw),
        "files": attachment_names(raw),
        "labels": ", ".join(names.get(label, label) for label in found["labelIds"]),
        "sent": "SENT" in found["labelIds"],
    }


def person(stage: Stage, whom: Person) -> dict[str, Any]:
    """Their chat and mails in order of time, and the subject a reply would have."""
    chat: list[dict[str, Any]] = []
    if whom.phone:
        found = stage.channel.messages(f"{whom.phone.lstrip('+')}@s.whatsapp.net")
        chat = [message(stage, one) for one in reversed(found)]
    mails = [mail(stage, one) for one in reversed(stage.mailbox.newest())]
    theirs = [
        one for one in mails if any(email in f"{one['sender']} {one['to']}".lower() for email in whom.emails)
    ]
    asked = next((one["subject"] for one in reversed(theirs) if one["sent"]), "")
    subject = asked if not asked or asked.lower().startswith("re:") else f"Re: {asked}"
    return {
        "person": stage.described(whom),
        "chat": chat,
        "mails": theirs,
        "subject": subject,
        "leads": stage.forms_of(whom),
    }


def ledger(stage: Stage, count: int) -> list[dict[str, Any]]:
    shown = []
    for entry in stage.world.ledger.newest(count):
        details = {key: value for key, value in entry.items() if key not in ("seq", "at", "kind", "provider")}
        twice = details.pop("duplicate_of", None)
        at = clock(datetime.fromisoformat(entry["at"]))
        text = json.dumps(details, ensure_ascii=False)
        shown.append({**entry, "at": at, "details": text, "duplicate_of": twice})
    return shown
