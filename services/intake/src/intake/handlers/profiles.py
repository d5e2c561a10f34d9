"""A person as intake says them to the others."""

from __future__ import annotations

from functools import lru_cache

from contracts.intake import CandidateProfile, FormAnswer
from people import humanize_question

from intake.domain.profiles import Profile


def published(profile: Profile) -> CandidateProfile:
    return CandidateProfile(
        full_name=profile.full_name,
        first_name=profile.first_name,
        last_name=profile.last_name,
        phone=profile.phone,
        phone_as_given=profile.phone_as_given,
        email=profile.email,
        whatsapp_number=profile.whatsapp_number,
        language=profile.language,
        time_zone=profile.time_zone,
        source=profile.source,
        meta_lead_id=profile.lead_id,
        meta_created_time=profile.created,
        campaign_name=profile.campaign_name,
        platform=profile.platform,
        form_answers=[_answered(*answer) for answer in profile.answers],
        notes=profile.notes,
    )


@lru_cache(maxsize=1_000)
def _answered(question: str, answer: str) -> FormAnswer:
    """Most answers of a form are choices, the same few in every row."""
    return FormAnswer(question=question, label=humanize_question(question), answer=answer)
