"""Message templates, and what they read before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis import Tx

from messaging.domain.letters import Channel, MessageType, Template
from messaging.domain.templates import KeptTemplate, Revision


class PostgresTemplates:
    async def find(
        self, tx: Tx, message_type: MessageType, channel: Channel, languages: Sequence[str]
    ) -> Template | None:
        row = await tx.db.fetchrow(
            """SELECT subject, body, language FROM message_templates
               WHERE message_type = $1 AND channel = $2 AND is_active AND language = ANY($3::text[])
               ORDER BY array_position($3::text[], language) LIMIT 1""",
            message_type.value,
            channel.value,
            list(languages),
        )
        return Template(row["subject"], row["body"], row["language"]) if row else None

    async def one_at_a_time(self, tx: Tx) -> None:
        await tx.db.execute("LOCK TABLE message_templates IN SHARE ROW EXCLUSIVE MODE")

    async def all(self, tx: Tx) -> list[KeptTemplate]:
        rows = await tx.db.fetch(
            """SELECT * FROM message_templates
               ORDER BY array_position($1::text[], message_type), channel, language""",
            [kind.value for kind in MessageType],
        )
        return [_kept(row) for row in rows]

    async def read(
        self, tx: Tx, message_type: MessageType, channel: Channel, language: str
    ) -> KeptTemplate | None:
        row = await tx.db.fetchrow(
            """SELECT * FROM message_templates
               WHERE message_type = $1 AND channel = $2 AND language = $3""",
            message_type.value,
            channel.value,
            language,
        )
        return _kept(row) if row else None

    async def revisions(self, tx: Tx, template_id: int) -> list[Revision]:
        rows = await tx.db.fetch(
            """SELECT revision, subject, body, is_active, saved_at, saved_by FROM message_template_revisions
               WHERE template_id = $1 ORDER BY revision DESC""",
            template_id,
        )
        return [Revision(*row) for row in rows]

    async def add(
        self, tx: Tx, message_type: MessageType, channel: Channel, language: str, first: Revision
    ) -> int:
        template_id = int(
            await tx.db.fetchval(
                """INSERT INTO message_templates
                       (message_type, channel, language, subject, body, is_active, revision, created_at,
                        updated_at, updated_by)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING template_id""",
                message_type.value,
                channel.value,
                language,
                first.subject,
                first.body,
                first.is_active,
                first.revision,
                first.saved_at,
                first.saved_by,
            )
        )
        await self._keep(tx, template_id, first)
        return template_id

    async def revise(self, tx: Tx, template_id: int, revision: Revision) -> None:
        await tx.db.execute(
            """UPDATE message_templates SET subject = $2, body = $3, is_active = $4, revision = $5,
                                            updated_at = $6, updated_by = $7
               WHERE template_id = $1""",
            template_id,
            revision.subject,
            revision.body,
            revision.is_active,
            revision.revision,
            revision.saved_at,
            revision.saved_by,
        )
        await self._keep(tx, template_id, revision)

    async def _keep(self, tx: Tx, template_id: int, it: Revision) -> None:
        await tx.db.execute(
            """INSERT INTO message_template_revisions
                   (template_id, revision, subject, body, is_active, saved_at, saved_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            template_id,
            it.revision,
            it.subject,
            it.body,
            it.is_active,
            it.saved_at,
            it.saved_by,
        )


def _kept(row: Any) -> KeptTemplate:
    now = Revision(
        row["revision"],
        row["subject"],
        row["body"],
        row["is_active"],
        row["updated_at"],
        row["updated_by"],
    )
    return KeptTemplate(
        template_id=row["template_id"],
        message_type=MessageType(row["message_type"]),
        channel=Channel(row["channel"]),
        language=row["language"],
        now=now,
        seed_subject=row["seed_subject"],
        seed_body=row["seed_body"],
    )
