"""What the agent is told for one call: the position's prompts with the placeholders of recruitflow.md 9."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders that have a value, in one pass; ``{anything_else}`` and ``{{double}}`` are
    left alone.

    Double braces are ElevenLabs' own variables: a value that came with a lead must not bring any, so they are
    broken up inside values.
    """
    return _PLACEHOLDER.sub(
        lambda match: harmless(values[match[1]]) if match[1] in values else match[0], template
    )


def readable_answers(answers: Sequence[tuple[str, str]]) -> str:
    """Form answers as a person would read them out, one per line."""
    return "\n".join(f"- {question.strip()}: {answer.strip()}" for question, answer in answers)


def harmless(value: str) -> str:
    """Without anything that the provider would fill in."""
    return value.replace("{{", "{ {").replace("}}", "} }")
