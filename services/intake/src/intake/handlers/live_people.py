"""What a live lead says of a person, written down: as an import does (``known_leads``), for one."""

from __future__ import annotations

from dataclasses import dataclass

from chassis import Tx
from contracts import Actor
from contracts.intake import (
    ApplicationOpened,
    CandidateReturned,
    LiveLeadBroughtIn,
)

from intake.domain.applications import Happening
from intake.domain.live_leads import ReadLead
from intake.domain.preview import Known, with_lead
from intake.domain.profiles import Profile, profile_of
from intake.domain.status_machine import Fact
from intake.handlers.contact import take_over
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import published, revise_people, with_aliases
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    ImportTraces,
    KnownPeople,
    LiveLead,
    Position,
    Positions,
)

_AGAIN = Happening(Fact.BROUGHT_BACK, "the lead came again, live")


@dataclass(frozen=True, slots=True)
class People:
    """Everything that is kept of them."""

    known: KnownPeople
    candidates: Candidates
    applications: Applications
    positions: Positions
    contacts: Contacts
    traces: ImportTraces


async def bring_in(tx: Tx, read: ReadLead, position: Position, people: People, lead: LiveLead) -> int:
    """Whoever has the lead's id already is brought up to date. Answers whose lead it is."""
    fresh = profile_of(read.lead, read.questions, position.details.language)
    key = read.lead.lead_key
    found = await people.known.with_lead_keys(tx, position.position_id, [key], lock=True)
    known = found.get(key)
    if known is None:
        (candidate_id,) = await people.candidates.new_ids(tx, 1)
        await people.candidates.add(tx, {candidate_id: fresh})
        profile, concerned = fresh, [candidate_id]
    else:
        candidate_id, profile = known.candidate_id, with_lead(known, fresh).profile
        concerned = await _bring_up_to_date(tx, people, known, profile)
    application_id = await _application(tx, people, position.position_id, candidate_id, profile, known)
    tx.publish(
        LiveLeadBroughtIn(
            candidate_id=candidate_id,
            application_id=application_id,
            leadgen_id=lead.leadgen_id,
            form_id=lead.form_id,
            position_id=position.position_id,
            created=known is None,
        )
    )
    await take_over(tx, people.contacts, concerned)
    return candidate_id


async def _bring_up_to_date(tx: Tx, people: People, known: Known, profile: Profile) -> list[int]:
    """Answers whose records changed: of the person, and of all who were merged into them."""
    if known.withdrawn:
        await people.traces.let_return(tx, [known.candidate_id])
        tx.publish(CandidateReturned(candidate_id=known.candidate_id))
    if profile == known.profile:
        return [known.candidate_id] if known.withdrawn else []
    before, then = await with_aliases(
        tx,
        people.candidates,
        {known.candidate_id: known.profile},
        {known.candidate_id: profile},
        [known.candidate_id] if known.aliases else [],
    )
    await revise_people(tx, people.candidates, before, then, cause="live_lead", actor=Actor.system())
    return sorted(then)


async def _application(
    tx: Tx, people: People, position_id: int, candidate_id: int, profile: Profile, known: Known | None
) -> int | None:
    """The person's application for the position, whatever its status: a new one only where there is none."""
    if known is not None and known.undone_application is not None:
        return await _back(tx, people, known.undone_application)
    if known is None or not known.applied:
        opened = await people.applications.open(tx, position_id, [candidate_id])
        if (application_id := opened.get(candidate_id)) is not None:
            tx.publish(
                ApplicationOpened(
                    candidate_id=candidate_id,
                    application_id=application_id,
                    position_id=position_id,
                    profile=published(profile),
                    via="live_lead",
                )
            )
            return application_id
    existing = await people.candidates.application_for(tx, candidate_id, position_id)
    return existing[0] if existing else None


async def _back(tx: Tx, people: People, application_id: int) -> int:
    """It was closed as the import that had brought it was undone."""
    moves = [
        move
        for application in await people.applications.lock_many(tx, [application_id])
        for move in moves_of(application, _AGAIN, Actor.system())
    ]
    await record(tx, moves, people.applications, people.positions)
    return application_id
