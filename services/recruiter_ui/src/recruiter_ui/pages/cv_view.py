"""One received file as the CV inbox shows it: its text on a paper, whose it may be, what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.blobs import BlobMissing
from chassis.ids import new_id
from chassis.tx import Database
from contracts import Accepted, BlobRef
from contracts.cv_matching import ShowCvDecision

from recruiter_ui.domain.conversations import Talk
from recruiter_ui.domain.cv_compare import Compared, compared, contacts_of
from recruiter_ui.domain.cv_paper import Paper, paper
from recruiter_ui.domain.cv_words import METHODS, kind_words
from recruiter_ui.queries import cv_inbox as query
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit


@dataclass(frozen=True, slots=True)
class Could:
    """Somebody whose CV it could be. ``application_id`` is None where they have no open application."""

    application_id: int | None
    name: str
    language: str
    position: str
    score: int | None
    why: str
    present: bool = False
    """Whose it is now."""


@dataclass(slots=True)
class Shown:
    """A file and everything its page says. ``cv_id`` is None where nobody could be named for it."""

    item_id: UUID
    state: str
    """``review``, ``unmatched`` or ``decided``."""
    file_name: str
    received_at: Any
    channel: str
    explanation: str
    what: str
    download: str
    cv_id: UUID | None = None
    application_id: int | None = None
    name: str = ""
    language: str = "und"
    status: str = ""
    method: str = ""
    score: int | None = None
    at_once: int = 1
    """How many applications it went to."""
    reasons: list[str] = field(default_factory=list)
    quarantined: bool = False
    hidden_text: bool | None = None
    note: str = ""
    paper: Paper | None = None
    truncated: bool = False
    rows: list[Compared] = field(default_factory=list)
    beside: str = ""
    """Whose values stand beside those of the CV."""
    could: list[Could] = field(default_factory=list)
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    snippet: str = ""
    conversation: str = ""
    decision: Record | None = None
    decided_by: str = ""
    kind: str = ""


async def shown(visit: Visit, item_id: UUID) -> Shown | None:
    """None where there is no such file."""
    async with visit.ui.begin() as tx:
        cvs = await query.cvs_of(tx.db, item_id)
        loose = await query.find_unmatched(tx.db, item_id)
        if not cvs and loose is None:
            return None
        present = [row for row in cvs if row["detached_because"] is None]
        first = present[0] if present else None
        source = first or loose or cvs[0]
        ids = [it["candidate_id"] for it in source["runners_up"] or []]
        known = await query.people(tx.db, ids)
        it = _of_cv(first, len(present)) if first else await _of_loose(tx.db, loose, cvs)
        if first:
            _came_with(it, await query.message_with(tx.db, first["file"], first["received_at"]))
    if it.state == "decided":
        it.decision = await _decision(visit, item_id)
    text = None if it.quarantined else await _text(visit, source["reading"])
    contacts = contacts_of(source["reading"], text)
    person = first or next(iter(known.values()), None)
    if person and any(contacts.values()):
        it.rows, it.beside = compared(contacts, person), str(person["full_name"] or "")
    it.paper = paper(text, [contacts["name"], it.name, it.beside]) if text else None
    it.could = _could(it, first, source["runners_up"] or [], known)
    return it


def _of_cv(row: Record, applications: int) -> Shown:
    waits = row["needs_review"] and row["confirmed_at"] is None
    it = _basics(row, "review" if waits else "decided", row["file_name"], row["source"])
    it.download = f"/cvs/{row['cv_id']}/file"
    it.cv_id, it.application_id, it.at_once = row["cv_id"], row["application_id"], applications
    it.name, it.language = row["full_name"] or "Name not given", row["language"] or "und"
    it.status, it.method = row["status"], METHODS.get(row["method"], "")
    it.score, it.reasons = row["score"], row["review_reasons"] or []
    it.decided_by = row["confirmed_by"] or row["matched_by"] or ""
    it.kind = "confirmed" if row["confirmed_at"] else "given"
    return it


async def _of_loose(db: Database, loose: Record | None, cvs: list[Record]) -> Shown:
    """Nobody has it: nobody could be named, or somebody said that it is no CV."""
    if loose is None:
        row = cvs[0]
        it = _basics(row, "decided", row["file_name"], row["source"])
        it.download = f"/cvs/{row['cv_id']}/file"
        it.decided_by, it.kind = row["detached_by"] or "", row["detached_because"] or ""
        return it
    it = _basics(
        loose, "decided" if loose["settled"] else "unmatched", loose["attachment_name"], loose["channel"]
    )
    it.download = f"/cvs/unmatched/{it.item_id}/file"
    it.quarantined = bool(loose["quarantined"])
    it.decided_by, it.kind = loose["settled_by"] or "", loose["settled"] or ""
    it.sender, it.sender_name = loose["sender"] or "", loose["sender_name"] or ""
    it.subject, it.snippet = loose["subject"] or "", loose["body_snippet"] or ""
    message = await query.message_of(db, loose["message_id"])
    if message is not None:
        it.conversation = _conversation(message)
    return it


def _came_with(it: Shown, message: Record | None) -> None:
    """Who sent it and what they wrote: an uncertain match is judged by that too."""
    if message is None:
        return
    it.sender, it.sender_name = message["sender"] or "", message["sender_name"] or ""
    it.subject, it.snippet = message["subject"] or "", message["body"] or ""
    it.conversation = _conversation(message)


def _conversation(message: Record) -> str:
    """Where all that was written with whoever wrote it stands."""
    whose = message["candidate_id"]
    return f"/messages?{Talk(whose, '' if whose else message['sender']).address()}"


def _basics(row: Record, state: str, file_name: str | None, channel: str | None) -> Shown:
    reading = row["reading"] or {}
    return Shown(
        item_id=row["item_id"],
        state=state,
        file_name=file_name or "File",
        received_at=row["received_at"],
        channel=channel or "",
        explanation=row["explanation"] or "",
        what=kind_words(reading.get("kind"), reading.get("pages")),
        download="",
        hidden_text=reading.get("hidden_text"),
        note=reading.get("note") or "",
        truncated=bool(reading.get("truncated")) or (reading.get("pages") or 0) > 2,
    )


def _could(it: Shown, first: Record | None, runners: list[Record], known: dict[int, Record]) -> list[Could]:
    those: list[Could] = []
    if first is not None and it.state == "review":
        those.append(
            Could(
                it.application_id,
                it.name,
                it.language,
                first["position_title"] or "",
                it.score,
                "",
                present=True,
            )
        )
    seen = {first["theirs"]} if first else set()
    for runner in runners:
        person = known.get(runner["candidate_id"])
        if person is None or person["candidate_id"] in seen:
            continue
        seen.add(person["candidate_id"])
        those.append(
            Could(
                person["application_id"],
                person["full_name"],
                person["language"] or "und",
                person["position_title"] or "",
                runner["score"],
                runner.get("why") or "",
            )
        )
    return those


async def _text(visit: Visit, reading: dict[str, Any] | None) -> str | None:
    """The text that was read from the file; the file itself is never opened here."""
    ref = (reading or {}).get("text")
    if not ref:
        return None
    try:
        body = await visit.ui.blobs.get(BlobRef.model_validate(ref))
    except BlobMissing:
        return None
    return body.decode(errors="replace").replace("\0", "")


async def _decision(visit: Visit, item_id: UUID) -> Record | None:
    """What can be taken back; nothing is offered while cv_matching does not answer."""
    query_ = ShowCvDecision(command_id=new_id(), actor=visit.actor, item_id=item_id)
    reply = await visit.ui.commands.send(query_)
    return reply.result["decision"] if isinstance(reply, Accepted) else None
