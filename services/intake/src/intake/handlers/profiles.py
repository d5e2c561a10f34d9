"""A person as intake says them to the others, and how a change of one is written down and said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeAlias
from uuid import UUID

from chassis import Tx
from contracts import Actor
from contracts.intake import CandidateProfile, CandidateProfileRevised, FormAnswer
from people import humanize_question

from intake.domain.merging import under_own_lead
from intake.domain.profiles import Profile
from intake.ports import Candidates

Cause: TypeAlias = Literal["import", "recruiter", "live_lead", "merge", "merge_undone", "import_undone"]
Profiles: TypeAlias = Mapping[int, Profile]


def published(profile: Profile) -> CandidateProfile:
    return CandidateProfile(**published_fields(profile, _answered))


def published_fields(profile: Profile, answered: Callable[[str, str], Any]) -> dict[str, Any]:
    """The fields of ``CandidateProfile``; ``answered`` makes a form answer of question and answer."""
    return {
        "full_name": profile.full_name,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "phone": profile.phone,
        "phone_as_given": profile.phone_as_given,
        "email": profile.email,
        "whatsapp_number": profile.whatsapp_number,
        "language": profile.language,
        "time_zone": profile.time_zone,
        "source": profile.source,
        "meta_lead_id": profile.lead_id,
        "meta_created_time": profile.created,
        "campaign_name": profile.campaign_name,
        "platform": profile.platform,
        "form_answers": [answered(*answer) for answer in profile.answers],
        "notes": profile.notes,
    }


@lru_cache(maxsize=1_000)
def _answered(question: str, answer: str) -> FormAnswer:
    """Most answers of a form are choices, the same few in every row."""
    return FormAnswer(question=question, label=humanize_question(question), answer=answer)


async def revise_people(
    tx: Tx,
    candidates: Candidates,
    before: Profiles,
    then: Profiles,
    *,
    cause: Cause,
    actor: Actor,
    import_id: UUID | None = None,
) -> dict[int, int]:
    """Write down how people read by now and say it, with how they read before. Answers their revisions."""
    revisions = await candidates.revise(tx, then)
    for candidate_id, revision in sorted(revisions.items()):
        tx.publish(
            CandidateProfileRevised(
                candidate_id=candidate_id,
                profile=published(then[candidate_id]),
                before=published(before[candidate_id]),
                revision=revision,
                cause=cause,
                actor=actor,
                import_id=import_id,
            )
        )
    return revisions


async def with_aliases(
    tx: Tx, candidates: Candidates, before: Profiles, then: Profiles, merged: Iterable[int]
) -> tuple[dict[int, Profile], dict[int, Profile]]:
    """Both with every record that was merged into one of ``merged``: it reads as its person does."""
    all_before, all_then = dict(before), dict(then)
    for candidate_id in merged:
        for alias in await candidates.aliases(tx, candidate_id):
            all_before[alias.candidate_id] = alias.profile
            all_then[alias.candidate_id] = under_own_lead(then[candidate_id], alias.profile)
    return all_before, all_then
