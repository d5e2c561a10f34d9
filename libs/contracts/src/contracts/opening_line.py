"""What every call says first, before the position's own first message; nobody can leave it out.

That a machine speaks, for whom, and that the call is recorded where it is. Calling says it, the recruiters'
pages show it locked above the field.
"""

from __future__ import annotations

_WORDS = {
    "ro": (
        "Bună ziua, {name}. Sunt un asistent virtual, un sistem AI, și vă sun din partea {employer}.",
        "echipei de recrutare",
        "Apelul este înregistrat.",
    ),
    "en": (
        "Hello {name}. I am a virtual assistant, an AI system, calling on behalf of {employer}.",
        "the recruiting team",
        "This call is recorded.",
    ),
}


def opening_line(*, language: str, name: str, employer: str, recorded: bool) -> str:
    """One or two sentences to be spoken. ``name`` may be a placeholder; an unknown language is English."""
    greeting, nobody, recording = _WORDS.get(language, _WORDS["en"])
    if not name.strip():
        greeting = greeting.replace(", {name}", "").replace(" {name}", "")
    said = greeting.replace("{employer}", employer.strip() or nobody).replace("{name}", name.strip())
    return f"{said} {recording}" if recorded else said
