"""Email addresses: how one is kept, and when two are the same."""

from __future__ import annotations

import re

LONGEST = 254
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")


def fold_email(address: str) -> str:
    """The form in which two email addresses are the same one."""
    return address.strip().casefold()


def normalise_email(raw: str) -> str | None:
    """An address as it is kept, in small letters; None where it can't be one."""
    address = raw.strip().lower()
    return address if len(address) <= LONGEST and _ADDRESS.fullmatch(address) else None
