"""A text that the model wrote, or why it can't be used and what a recruiter can do about it.

Nothing is repaired but a fence or quotation marks around the whole: a text with half of it missing, inside
JSON, or with a placeholder that nobody fills would be read to a person on the phone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from scoring.domain.prompt_templates import Section

LONGEST_TEXT = 20_000
"""Characters; a position takes no longer one (intake refuses it)."""

FINISHED = (None, "end_turn", "stop_sequence")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""All but tabs and ends of lines. Intake takes no text with one of them into a position."""
_FENCED = re.compile(r"\A```[^\n`]*\n(?P<inside>.*?)\n?```\Z", re.DOTALL)
_QUOTES = (('"', '"'), ("„“", "”“"))
_OPENS_JSON = re.compile(r"\A(?:\{\s*\"|\[\s*[\[{\"])")
_JSON_AROUND = re.compile(r"\"(?:system_prompt|first_message|qualification_prompt|text)\"\s*:\s*\"")

_STOPPED = {
    "max_tokens": "The text was cut off at ANTHROPIC_MAX_TOKENS: raise that setting, or have the template ask"
    " for a shorter text.",
    "model_context_window_exceeded": "The description and the questions are too long for the model: shorten"
    " them.",
    "refusal": "The model refused to write it: look at what the description, the questions and the template"
    " ask for, and say it in other words.",
}


class UnusableText(Exception):
    """``reason`` is for a recruiter: what is wrong, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_damaged(*texts: str) -> bool:
    """Whether one of them holds what stands in no text."""
    return any(_CONTROL.search(text) for text in texts)


def read_text(
    answer: str,
    *,
    stop_reason: str | None,
    section: Section,
    known: tuple[str, ...],
    unknown_in: Callable[[str, tuple[str, ...]], Sequence[str]],
) -> str:
    """The text as it will be used; raises ``UnusableText``.

    ``known``: the placeholders that may stand in it; ``unknown_in`` finds those that nobody fills.
    """
    if stop_reason not in FINISHED:
        raise UnusableText(_STOPPED.get(stop_reason or "", _ended_early(stop_reason)))
    text = _without_quotes(_without_fence(answer))
    if not text:
        raise UnusableText("The model answered with nothing: generate it again.")
    if "```" in text:
        raise UnusableText("The model put more than the text into its answer (a fence): generate it again.")
    if _is_json(text):
        raise UnusableText(
            "The model answered with JSON instead of plain text: generate it again, and see that the template"
            " asks for no JSON."
        )
    if is_damaged(text):
        raise UnusableText("The text holds control characters, which no text does: generate it again.")
    if unknown := unknown_in(text, known):
        raise UnusableText(_unfillable(unknown, known, section))
    if len(text) > LONGEST_TEXT:
        raise UnusableText(
            f"The text has {len(text)} characters, a position takes {LONGEST_TEXT}: have the template ask for"
            " a shorter one."
        )
    return text


def _ended_early(stop_reason: str | None) -> str:
    return f"The model stopped before the text was done ({stop_reason}): generate it again."


def _without_fence(answer: str) -> str:
    bare = answer.strip()
    fenced = _FENCED.match(bare)
    return (fenced["inside"] if fenced else bare).strip()


def _without_quotes(text: str) -> str:
    for left, right in _QUOTES:
        inside = text[1:-1]
        if len(text) > 1 and text[0] in left and text[-1] in right and not set(inside) & set(left + right):
            return inside.strip()
    return text


def _is_json(text: str) -> bool:
    if _OPENS_JSON.match(text) or _JSON_AROUND.search(text):
        return True
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _unfillable(unknown: Sequence[str], known: tuple[str, ...], section: Section) -> str:
    named = ", ".join(unknown)
    may = ", ".join(f"{{{name}}}" for name in known)
    allowed = f"it may name {may}" if known else f"a {section.words} may name none"
    return (
        f"The text names {named}, which nothing fills; {allowed}: generate it again, or have the template say"
        " so."
    )
