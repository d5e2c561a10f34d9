"""The words of a lead form: Meta writes underscores for spaces in questions and in chosen answers."""

from __future__ import annotations


def humanize_question(key: str) -> str:
    """A column header as a person reads it: ``ai_permis_de_conducere?`` is ``Ai permis de conducere?``."""
    words = " ".join(key.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def humanize_answer(value: str) -> str:
    """An answer as a person reads it. Addresses keep their underscores: they mean something there."""
    value = value.strip()
    if "_" not in value or "@" in value or "://" in value:
        return value
    return " ".join(value.replace("_", " ").split())
