"""An import runs in chunks, each one transaction with its events; a crash goes on behind the last of them.

Nothing here reaches the outside world, so running it again is harmless: what is committed is not read again.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from chassis import Begin, Handlers, Tx
from contracts import Event
from contracts.intake import (
    ApplicationOpened,
    CandidateProfile,
    CandidateProfileRevised,
    FormAnswer,
    LeadsImported,
    LeadsImportRefused,
    LeadsImportRequested,
    PositionStatus,
    PossibleDuplicateFound,
    RefusedRow,
)
from people import humanize_question

from intake.domain.lead_columns import Question
from intake.domain.lead_file import LeadChunk
from intake.domain.lead_text import HopelessFile
from intake.domain.profiles import Plan, Profile, plan, profile_of
from intake.ports import (
    Applications,
    Candidates,
    Imports,
    LeadFiles,
    LeadsImport,
    Notice,
    Position,
    Positions,
    Tally,
)

handlers = Handlers("intake")

CHUNK_ROWS = 5_000
LISTED_ROWS = 100
EVENTS_AT_A_TIME = 200


class ChunksCross(Exception):
    """Another run of this import has stopped within our chunk; trying again goes on behind it."""

    def __init__(self, import_id: UUID, records: int) -> None:
        super().__init__(f"import {import_id} stands at record {records}, within a chunk")
        self.import_id = import_id
        self.records = records


@handlers.acts_on(LeadsImportRequested, concurrency=1)
async def run_leads_import(
    event: LeadsImportRequested,
    begin: Begin,
    files: LeadFiles,
    imports: Imports,
    positions: Positions,
    candidates: Candidates,
    applications: Applications,
) -> None:
    """Read the file and bring it in; ends with ``LeadsImported`` or ``LeadsImportRefused``."""
    async with begin() as tx:
        current = await imports.lock(tx, event.import_id)
        position = await positions.get(tx, event.position_id)
        if current is None or position is None or current.finished_at is not None:
            return
        if position.details.status is PositionStatus.CLOSED and current.tally.records == 0:
            await _refuse(tx, imports, current, "The position was closed meanwhile.")
            return
    chunks = files.chunks(
        event.file,
        time_zone=position.details.time_zone,
        size=CHUNK_ROWS,
        after_record=current.tally.records,
    )
    try:
        async with aclosing(chunks):
            with _without_collecting():
                async for questions, chunk in chunks:
                    async with begin() as tx:
                        await store_chunk(
                            tx, event.import_id, position, questions, chunk, imports, candidates, applications
                        )
    except HopelessFile as hopeless:
        async with begin() as tx:
            await _refuse(tx, imports, await imports.lock(tx, event.import_id), hopeless.message)
        return
    async with begin() as tx:
        await _finish(tx, imports, event.import_id)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rows are tuples of text and hold no cycles: looking for some costs more than bringing them in."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def store_chunk(
    tx: Tx,
    import_id: UUID,
    position: Position,
    questions: Sequence[Question],
    chunk: LeadChunk,
    imports: Imports,
    candidates: Candidates,
    applications: Applications,
) -> None:
    """Bring in one chunk, unless another run of the same import has been faster."""
    current = await imports.lock(tx, import_id)
    if current is None or current.finished_at or current.tally.records >= chunk.last_record:
        return
    if current.tally.records != chunk.last_record - chunk.rows:
        raise ChunksCross(import_id, current.tally.records)
    profiles = [profile_of(lead, questions, position.details.language) for lead in chunk.leads]
    keys = [lead.lead_key for lead in chunk.leads]
    planned = plan(profiles, await candidates.with_lead_keys(tx, keys))
    new = dict(zip(await candidates.new_ids(tx, len(planned.new)), planned.new, strict=True))
    given = dict(zip(new, await applications.new_ids(tx, len(new)), strict=True))

    async def keep() -> None:
        await candidates.add(tx, new)
        await applications.add(tx, position.position_id, given)

    await _meanwhile(keep(), tx, (_opened(import_id, position, given[one], one, new[one]) for one in new))
    await candidates.revise(tx, planned.changed)
    opened = await applications.open(tx, position.position_id, list(planned.known))
    for candidate_id, profile in planned.changed.items():
        tx.publish(CandidateProfileRevised(candidate_id=candidate_id, profile=_published(profile)))
    for one, application_id in opened.items():
        tx.publish(_opened(import_id, position, application_id, one, planned.known[one]))
    duplicates = await candidates.note_duplicates(tx, [*new, *planned.changed])
    for pair in duplicates:
        tx.publish(
            PossibleDuplicateFound(
                candidate_id=pair.candidate_id,
                other_candidate_id=pair.other_candidate_id,
                shared=pair.shared,
            )
        )
    notices = _notices(chunk)
    tally = _added(current.tally, chunk, planned, len(new) + len(opened), len(duplicates))
    await imports.save(tx, replace(current, tally=tally), notices)


async def _meanwhile(keeping: Coroutine[None, None, None], tx: Tx, events: Iterable[Event]) -> None:
    """Say it while the database is writing: both take about as long, and each has a core."""
    kept = asyncio.ensure_future(keeping)
    try:
        for number, event in enumerate(events):
            if number % EVENTS_AT_A_TIME == 0:
                await asyncio.sleep(0)
            tx.publish(event)
    finally:
        await kept


def _notices(chunk: LeadChunk) -> list[Notice]:
    refused = [Notice(row.line, row.reason, refused=True) for row in chunk.refused]
    flagged = [
        Notice(lead.line, f"imported, but {lead.phone_problem}", refused=False)
        for lead in chunk.leads
        if lead.phone_problem is not None
    ]
    return refused + flagged


def _added(tally: Tally, chunk: LeadChunk, planned: Plan, opened: int, duplicates: int) -> Tally:
    return Tally(
        records=chunk.last_record,
        rows=tally.rows + chunk.rows,
        created=tally.created + len(planned.new),
        updated=tally.updated + len(planned.changed),
        unchanged=tally.unchanged + planned.unchanged,
        opened=tally.opened + opened,
        skipped=tally.skipped + chunk.skipped,
        duplicates=tally.duplicates + duplicates,
        refused=tally.refused + len(chunk.refused),
        flagged=tally.flagged + sum(lead.phone_problem is not None for lead in chunk.leads),
    )


async def _finish(tx: Tx, imports: Imports, import_id: UUID) -> None:
    current = await imports.lock(tx, import_id)
    if current is None or current.finished_at is not None:
        return
    await imports.save(tx, replace(current, finished_at=tx.now), [])
    tally = current.tally
    refused = await imports.notices(tx, import_id, refused=True, limit=LISTED_ROWS)
    flagged = await imports.notices(tx, import_id, refused=False, limit=LISTED_ROWS)
    tx.publish(
        LeadsImported(
            import_id=import_id,
            position_id=current.position_id,
            file_name=current.file_name,
            rows=tally.rows,
            candidates_created=tally.created,
            candidates_updated=tally.updated,
            candidates_unchanged=tally.unchanged,
            applications_created=tally.opened,
            skipped=tally.skipped,
            possible_duplicates=tally.duplicates,
            refused_count=tally.refused,
            refused=[RefusedRow(line=row.line, reason=row.reason) for row in refused],
            flagged_count=tally.flagged,
            flagged=[RefusedRow(line=row.line, reason=row.reason) for row in flagged],
            actor=current.actor,
        )
    )


async def _refuse(tx: Tx, imports: Imports, current: LeadsImport | None, reason: str) -> None:
    if current is None or current.finished_at is not None:
        return
    await imports.save(tx, replace(current, finished_at=tx.now, refused_because=reason), [])
    tx.publish(
        LeadsImportRefused(
            import_id=current.import_id,
            position_id=current.position_id,
            file_name=current.file_name,
            reason=reason,
            actor=current.actor,
        )
    )


def _opened(
    import_id: UUID, position: Position, application_id: int, candidate_id: int, profile: Profile
) -> ApplicationOpened:
    return ApplicationOpened(
        candidate_id=candidate_id,
        application_id=application_id,
        position_id=position.position_id,
        profile=_published(profile),
        import_id=import_id,
    )


def _published(profile: Profile) -> CandidateProfile:
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
    )


@lru_cache(maxsize=1_000)
def _answered(question: str, answer: str) -> FormAnswer:
    """Most answers of a form are choices, the same few in every row."""
    return FormAnswer(question=question, label=humanize_question(question), answer=answer)
