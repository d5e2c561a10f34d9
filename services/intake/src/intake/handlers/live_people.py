"""What a live lead says of a person, written down: as an import does, for one."""

from __future__ import annotations

from dataclasses import dataclass

from chassis import Tx
from contracts.intake import ApplicationOpened, CandidateProfileRevised, LiveLeadBroughtIn

from intake.domain.live_leads import ReadLead
from intake.domain.profiles import Profile, merged, profile_of
from intake.handlers.contact import take_over
from intake.handlers.profiles import published
from intake.ports import Applications, Candidates, Contacts, LiveLead, Position


@dataclass(frozen=True, slots=True)
class People:
    candidates: Candidates
    applications: Applications
    contacts: Contacts


async def bring_in(tx: Tx, read: ReadLead, position: Position, people: People, lead: LiveLead) -> int:
    """Whoever has the lead's id already is brought up to date. Answers whose lead it is."""
    fresh = profile_of(read.lead, read.questions, position.details.language)
    known = await people.candidates.with_lead_keys(tx, [read.lead.lead_key])
    found = known.get(read.lead.lead_key)
    if found is None:
        (candidate_id,) = await people.candidates.new_ids(tx, 1)
        await people.candidates.add(tx, {candidate_id: fresh})
        profile = fresh
    else:
        candidate_id = found[0]
        profile = await _bring_up_to_date(tx, people, candidate_id, fresh)
    application_id = await _application(tx, people, candidate_id, position.position_id, profile)
    tx.publish(
        LiveLeadBroughtIn(
            candidate_id=candidate_id,
            application_id=application_id,
            leadgen_id=lead.leadgen_id,
            form_id=lead.form_id,
            position_id=position.position_id,
            created=found is None,
        )
    )
    await take_over(tx, people.contacts, [candidate_id])
    return candidate_id


async def _bring_up_to_date(tx: Tx, people: People, candidate_id: int, fresh: Profile) -> Profile:
    person = await people.candidates.lock(tx, candidate_id)
    assert person is not None  # found this moment, and nobody is ever deleted
    then = merged(person.profile, fresh)
    if then != person.profile:
        revisions = await people.candidates.revise(tx, {candidate_id: then})
        tx.publish(
            CandidateProfileRevised(
                candidate_id=candidate_id,
                profile=published(then),
                before=published(person.profile),
                revision=revisions[candidate_id],
                cause="live_lead",
            )
        )
    return then


async def _application(
    tx: Tx, people: People, candidate_id: int, position_id: int, profile: Profile
) -> int | None:
    """The application of the person for the position: a new one unless there is one, closed ones included."""
    if (existing := await people.candidates.application_for(tx, candidate_id, position_id)) is not None:
        return existing[0]
    opened = await people.applications.open(tx, position_id, [candidate_id])
    if candidate_id not in opened:  # an import was faster
        existing = await people.candidates.application_for(tx, candidate_id, position_id)
        return existing[0] if existing else None
    tx.publish(
        ApplicationOpened(
            candidate_id=candidate_id,
            application_id=opened[candidate_id],
            position_id=position_id,
            profile=published(profile),
            via="live_lead",
        )
    )
    return opened[candidate_id]
