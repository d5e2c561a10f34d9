"""People as recruiters write them down and correct them, and put into positions.

Who may be the same person is looked for behind these facts (``handlers/duplicates.py``); what somebody with
the same number or address asked us not to do counts for them at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import (
    AddCandidate,
    ApplicationOpened,
    CandidateAdded,
    CorrectCandidate,
    OpenApplication,
    PositionStatus,
)
from people import region_of_time_zone

from intake.domain.applications import Happening
from intake.domain.profiles import Profile
from intake.domain.status_machine import Fact, Status
from intake.domain.typed_people import NotUsable, corrected, taken_on, written_down
from intake.handlers.contact import take_over
from intake.handlers.moves import moves_of, record
from intake.handlers.profiles import published, revise_people
from intake.ports import Applications, Candidate, Candidates, Contacts, Position, Positions

handlers = Handlers("intake")
NAMED = 3
_AGAIN = Happening(Fact.BROUGHT_BACK, "a recruiter put them into the position again")


@handlers.answers(AddCandidate)
async def add_candidate(
    command: AddCandidate,
    tx: Tx,
    candidates: Candidates,
    positions: Positions,
    applications: Applications,
    contacts: Contacts,
) -> Accepted | Refused:
    position: Position | Refused | None = None
    if command.position_id is not None:
        position = await _open_position(tx, positions, command.position_id)
    if isinstance(position, Refused):
        return position
    try:
        region = region_of_time_zone(position.details.time_zone if position else None)
        profile = written_down(command.fields, region)
    except NotUsable as odd:
        return Refused(code=odd.code, message=odd.message)
    if not command.despite_duplicates:
        known = await candidates.reached_by(tx, profile.phone, profile.email)
        known = [person for person in known if person.withdrawn_at is None]
        if known:
            return Refused(code="known_already", message=_known_already(profile, known))
    (candidate_id,) = await candidates.new_ids(tx, 1)
    await candidates.add(tx, {candidate_id: profile})
    tx.publish(CandidateAdded(candidate_id=candidate_id, profile=published(profile), actor=command.actor))
    application_id = None
    if position is not None:
        application_id = await _open(tx, applications, position, candidate_id, profile, command.actor)
    await take_over(tx, contacts, [candidate_id])
    return Accepted(result={"candidate_id": candidate_id, "application_id": application_id})


@handlers.answers(OpenApplication)
async def open_application(
    command: OpenApplication,
    tx: Tx,
    candidates: Candidates,
    positions: Positions,
    applications: Applications,
) -> Accepted | Refused:
    """Paused positions take applications: they wait there. One per person, whichever of their ids has it."""
    person = await candidates.lock(tx, command.candidate_id)
    if refused := _not_here(person, "put them into positions there"):
        return refused
    position = await _open_position(tx, positions, command.position_id)
    if isinstance(position, Refused):
        return position
    has = await candidates.application_for(tx, command.candidate_id, command.position_id)
    if has is not None:
        if await _brought_back(tx, applications, positions, has[0], command.actor):
            return Accepted(result={"application_id": has[0]})
        return Refused(code="has_application", message=_has_application(*has))
    assert person is not None  # it would have been refused
    application_id = await _open(
        tx, applications, position, person.candidate_id, person.profile, command.actor
    )
    return Accepted(result={"application_id": application_id})


async def _brought_back(
    tx: Tx, applications: Applications, positions: Positions, application_id: int, actor: Actor
) -> bool:
    """One that was closed as its import was undone goes on, as it does when its lead comes again."""
    moves = [
        move
        for application in await applications.lock_many(tx, [application_id])
        for move in moves_of(application, _AGAIN, actor)
    ]
    await record(tx, moves, applications, positions)
    return bool(moves)


@handlers.answers(CorrectCandidate)
async def correct_candidate(
    command: CorrectCandidate, tx: Tx, candidates: Candidates, contacts: Contacts
) -> Accepted | Refused:
    """A correction that changes nothing is accepted and leaves no trace."""
    person = await candidates.lock(tx, command.candidate_id)
    if refused := _not_here(person, "correct them there"):
        return refused
    assert person is not None  # it would have been refused
    if command.expected_revision not in (None, person.revision):
        return Refused(
            code="revised_meanwhile",
            message="Somebody else has changed this person meanwhile: look at them again, then save.",
        )
    try:
        where = await candidates.applied_where(tx, person.candidate_id)
        profile = corrected(person.profile, command.fields, where)
    except NotUsable as odd:
        return Refused(code=odd.code, message=odd.message)
    if profile == person.profile:
        return Accepted(result={"revision": person.revision})
    before = {person.candidate_id: person.profile}
    then = {person.candidate_id: profile}
    for alias in await candidates.aliases(tx, person.candidate_id):
        before[alias.candidate_id] = alias.profile
        then[alias.candidate_id] = taken_on(alias.profile, person.profile, profile)
    revisions = await revise_people(tx, candidates, before, then, cause="recruiter", actor=command.actor)
    await take_over(tx, contacts, sorted(then))
    return Accepted(result={"revision": revisions[person.candidate_id]})


async def _open(
    tx: Tx,
    applications: Applications,
    position: Position,
    candidate_id: int,
    profile: Profile,
    actor: Actor,
) -> int:
    opened = await applications.open(tx, position.position_id, [candidate_id])
    tx.publish(
        ApplicationOpened(
            candidate_id=candidate_id,
            application_id=opened[candidate_id],
            position_id=position.position_id,
            profile=published(profile),
            via="recruiter",
            actor=actor,
        )
    )
    return opened[candidate_id]


async def _open_position(tx: Tx, positions: Positions, position_id: int) -> Position | Refused:
    """Locked, so that it is not closed before the application stands in it."""
    position = await positions.lock(tx, position_id)
    if position is None:
        return Refused(code="no_position", message=f"There is no position {position_id}.")
    if position.details.status is PositionStatus.CLOSED:
        message = "The position is closed: open it again, or choose another."
        return Refused(code="position_closed", message=message)
    return position


def _not_here(person: Candidate | None, there: str) -> Refused | None:
    if person is None:
        return Refused(code="not_found", message="There is no such candidate.")
    if person.merged_into is not None:
        message = f"This person was merged into candidate {person.merged_into}: {there}."
        return Refused(code="merged", message=message)
    if person.withdrawn_at is not None:
        message = (
            "The import that brought this person was undone: import the file again, or add them by hand."
        )
        return Refused(code="withdrawn", message=message)
    return None


def _known_already(profile: Profile, known: Sequence[Candidate]) -> str:
    people = "; ".join(
        f"{person.profile.full_name or 'somebody without a name'} (candidate {person.candidate_id})"
        f" has the same {_shared(profile, person.profile)}"
        for person in known[:NAMED]
    )
    more = f"; and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return f"{people}{more}. Go on there, or add this person all the same if it is somebody else."


def _shared(one: Profile, other: Profile) -> str:
    number = one.phone is not None and one.phone in (other.phone, other.whatsapp_number)
    email = one.email is not None and one.email == other.email
    return " and ".join(word for word, same in (("phone number", number), ("email", email)) if same) or (
        "contact as one merged into them"
    )


def _has_application(application_id: int, status: Status) -> str:
    stands = (
        f"They have application {application_id} for this position: it is {status.value.replace('_', ' ')}."
    )
    return f"{stands} Reopen it if they want to go on." if status is Status.CLOSED else stands
