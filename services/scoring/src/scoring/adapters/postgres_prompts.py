"""Prompt templates and their versions, in scoring's own schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis import Tx

from scoring.domain.prompt_templates import Section
from scoring.ports import Template, TemplateVersion

_READS = """
SELECT t.template_id, t.section, v.name, v.meta_prompt, t.version, t.is_active, t.updated_at, t.updated_by
FROM prompt_templates t JOIN prompt_template_versions v USING (template_id, version)
"""


class PostgresPromptTemplates:
    async def one_at_a_time(self, tx: Tx) -> None:
        await tx.db.execute("LOCK TABLE prompt_templates IN SHARE ROW EXCLUSIVE MODE")

    async def all(self, tx: Tx) -> list[Template]:
        rows = await tx.db.fetch(
            f"{_READS} ORDER BY array_position($1::text[], t.section) NULLS LAST, t.is_active DESC,"
            " t.updated_at DESC, t.template_id",
            [section.value for section in Section],
        )
        return [_template(row) for row in rows]

    async def find(self, tx: Tx, template_id: int) -> Template | None:
        row = await tx.db.fetchrow(f"{_READS} WHERE t.template_id = $1", template_id)
        return None if row is None else _template(row)

    async def versions(self, tx: Tx, template_id: int) -> list[TemplateVersion]:
        rows = await tx.db.fetch(
            """SELECT version, name, meta_prompt, saved_at, saved_by FROM prompt_template_versions
               WHERE template_id = $1 ORDER BY version DESC""",
            template_id,
        )
        return [TemplateVersion(*row) for row in rows]

    async def add(self, tx: Tx, section: Section, name: str, meta_prompt: str, by: str | None) -> int:
        template_id = int(
            await tx.db.fetchval("SELECT nextval(pg_get_serial_sequence('prompt_templates', 'template_id'))")
        )
        await self._keep(tx, template_id, 1, section, name, meta_prompt, by)
        await tx.db.execute(
            """INSERT INTO prompt_templates
                   (template_id, section, is_active, version, created_at, updated_at, updated_by)
               VALUES ($1, $2, false, 1, $3, $3, $4)""",
            template_id,
            section.value,
            tx.now,
            by,
        )
        return template_id

    async def add_version(
        self, tx: Tx, template_id: int, section: Section, name: str, meta_prompt: str, by: str | None
    ) -> int:
        latest = await tx.db.fetchval(
            "SELECT max(version) FROM prompt_template_versions WHERE template_id = $1", template_id
        )
        version = int(latest) + 1
        await self._keep(tx, template_id, version, section, name, meta_prompt, by)
        await tx.db.execute(
            """UPDATE prompt_templates SET version = $2, section = $3, updated_at = $4, updated_by = $5
               WHERE template_id = $1""",
            template_id,
            version,
            section.value,
            tx.now,
            by,
        )
        return version

    async def set_active(self, tx: Tx, template_ids: Sequence[int], active: bool) -> None:
        await tx.db.execute(
            "UPDATE prompt_templates SET is_active = $2 WHERE template_id = ANY($1::bigint[])",
            list(template_ids),
            active,
        )

    async def _keep(
        self,
        tx: Tx,
        template_id: int,
        version: int,
        section: Section,
        name: str,
        meta_prompt: str,
        by: str | None,
    ) -> None:
        await tx.db.execute(
            """INSERT INTO prompt_template_versions
                   (template_id, version, section, name, meta_prompt, saved_at, saved_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            template_id,
            version,
            section.value,
            name,
            meta_prompt,
            tx.now,
            by,
        )


def _template(row: Any) -> Template:
    section = None if row["section"] is None else Section(row["section"])
    return Template(**{**dict(row), "section": section})
