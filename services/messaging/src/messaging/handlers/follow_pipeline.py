"""Messaging's own picture of positions and candidates: one ordered consumer, ``follow_intake``."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts.intake import (
    ApplicationOpened,
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactAllowed,
    ContactChannel,
    ContactForbidden,
    PositionDetails,
    PositionOpened,
    PositionRevised,
    PositionStatus,
)
from people import fold_email, normalise_phone

from messaging.domain.letters import Channel
from messaging.handlers.objecting import hold_against_newcomer
from messaging.ports import Objections, Person, Pipeline, Position

handlers = Handlers("messaging")


@handlers.on(PositionOpened, consumer="follow_intake")
async def learn_position(event: PositionOpened, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, 1, event.details))


@handlers.on(PositionRevised, consumer="follow_intake")
async def learn_revision(event: PositionRevised, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, event.revision, event.details))


@handlers.on(ApplicationOpened, consumer="follow_intake")
async def learn_application(
    event: ApplicationOpened, tx: Tx, pipeline: Pipeline, objections: Objections
) -> None:
    await _reads(tx, _person(event.candidate_id, event.profile), pipeline, objections)
    await pipeline.application_opened(tx, event.application_id, event.candidate_id, event.position_id)


@handlers.on(CandidateAdded, consumer="follow_intake")
async def learn_person(event: CandidateAdded, tx: Tx, pipeline: Pipeline, objections: Objections) -> None:
    """Without an application: what they write is theirs all the same."""
    await _reads(tx, _person(event.candidate_id, event.profile), pipeline, objections)


@handlers.on(CandidateProfileRevised, consumer="follow_intake")
async def learn_profile(
    event: CandidateProfileRevised, tx: Tx, pipeline: Pipeline, objections: Objections
) -> None:
    """Whom a merge gave another address may still write from the one they had."""
    if event.cause == "merge_undone":
        await pipeline.reads_as_before(tx, _person(event.candidate_id, event.profile))
    if event.cause == "merge" and event.before is not None:
        await pipeline.person_read(tx, _person(event.candidate_id, event.before))
    await _reads(tx, _person(event.candidate_id, event.profile), pipeline, objections)


async def _reads(tx: Tx, person: Person, pipeline: Pipeline, objections: Objections) -> None:
    """Who objected before they were known, from the address they have, has objected."""
    await pipeline.person_reads(tx, person)
    await hold_against_newcomer(tx, person, pipeline, objections)


@handlers.on(ContactForbidden, ContactAllowed, consumer="follow_intake")
async def learn_wish(event: ContactForbidden | ContactAllowed, tx: Tx, pipeline: Pipeline) -> None:
    """Counts for what is composed from now on, and for what was composed and has not left."""
    channel = _CHANNELS.get(event.channel)
    if channel is not None:
        wish = isinstance(event, ContactForbidden)
        await pipeline.contact_forbidden(tx, event.candidate_id, channel, forbidden=wish)


_CHANNELS = {ContactChannel.EMAIL: Channel.EMAIL, ContactChannel.WHATSAPP: Channel.WHATSAPP}


@handlers.on(CandidatesMerged, consumer="follow_intake")
async def learn_merge(event: CandidatesMerged, tx: Tx, pipeline: Pipeline) -> None:
    """Who writes under either id is the person that was kept. What was written before stays as it is."""
    ids = event.merge_id, event.candidate_id, event.merged_candidate_id
    await pipeline.merge_kept(tx, *ids, undone=False)


@handlers.on(CandidatesUnmerged, consumer="follow_intake")
async def learn_unmerge(event: CandidatesUnmerged, tx: Tx, pipeline: Pipeline) -> None:
    ids = event.merge_id, event.candidate_id, event.merged_candidate_id
    await pipeline.merge_kept(tx, *ids, undone=True)


def _position(position_id: int, revision: int, details: PositionDetails) -> Position:
    return Position(
        position_id,
        revision,
        details.title,
        details.language,
        details.follow_up_interval_hours,
        closed=details.status is PositionStatus.CLOSED,
        time_zone=details.time_zone,
    )


def _person(candidate_id: int, profile: CandidateProfile) -> Person:
    return Person(
        candidate_id=candidate_id,
        first_name=profile.first_name,
        email=fold_email(profile.email) if profile.email else None,
        phone=_e164(profile.phone),
        whatsapp_number=_e164(profile.whatsapp_number),
        language=profile.language,
        time_zone=profile.time_zone,
    )


def _e164(number: str | None) -> str | None:
    return normalise_phone(number).e164 if number else None
