"""Two records of one person: which of two applications goes on, and how the person reads from then on.

A merge is an alias: nothing moves from one record to the other, and nothing said before is rewritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from people import phone_time_zone

from intake.domain.applications import Application
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status

UNDO_WITHIN = timedelta(days=30)

FIELDS = frozenset({"full_name", "phone", "email", "whatsapp_number", "language", "time_zone", "notes"})
"""What a recruiter may take from the one that is merged."""

FURTHER = (
    Status.CLOSED,
    Status.PENDING_CALL,
    Status.CALL_FAILED,
    Status.CALL_QUEUED,
    Status.CALL_IN_PROGRESS,
    Status.CALL_COMPLETED,
    Status.SCORING,
    Status.CALLBACK_SCHEDULED,
    Status.NEEDS_HUMAN,
    Status.NOT_QUALIFIED,
    Status.AWAITING_CV_REJECTED,
    Status.CV_RECEIVED_REJECTED,
    Status.QUALIFIED,
    Status.AWAITING_CV,
    Status.CV_FOLLOWUP_1,
    Status.CV_FOLLOWUP_2,
    Status.CV_OVERDUE,
    Status.CV_RECEIVED,
)
"""From least to furthest. What was agreed with a person counts more than what is being tried, a verdict more
than either, a good one more than a bad one. An ended application ends no other: that is for a recruiter."""


def to_close(applications: Iterable[Application], active: Mapping[int, datetime]) -> dict[int, int]:
    """Of one person's applications those that end, each with the one that goes on for the same position.

    Of two that are equally far the one with the latest activity (``active``: by application id) goes on.
    """
    by_position: dict[int, list[Application]] = {}
    for application in applications:
        if application.status is not Status.CLOSED:
            by_position.setdefault(application.position_id, []).append(application)
    closing: dict[int, int] = {}
    for rivals in by_position.values():
        stays = max(rivals, key=lambda one: _far(one, active))
        closing |= {one.application_id: stays.application_id for one in rivals if one is not stays}
    return closing


def _far(application: Application, active: Mapping[int, datetime]) -> tuple[int, datetime, int]:
    latest = active[application.application_id]
    return FURTHER.index(application.status), latest, application.application_id


def combined(kept: Profile, merged: Profile, take: Collection[str]) -> Profile:
    """How the one that is kept reads from then on, under the lead it came with.

    What it lacks comes from the merged one, and so does what is named in ``take``, where that one has it. A
    number that can't be used is none.
    """
    name = merged if merged.full_name and ("full_name" in take or not kept.full_name) else kept
    phone = merged if merged.phone and ("phone" in take or not kept.phone) else kept
    if not kept.phone and not kept.phone_as_given:
        phone = merged
    asked = {question for question, _ in kept.answers}
    return kept._replace(
        full_name=name.full_name,
        first_name=name.first_name,
        last_name=name.last_name,
        name_folded=name.name_folded,
        phone=phone.phone,
        phone_as_given=phone.phone_as_given,
        email=_either("email", kept, merged, take),
        whatsapp_number=_either("whatsapp_number", kept, merged, take),
        language=_either("language", kept, merged, take) or kept.language,
        time_zone=_time_zone(kept, merged, phone, take),
        created=kept.created or merged.created,
        campaign_name=kept.campaign_name or merged.campaign_name,
        platform=kept.platform or merged.platform,
        answers=(*kept.answers, *(answer for answer in merged.answers if answer[0] not in asked)),
        notes=_either("notes", kept, merged, take),
    )


def under_own_lead(person: Profile, alias: Profile) -> Profile:
    """A merged person reads like the one that was kept, and is still found by the lead they came with."""
    return person._replace(
        source=alias.source, lead_id=alias.lead_id, lead_key=alias.lead_key, created=alias.created
    )


def _either(field: str, kept: Profile, merged: Profile, take: Collection[str]) -> str | None:
    mine: str | None = getattr(kept, field)
    theirs: str | None = getattr(merged, field)
    return theirs or mine if field in take else mine or theirs


def _time_zone(kept: Profile, merged: Profile, phone: Profile, take: Collection[str]) -> str | None:
    """One that came with a number goes with that number."""
    came_with = phone_time_zone(kept.phone) if kept.phone else None
    if "time_zone" not in take and phone is merged and kept.time_zone == came_with:
        return merged.time_zone or kept.time_zone
    return _either("time_zone", kept, merged, take)
