"""Answering machines: what the line's own detection says, weighed against what the conversation says.

The shape of ``answering_machine_detection`` is documented nowhere (providers.md 1.2, 1.6): verdicts are
looked for under the names that carriers use, and count only where all of them agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews, named_in

DETECTION_KIND = "answering_machine_detection"

_VERDICTS = {
    "answeredby",
    "amdresult",
    "amdstatus",
    "detectionresult",
    "machinedetection",
    "machinedetectionresult",
    "result",
    "verdict",
}
_YES_OR_NO = {"ismachine", "machinedetected", "isvoicemail", "voicemaildetected"}
_MACHINES = {"voicemail", "answering_machine", "answeringmachine", "fax"}
_DEEPEST = 4


def read_machine(body: Any) -> CallNews | None:
    """Whom a detection is about, if it says for certain that a machine picked up; else None."""
    data = body.get("data", body) if isinstance(body, Mapping) else None
    if not isinstance(data, dict):
        return None
    verdicts = list(_verdicts(data, 0))
    return named_in(data, AttemptState.IN_PROGRESS) if verdicts and all(verdicts) else None


def weighed(news: CallNews, *, last_word: bool) -> CallNews:
    """News of a call on whose line a machine was heard. Somebody who spoke was no machine."""
    silent = not any(turn.role == "user" for turn in news.turns or ())
    if news.state is AttemptState.COMPLETED:
        unheard = silent and (news.turns is not None or last_word)
        return replace(news, state=AttemptState.VOICEMAIL) if unheard else news
    if news.state is AttemptState.FAILED and silent:
        return replace(news, state=AttemptState.VOICEMAIL)
    return news


def _verdicts(found: Mapping[str, Any], depth: int) -> Iterator[bool]:
    for key, value in found.items():
        name = key.replace("_", "").replace("-", "").lower() if isinstance(key, str) else ""
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _verdicts(value, depth + 1)
        elif name in _YES_OR_NO and isinstance(value, bool):
            yield value
        elif name in _VERDICTS and isinstance(value, str):
            word = value.strip().lower().replace("-", "_").replace(" ", "_")
            yield word.startswith("machine") or word in _MACHINES
