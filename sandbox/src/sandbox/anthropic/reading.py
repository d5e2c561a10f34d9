"""What stands in a request: its text, the transcript in it, the moment it says it is."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SPEAKER = re.compile(r"^\s*(agent|user|candidate|candidat)\s*:\s*", re.IGNORECASE)
_CANDIDATE = ("candidate", "user")
_MOMENT = re.compile(
    r"\b(\d{4}-\d{2}-\d{2})(?:[T ,]+(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_NOW = re.compile(r"(current|now|ended|today|acum|curent|azi|astăzi|data și ora|local)", re.IGNORECASE)
_ZONE = re.compile(r"\b(?:Europe|America|Asia|Africa|Australia|Atlantic|Pacific)/[A-Za-z_]+(?:/[A-Za-z_]+)?")


def fold(text: str) -> str:
    """Lower case without diacritics, with plain apostrophes."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def text_of(content: Any) -> str:
    """The text of a string or of a list of content blocks."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [
        text_of(block.get("text") or block.get("content") or "")
        for block in content
        if isinstance(block, dict)
    ]
    return "\n".join(part for part in parts if part)


def whole_text(request: dict[str, Any]) -> str:
    """System prompt and messages, in order."""
    parts = [text_of(request.get("system", ""))]
    parts += [text_of(message["content"]) for message in request["messages"]]
    return "\n\n".join(part for part in parts if part)


def last_user_text(request: dict[str, Any]) -> str:
    said = [text_of(message["content"]) for message in request["messages"] if message["role"] == "user"]
    return said[-1] if said else ""


@dataclass(frozen=True, slots=True)
class Turn:
    number: int
    by_candidate: bool
    said: str


def turns_in(text: str) -> list[Turn]:
    """The turns of a transcript: one JSON object a line between tags, else ``Agent: ...`` paragraphs."""
    listed = _listed(text, "transcript")
    if listed:
        return [
            Turn(int(turn["turn"]), turn.get("speaker") in _CANDIDATE, str(turn["said"]))
            for turn in listed
            if "turn" in turn and "said" in turn
        ]
    return _paragraphs(text)


def criteria_in(text: str) -> list[tuple[str, str]]:
    """Key and wording of what is to be judged by, where the request lists it."""
    return [
        (str(one["key"]), str(one.get("criterion", ""))) for one in _listed(text, "criteria") if "key" in one
    ]


def spoken_by_user(text: str) -> list[str]:
    """The candidate's words, turn by turn."""
    return [turn.said for turn in turns_in(text) if turn.by_candidate]


def _listed(text: str, tag: str) -> list[dict[str, Any]]:
    found = re.search(rf"^<{tag}>\n(.*?)^</{tag}>", text, re.DOTALL | re.MULTILINE)
    listed = []
    for line in found[1].split("\n") if found else ():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        if isinstance(one, dict):
            listed.append(one)
    return listed


def _paragraphs(text: str) -> list[Turn]:
    """A blank line ends a turn."""
    turns: list[tuple[bool, list[str]]] = []
    listening = False
    for line in text.splitlines():
        if found := _SPEAKER.match(line):
            listening = True
            turns.append((found.group(1).lower() != "agent", [line[found.end() :]]))
        elif not line.strip():
            listening = False
        elif listening:
            turns[-1][1].append(line)
    said = [Turn(number, who, " ".join(lines).strip()) for number, (who, lines) in enumerate(turns)]
    return [turn for turn in said if turn.said]


def moment_in(text: str) -> datetime | None:
    """The local date and time that the request says it is."""
    zone = _zone(text)
    best: datetime | None = None
    for found in _MOMENT.finditer(text):
        try:
            moment = datetime.fromisoformat(f"{found[1]}T{(found[2] or '12:00').zfill(5)}:00")
        except ValueError:
            continue
        if found[3]:
            offset = "+00:00" if found[3] == "Z" else found[3]
            moment = datetime.fromisoformat(moment.isoformat() + offset).astimezone(zone)
        else:
            moment = moment.replace(tzinfo=zone)
        if _NOW.search(text[max(0, found.start() - 60) : found.start()]):
            return moment
        best = best or moment
    return best


def _zone(text: str) -> ZoneInfo:
    for name in _ZONE.findall(text):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("Europe/Bucharest")
