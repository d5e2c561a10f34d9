"""A line of a history in words: what kind of fact it was, with the glyph that stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from recruiter_ui.domain.moments import duration
from recruiter_ui.domain.next_step import CLOSED_WORDS
from recruiter_ui.domain.statuses import STATUSES, Status, shown_as
from recruiter_ui.domain.waiting import lowered, missed

MESSAGE_TYPES = {
    "cv_request": "CV request",
    "cv_request_rejected": "CV request for later roles",
    "cv_followup_1": "Reminder 1",
    "cv_followup_2": "Reminder 2",
    "rejection": "Rejection",
    "other": "Message",
}
CHANNELS = {"email": "email", "whatsapp": "WhatsApp"}
MATCH_METHODS = {
    "exact_email": "by email address",
    "exact_phone": "by phone number",
    "subject_id": "by reference",
    "fuzzy_name": "by a similar name",
    "cv_content": "by what the CV says",
    "manual": "by hand",
}
OUTCOMES = {
    "qualified": "qualified",
    "not_qualified": "not a fit",
    "callback_requested": "wants to be called again",
    "needs_human": "needs a person",
}


@dataclass(frozen=True, slots=True)
class Told:
    glyph: str
    text: str
    badge: Status | None = None
    """For a change of status: the badge stands before the text."""
    stage_css: str = ""
    verb: str = ""
    """Between who did it and the badge: ``set``, ``confirmed``, ``took back, now``."""
    quote: str = ""
    """What somebody wrote, in their own words."""


def told(line: dict[str, Any], now: datetime, zone: ZoneInfo) -> Told:
    detail = line["detail"] or {}
    if detail.get("assignee") and detail["assignee"] == line.get("actor_name"):
        return Told("users", "took it")
    teller = _TELLERS.get(line["kind"])
    return teller(detail) if teller else Told("note", line["kind"])


def _status(detail: dict[str, Any]) -> Told:
    proposed = bool(detail.get("proposed"))
    status = shown_as(detail["current"], to_confirm=proposed)
    reason = detail.get("reason") or ""
    if detail.get("undoes") is not None and "CV" in reason:
        return Told(status.glyph, reason, status, status.stage.css, verb="sent it back to")
    if detail.get("undoes") is not None:
        return Told(status.glyph, "", status, status.stage.css, verb="took it back, now")
    if detail.get("by_hand"):
        return Told(status.glyph, _closed(detail), status, status.stage.css, verb="set", quote=reason)
    if proposed:
        return Told(status.glyph, "", status, status.stage.css, verb="AI proposed")
    kind = CLOSED_WORDS.get(detail.get("closed_because") or "")
    return Told(status.glyph, kind or reason, status, status.stage.css)


def _closed(detail: dict[str, Any]) -> str:
    """Withdrawn, merged and the like; that a recruiter closed it is said by the name before it."""
    because = detail.get("closed_because")
    return CLOSED_WORDS.get(because or "", "") if because != "recruiter" else ""


def _opened(detail: dict[str, Any]) -> Told:
    if detail.get("via") == "live_lead":
        return Told("spark", "Came in as a live lead")
    if detail.get("via") == "recruiter":
        return Told("plus", "Put into this position")
    return Told("upload" if detail.get("imported") else "plus", "Entered the pipeline")


def _confirmed(detail: dict[str, Any]) -> Told:
    status = STATUSES[detail["status"]]
    return Told("check", "", status, status.stage.css, verb="confirmed")


def _assigned(detail: dict[str, Any]) -> Told:
    return Told(
        "users", f"gave it to {detail['assignee']}" if detail.get("assignee") else "gave it to nobody"
    )


def _noted(detail: dict[str, Any]) -> Told:
    return Told("note", "noted", quote=detail.get("text") or "")


def _message(verb: str) -> Any:
    def tell(detail: dict[str, Any]) -> Told:
        kind = MESSAGE_TYPES.get(detail["type"], "Message")
        text = f"{kind} {verb} by {CHANNELS.get(detail['channel'], detail['channel'])}"
        return Told("send", f"{text}: {detail['reason']}" if detail.get("reason") else text)

    return tell


def _written(detail: dict[str, Any]) -> Told:
    kind = MESSAGE_TYPES.get(detail["type"], "Message")
    what = "a message" if detail["type"] == "other" else f"a {kind if kind[:2] == 'CV' else lowered(kind)}"
    return Told("send", f"Had {what} sent by {CHANNELS.get(detail['channel'], detail['channel'])}")


def _looked(detail: dict[str, Any]) -> Told:
    kind = MESSAGE_TYPES.get(detail["type"], "Message")
    return Told("unk", f"{kind}: found out that it {'arrived' if detail['sent'] else 'never arrived'}")


def _received(detail: dict[str, Any]) -> Told:
    files = detail.get("files") or 0
    with_files = f" with {files} file{'s' if files > 1 else ''}" if files else ""
    return Told("chat", f"Wrote by {CHANNELS.get(detail['channel'], detail['channel'])}{with_files}")


def _call_done(detail: dict[str, Any]) -> Told:
    spoken = duration(detail.get("seconds"))
    return Told("phchk", f"Call {detail['attempt']} answered" + (f", {spoken}" if spoken else ""))


def _settled(detail: dict[str, Any]) -> Told:
    return Told("unk", "found out that it rang" if detail["rang"] else "found out that it did not ring")


def _evaluated(detail: dict[str, Any]) -> Told:
    judged = detail["outcome"] in ("qualified", "not_qualified")
    score = f", score {detail['score']}" if detail["score"] or (judged and detail["score"] == 0) else ""
    return Told("spark", f"Evaluated: {OUTCOMES.get(detail['outcome'], detail['outcome'])}{score}")


def _matched(detail: dict[str, Any]) -> Told:
    source = {"email_attachment": "by email", "whatsapp_media": "by WhatsApp"}.get(
        detail["source"], "by hand"
    )
    return Told(
        "doccheck", f"CV received {source}, matched {MATCH_METHODS.get(detail['method'], '')}".rstrip()
    )


_DETACHED = {
    "reassigned": "found that the CV is somebody else's",
    "discarded": "found that the file is not a CV",
    "undone": "took back what was decided about the CV",
}
_ASKED = {
    "on_demand": "Asked for another evaluation of the call",
    "rules_changed": "Asked for an evaluation by the present rules",
}
_TELLERS: dict[str, Any] = {
    "application.status_changed": _status,
    "application.opened": _opened,
    "application.outcome_confirmed": _confirmed,
    "application.assigned": _assigned,
    "application.note_added": _noted,
    "call.refused": lambda it: Told("slash", f"Could not be called: {it['message']}"),
    "call.placed": lambda it: Told("phone", f"Call {it['attempt']} placed"),
    "call.completed": _call_done,
    "call.not_answered": lambda it: Told("phx", f"Call {it['attempt']}: {missed(it['outcome'])}"),
    "call.taken_back": lambda it: Told("undo", f"Call {it['attempt']} called off: {lowered(it['reason'])}"),
    "call.settled_by_hand": _settled,
    "call.outcome_unknown": lambda it: Told(
        "unk", f"Call {it['attempt']}: outcome unknown, {lowered(it['reason'])}"
    ),
    "evaluation.requested": lambda it: Told(
        "spark", _ASKED.get(it.get("because") or "", "Evaluation started")
    ),
    "evaluation.completed": _evaluated,
    "evaluation.failed": lambda it: Told("unk", f"Evaluation failed: {it['reason']}"),
    "message.composed": _written,
    "message.taken_back": _message("taken back"),
    "message.settled_by_hand": _looked,
    "message.sent": _message("sent"),
    "message.failed": _message("not delivered"),
    "message.outcome_unknown": _message("with unknown outcome"),
    "message.received": _received,
    "cv_request.expired": lambda it: Told("clock", "No CV after two reminders"),
    "cv_request.unreachable": lambda it: Told("slash", f"Can't be written to: {it['reason']}"),
    "cv.matched": _matched,
    "cv.confirmed": lambda it: Told("check", "CV confirmed"),
    "cv.detached": lambda it: Told("undo", _DETACHED[it["because"]]),
    "cv.review_reopened": lambda it: Told("undo", "took the confirmation of the CV back"),
    "item.assigned": lambda it: Told("link", "A received file was assigned"),
}
