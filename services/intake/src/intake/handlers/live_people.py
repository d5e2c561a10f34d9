"""What a live lead says of a person, written down: as an import does, for one."""

from __future__ import annotations

from dataclasses import dataclass

from chassis import Tx
from contracts.intake import ApplicationOpened, CandidateProfileRevised, LiveLeadBroughtIn

from intake.domain.live_leads import ReadLead
from intake.domain.profiles import Profile, merged, profile_of
from intake.domain.typed_people import taken_on
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
        profile, changed = fresh, [candidate_id]
    else:
        candidate_id, profile, changed = await _bring_up_to_date(tx, people, found[0], fresh)
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
    await take_over(tx, people.contacts, changed)
    return candidate_id


async def _bring_up_to_date(
    tx: Tx, people: People, candidate_id: int, fresh: Profile
) -> tuple[int, Profile, list[int]]:
    """Who the person is by now, how they read, and whose records changed: all that were merged into one."""
    person = await people.candidates.lock(tx, candidate_id)
    if person is not None and person.merged_into is not None:
        person = await people.candidates.lock(tx, person.merged_into)
    assert person is not None  # found this moment, and nobody is ever deleted
    profile = merged(person.profile, fresh)
    if profile == person.profile:
        return person.candidate_id, profile, []
    before, then = {person.candidate_id: person.profile}, {person.candidate_id: profile}
    for alias in await people.candidates.aliases(tx, person.candidate_id):
        before[alias.candidate_id] = alias.profile
        then[alias.candidate_id] = taken_on(alias.profile, person.profile, profile)
    revisions = await people.candidates.revise(tx, then)
    for each, revision in sorted(revisions.items()):
        tx.publish(
            CandidateProfileRevised(
                candidate_id=each,
                profile=published(then[each]),
                before=published(before[each]),
                revision=revision,
                cause="live_lead",
            )
        )
    return person.candidate_id, profile, sorted(then)


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
