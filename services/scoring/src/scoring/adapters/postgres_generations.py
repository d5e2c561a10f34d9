"""Texts that are being written or were, in scoring's own schema.

Whatever changes a section holds its generation first, so that a stop and an answer that meet take turns.
"""

from __future__ import annotations

from uuid import UUID

from chassis import Tx
from contracts import Actor

from scoring.domain.prompt_templates import Section
from scoring.domain.writing import Material
from scoring.ports import Generation, SectionTask, Written


class PostgresGenerations:
    async def add(self, tx: Tx, generation: Generation) -> bool:
        material = generation.material
        added = await tx.db.fetchval(
            """INSERT INTO generations (generation_id, position_id, is_test, title, description,
                                        campaign_questions, actor, requested_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING true""",
            generation.generation_id,
            generation.position_id,
            generation.is_test,
            material.title,
            material.description,
            material.campaign_questions,
            generation.actor.model_dump(mode="json"),
            tx.now,
        )
        if added is None:
            return False
        await tx.db.executemany(
            """INSERT INTO generated_sections (generation_id, section, place, template_id, template_version)
               VALUES ($1, $2, $3, $4, $5)""",
            [
                (generation.generation_id, section.value, place, template.template_id, template.version)
                for place, (section, template) in enumerate(generation.templates)
            ],
        )
        return True

    async def next_section(self, tx: Tx, generation_id: UUID) -> Section | None:
        await _hold(tx, generation_id)
        section = await tx.db.fetchval(
            """UPDATE generated_sections SET state = 'requested'
               WHERE generation_id = $1 AND section = (
                   SELECT section FROM generated_sections WHERE generation_id = $1 AND state = 'waiting'
                   ORDER BY place LIMIT 1)
               RETURNING section""",
            generation_id,
        )
        return None if section is None else Section(section)

    async def open(self, tx: Tx, generation_id: UUID, section: Section) -> SectionTask | None:
        row = await tx.db.fetchrow(
            """SELECT g.*, s.template_id, s.template_version, s.silences, s.silent_since, v.meta_prompt
               FROM generated_sections s JOIN generations g USING (generation_id)
               JOIN prompt_template_versions v
                 ON v.template_id = s.template_id AND v.version = s.template_version
               WHERE s.generation_id = $1 AND s.section = $2 AND s.state = 'requested'""",
            generation_id,
            section.value,
        )
        if row is None:
            return None
        return SectionTask(
            generation_id=generation_id,
            section=section,
            position_id=row["position_id"],
            actor=Actor.model_validate(row["actor"]),
            material=Material(row["title"], row["description"], row["campaign_questions"]),
            template_id=row["template_id"],
            template_version=row["template_version"],
            meta_prompt=row["meta_prompt"],
            silences=row["silences"],
            silent_since=row["silent_since"],
        )

    async def keep_answer(
        self, tx: Tx, generation_id: UUID, section: Section, written: Written, cost_usd: float | None
    ) -> None:
        await _hold(tx, generation_id)
        await tx.db.execute(
            """UPDATE generated_sections SET model = $3, request_id = $4, stop_reason = $5, input_tokens = $6,
                   output_tokens = $7, latency_ms = $8, cost_usd = $9, raw_response = $10
               WHERE generation_id = $1 AND section = $2 AND raw_response IS NULL""",
            generation_id,
            section.value,
            written.model,
            written.request_id,
            written.stop_reason,
            written.input_tokens,
            written.output_tokens,
            written.latency_ms,
            cost_usd,
            written.raw,
        )

    async def write(self, tx: Tx, generation_id: UUID, section: Section, text: str) -> bool:
        return await _settle(tx, generation_id, section, "written", text=text)

    async def fail(self, tx: Tx, generation_id: UUID, section: Section, reason: str) -> bool:
        return await _settle(tx, generation_id, section, "failed", reason=reason)

    async def count_silence(self, tx: Tx, generation_id: UUID, section: Section) -> bool:
        await _hold(tx, generation_id)
        counted = await tx.db.fetchval(
            """UPDATE generated_sections
               SET silences = silences + 1, silent_since = coalesce(silent_since, $3)
               WHERE generation_id = $1 AND section = $2 AND state = 'requested' RETURNING true""",
            generation_id,
            section.value,
            tx.now,
        )
        return counted is True

    async def stop(self, tx: Tx, generation_id: UUID) -> list[Section] | None:
        if not await _hold(tx, generation_id):
            return None
        rows = await tx.db.fetch(
            """WITH stopped AS (
                   UPDATE generated_sections SET state = 'stopped', settled_at = $2
                   WHERE generation_id = $1 AND state IN ('waiting', 'requested') RETURNING section, place)
               SELECT section FROM stopped ORDER BY place""",
            generation_id,
            tx.now,
        )
        return [Section(row["section"]) for row in rows]


async def _hold(tx: Tx, generation_id: UUID) -> bool:
    held = await tx.db.fetchval(
        "SELECT true FROM generations WHERE generation_id = $1 FOR UPDATE", generation_id
    )
    return held is True


async def _settle(
    tx: Tx,
    generation_id: UUID,
    section: Section,
    state: str,
    text: str | None = None,
    reason: str | None = None,
) -> bool:
    await _hold(tx, generation_id)
    settled = await tx.db.fetchval(
        """UPDATE generated_sections SET state = $3, text = $4, reason = $5, settled_at = $6
           WHERE generation_id = $1 AND section = $2 AND state = 'requested' RETURNING true""",
        generation_id,
        section.value,
        state,
        text,
        reason,
        tx.now,
    )
    return settled is True
