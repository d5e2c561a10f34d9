"""People as intake keeps them. All are invented."""

from __future__ import annotations

from typing import Any

from intake.domain.profiles import Profile
from people import fold, split_name


def a_person(number: int, name: str = "", **changes: Any) -> Profile:
    """Somebody who shares nothing with anybody else, unless told to."""
    name = name or f"Unu{number} Altul{number}"
    first, last = split_name(name)
    known: dict[str, Any] = {
        "full_name": name,
        "first_name": first,
        "last_name": last,
        "name_folded": fold(name),
        "phone": f"+40712{number:06}",
        "phone_as_given": None,
        "email": f"cineva{number}@example.com",
        "whatsapp_number": None,
        "language": "ro",
        "time_zone": None,
        "source": "meta_form",
        "lead_id": f"l:{number}",
        "lead_key": str(number),
        "created": None,
        "campaign_name": None,
        "platform": None,
        "answers": (),
    }
    return Profile(**known | changes)
