"""What a model says a CV contains is believed only where it stands in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_PHONE = 7
_PHONE_TAIL = 9


@dataclass(frozen=True, slots=True)
class Extracted:
    """Contact data as read from a CV; None where it says nothing."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def full_name(self) -> str | None:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or None


def verified(claim: Extracted, text: str, folded_text: str, folded_claim: Extracted) -> Extracted:
    """The parts of a claim that stand in the text; the rest is dropped, however plausible."""
    return Extracted(
        first_name=_word_in(folded_claim.first_name, folded_text, claim.first_name),
        last_name=_word_in(folded_claim.last_name, folded_text, claim.last_name),
        email=claim.email if claim.email and claim.email.lower() in text.lower() else None,
        phone=claim.phone if claim.phone and _phone_in(claim.phone, text) else None,
    )


def _word_in(folded: str | None, folded_text: str, as_claimed: str | None) -> str | None:
    if not folded:
        return None
    words = set(_WORD.findall(folded_text))
    return as_claimed if all(word in words for word in _WORD.findall(folded)) else None


def _phone_in(phone: str, text: str) -> bool:
    """Compared by its last nine digits: a model may add the country code the text leaves out."""
    digits = "".join(char for char in phone if char.isdigit())
    if len(digits) < _SHORTEST_PHONE:
        return False
    return digits[-_PHONE_TAIL:] in "".join(char for char in text if char.isdigit())
