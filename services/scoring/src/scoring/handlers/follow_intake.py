"""Scoring's own picture of positions and candidates: what a question to the model is made of.

One ordered consumer, so that a revision never arrives before the thing it revises.
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

from scoring.domain.question import Answered
from scoring.ports import Person, Pipeline, Position

handlers = Handlers("scoring")


@handlers.on(PositionOpened, consumer="follow_intake")
async def learn_position(event: PositionOpened, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, 1, event.details))


@handlers.on(PositionRevised, consumer="follow_intake")
async def learn_revision(event: PositionRevised, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.position_reads(tx, _position(event.position_id, event.revision, event.details))


@handlers.on(ApplicationOpened, consumer="follow_intake")
async def learn_application(event: ApplicationOpened, tx: Tx, pipeline: Pipeline) -> None:
    await pipeline.person_reads(tx, _person(event.candidate_id, event.profile))
    await pipeline.application_opened(tx, event.application_id, event.candidate_id, event.position_id)


@handlers.on(CandidateProfileRevised, consumer="follow_intake")
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
    )


def _person(candidate_id: int, profile: CandidateProfile) -> Person:
    answers = [Answered(given.label or given.question, given.answer) for given in profile.form_answers]
    return Person(candidate_id, profile.language, profile.time_zone, answers)
