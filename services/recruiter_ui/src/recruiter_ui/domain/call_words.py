"""An attempt to reach somebody, in words: how it ended, whether it counts, what can be heard of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from recruiter_ui.domain.waiting import lowered, missed

GLYPHS = {"completed": "phchk", "placed": "phone", "unknown": "unk", "rang": "phchk", "taken_back": "undo"}
PURPOSES = {"retry": "Tried again", "callback": "Callback"}
ZONE_FROM = {
    "stated": "as they said",
    "number": "as the phone number says",
    "position": "the position's: theirs is not known",
}

Call = Mapping[str, Any]


def glyph(call: Call) -> str:
    return GLYPHS.get(call["status"], "phx")


def ended(call: Call) -> str:
    """How it ended, behind ``Attempt 2``."""
    who = call["settled_by"] or "a recruiter"
    match call["status"]:
        case "completed":
            return "answered"
        case "placed":
            return "on the line or ringing"
        case "unknown":
            return "nobody knows whether it rang"
        case "rang":
            return f"rang, says {who}"
        case "did_not_ring":
            return f"did not ring, says {who}"
        case "taken_back":
            return "called off before it was dialled"
        case status:
            return missed(status)


def notes(call: Call) -> list[str]:
    """What else there is to say, a sentence each."""
    said: list[str] = []
    match call["status"]:
        case "rang":
            said.append("It counts as an attempt; what was said is not known.")
        case "did_not_ring":
            said.append("It does not count as an attempt.")
        case "taken_back":
            why = f"{call['detail'].rstrip('.')}. " if call["detail"] else ""
            said.append(f"{why}It does not count as an attempt, and went back into the queue.")
        case status if call["detail"]:
            said += _of_the_provider(call["detail"], status)
    if call["given_up_because"]:
        said.append(f"Not tried again: {lowered(call['given_up_because'])}.")
    if call["time_zone"]:
        place = call["time_zone"].rpartition("/")[2].replace("_", " ")
        whence = ZONE_FROM.get(call["zone_from"] or "")
        said.append(f"Went by the clock in {place}{f', {whence}' if whence else ''}.")
    return said


def _of_the_provider(detail: str, status: str) -> list[str]:
    """Nothing where its word is only how the call ended; a bare word of its own is said to be one."""
    word = detail.strip().rstrip(".").lower().removeprefix("recipient ").replace("-", "_")
    if word in (status, "no_answer", "busy", "voicemail"):
        return []
    if word in ("unknown", "failed"):
        return ["The telephony provider does not say why."]
    if re.fullmatch(r"\w+", word):
        return [f"The telephony provider says: {word.replace('_', ' ')}."]
    return [f"{detail[:1].upper()}{detail[1:].rstrip('.')}."]


def silence(call: Call) -> str:
    """Why nothing can be heard of a call that somebody answered; empty where there is no more to say."""
    if call["status"] != "completed" or call["recording"]:
        return ""
    if call["recording_problem"]:
        return f"No recording: {call['recording_problem'].rstrip('.')}."
    if call["recorded"] is False:
        return "Not recorded: the position does not record calls."
    return "The recording is being fetched." if call["recorded"] else "No recording is known of this call."
