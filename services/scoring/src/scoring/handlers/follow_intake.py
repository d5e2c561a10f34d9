"""Scoring's own picture of positions and candidates: what a question to the model is made of.

One ordered consumer, so that a revision never arrives before the thing it revises. It has a name of its own
since positions are kept with their criteria: a new name reads what was said before that as well.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts.intake import (
    ApplicationOpened,
    CandidateProfile,
    CandidateProfileRevised,
    PositionDetails,
    PositionOpened,
    PositionRevised,
)
from people import phone_time_zone

from scoring.domain.call import Answered, Criterion
from scoring.ports import Person, Pipeline, Position

handlers = Handlers("scoring")


@handlers.on(PositionOpened, consumer="learn_what_is_judged")
async def learn_position(event: PositionOpened, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, 1, event.details))


@handlers.on(PositionRevised, consumer="learn_what_is_judged")
async def learn_revision(event: PositionRevised, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, event.revision, event.details))


@handlers.on(ApplicationOpened, consumer="learn_what_is_judged")
async def learn_application(event: ApplicationOpened, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.person_reads(tx, _person(event.candidate_id, event.profile))
    await pipeline.application_opened(tx, event.application_id, event.candidate_id, event.position_id)


@handlers.on(CandidateProfileRevised, consumer="learn_what_is_judged")
async def learn_profile(event: CandidateProfileRevised, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.person_reads(tx, _person(event.candidate_id, event.profile))


def _position(position_id: int, revision: int, details: PositionDetails) -> Position:
    return Position(
        position_id=position_id,
        revision=revision,
        title=details.title,
        qualification_prompt=details.qualification_prompt,
        language=details.language,
        time_zone=details.time_zone,
        criteria=[
            Criterion(one.key, one.text, one.weight, one.required) for one in details.criteria_in_force
        ],
        rubric=details.rubric,
    )


def _person(candidate_id: int, profile: CandidateProfile) -> Person:
    answers = [Answered(given.label or given.question, given.answer) for given in profile.form_answers]
    zone = profile.time_zone or (phone_time_zone(profile.phone) if profile.phone else None)
    return Person(candidate_id, profile.language, zone, answers)
