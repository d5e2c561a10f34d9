"""Who a CV is about: name, email and phone as they stand in its text."""

from __future__ import annotations

import re
from typing import Any

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+|00)?\d[\d\s().-]{7,17}\d")
_LABEL = re.compile(
    r"^\s*(?:nume(?: și prenume| complet)?|name|full name)\s*[:\-]\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"^\s*([^\W\d_][\w'’.-]+(?:[ \t]+[^\W\d_][\w'’.-]+){1,3})\s*$", re.MULTILINE)
_NOT_A_NAME = {
    "curriculum", "vitae", "resume", "cv", "experiență", "profesională", "work", "experience", "education",
    "educație", "studii", "contact", "profile", "profil", "skills", "competențe", "about", "despre", "limbi",
    "străine", "languages", "text", "document", "personal", "details", "date", "personale", "objective",
    "summary",
}  # fmt: skip


def cv_fields(text: str) -> dict[str, Any]:
    """Missing values are None."""
    email = _EMAIL.search(text)
    phone = next((found for found in _PHONE.finditer(text) if _is_phone(found.group())), None)
    first, last = _name(text)
    return {
        "first_name": first,
        "last_name": last,
        "full_name": f"{first} {last}" if first and last else None,
        "name": f"{first} {last}" if first and last else None,
        "email": email.group() if email else None,
        "phone": re.sub(r"[^\d+]", "", phone.group()) if phone else None,
    }


def _is_phone(found: str) -> bool:
    # "2019 - 2024" is a span of years, not a number to ring.
    digits = re.sub(r"\D", "", found)
    years = re.fullmatch(r"\s*(?:19|20)\d\d\s*[-.]\s*(?:19|20)\d\d\s*", found)
    return 9 <= len(digits) <= 15 and not years


def _name(text: str) -> tuple[str | None, str | None]:
    labelled = _LABEL.search(text)
    candidates = [labelled.group(1)] if labelled else []
    candidates += [found.group(1) for found in _NAME.finditer(text)]
    for candidate in candidates:
        words = candidate.split()
        if len(words) < 2 or any(word.lower().strip(":.") in _NOT_A_NAME for word in words):
            continue
        if all(word[0].isupper() for word in words):
            return words[0].title() if words[0].isupper() else words[0], " ".join(
                word.title() if word.isupper() else word for word in words[1:]
            )
    return None, None
