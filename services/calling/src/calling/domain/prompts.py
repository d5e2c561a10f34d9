"""What the agent is told for one call: the position's prompts with the placeholders of recruitflow.md 9."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PLACEHOLDERS = (
    "candidate_name",
    "candidate_first_name",
    "candidate_email",
    "position_title",
    "position_description",
    "form_answers",
)
_PLACEHOLDER = re.compile(r"(?<!\{)\{(" + "|".join(PLACEHOLDERS) + r")\}(?!\})")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace the known placeholders in one pass; ``{anything_else}`` and ``{{double}}`` are left alone.

    Double braces are ElevenLabs' own variables: a value that came with a lead must not bring any, so they are
    broken up inside values.
    """
    return _PLACEHOLDER.sub(lambda match: _harmless(values.get(match.group(1), "")), template)


def readable_answers(answers: Sequence[tuple[str, str]]) -> str:
    """Form answers as a person would read them out, one per line."""
    return "\n".join(f"- {question.strip()}: {answer.strip()}" for question, answer in answers)


def _harmless(value: str) -> str:
    return value.replace("{{", "{ {").replace("}}", "} }")
