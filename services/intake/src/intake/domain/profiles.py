"""A person as intake knows them, and what a lead adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from intake.domain.lead_columns import Question
from intake.domain.lead_rows import Lead


class Profile(NamedTuple):
    """``phone`` is E.164 or None; ``lead_key`` is the lead id without Meta's prefix."""

    full_name: str
    first_name: str
    last_name: str
    name_folded: str
    phone: str | None
    phone_as_given: str | None
    email: str | None
    whatsapp_number: str | None
    language: str
    time_zone: str | None
    source: str
    lead_id: str | None
    lead_key: str | None
    created: datetime | None
    campaign_name: str | None
    platform: str | None
    answers: tuple[tuple[str, str], ...]
    """Questions as they were asked, with the answers, in the order of the form."""
    notes: str | None = None
    """A recruiter's, of the person."""


def profile_of(lead: Lead, questions: Sequence[Question], language: str) -> Profile:
    """What a lead says of a person nobody knew before."""
    return Profile(
        full_name=lead.full_name,
        first_name=lead.first_name,
        last_name=lead.last_name,
        name_folded=lead.name_folded,
        phone=lead.phone,
        phone_as_given=lead.phone_as_given,
        email=lead.email,
        whatsapp_number=lead.whatsapp_number,
        language=language,
        time_zone=lead.time_zone,
        source="meta_form",
        lead_id=lead.lead_id,
        lead_key=lead.lead_key,
        created=datetime.fromisoformat(lead.created) if lead.created else None,
        campaign_name=lead.campaign_name,
        platform=lead.platform,
        answers=tuple((questions[number].key, answer) for number, answer in lead.answers),
    )


def merged(known: Profile, fresh: Profile) -> Profile:
    """What is known, brought up to date: what the lead leaves out, or can't be used, takes nothing away.

    The same number written in another way, or the same answers in another order, is no change: Meta's export
    and its Graph API differ in both.
    """
    name = fresh if fresh.full_name else known
    phone = known if known.phone and fresh.phone in (None, known.phone) else fresh
    same_answers = len(fresh.answers) == len(known.answers) and set(fresh.answers) == set(known.answers)
    return Profile(
        full_name=name.full_name,
        first_name=name.first_name,
        last_name=name.last_name,
        name_folded=name.name_folded,
        phone=phone.phone,
        phone_as_given=phone.phone_as_given or known.phone_as_given,
        email=fresh.email or known.email,
        whatsapp_number=fresh.whatsapp_number or known.whatsapp_number,
        language=known.language,
        time_zone=phone.time_zone,
        source=known.source,
        lead_id=known.lead_id,
        lead_key=known.lead_key,
        created=fresh.created or known.created,
        campaign_name=fresh.campaign_name or known.campaign_name,
        platform=fresh.platform or known.platform,
        answers=known.answers if same_answers else fresh.answers or known.answers,
        notes=known.notes,
    )
