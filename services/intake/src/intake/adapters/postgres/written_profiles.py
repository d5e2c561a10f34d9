"""People as they were at some moment, in jsonb: what a merge or an import found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intake.domain.profiles import Profile


def written(profile: Profile) -> dict[str, Any]:
    return profile._asdict() | {"created": profile.created.isoformat() if profile.created else None}


def read(profile: dict[str, Any]) -> Profile:
    created = datetime.fromisoformat(profile["created"]) if profile["created"] else None
    answers = tuple((question, answer) for question, answer in profile["answers"])
    return Profile(**profile | {"created": created, "answers": answers})
