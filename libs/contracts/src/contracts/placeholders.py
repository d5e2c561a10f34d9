"""Placeholders in texts that recruiters write: ``{candidate_name}``. Which ones are known, and which are not.

``{{double}}`` braces are the telephony provider's own variables; only its ``system__`` ones are ever filled.
"""

from __future__ import annotations

import re

CALL_PLACEHOLDERS = (
    "candidate_name",
    "candidate_first_name",
    "candidate_email",
    "position_title",
    "position_description",
    "form_answers",
)
"""What a system prompt and a first message may name (recruitflow.md 9)."""

TEMPLATE_PLACEHOLDERS = ("title", "description", "campaign_questions")
"""What a prompt template is filled with (recruitflow.md 4.10)."""

_SINGLE = re.compile(r"(?<!\{)\{([A-Za-z_][A-Za-z0-9_]*)\}(?!\})")
_DOUBLE = re.compile(r"\{\{\s*([A-Za-z0-9_.]*)\s*\}\}")


def unknown_placeholders(text: str, known: tuple[str, ...]) -> list[str]:
    """Those named in a text that nothing will ever fill, as written, without repeats.

    Braces around anything but one word (JSON in a prompt, say) are no placeholder.
    """
    found = [f"{{{name}}}" for name in _SINGLE.findall(text) if name not in known]
    found += [f"{{{{{name}}}}}" for name in _DOUBLE.findall(text) if not name.startswith("system__")]
    return list(dict.fromkeys(found))
