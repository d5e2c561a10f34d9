"""Message templates, and what they read before."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx

from messaging.domain.letters import Channel, MessageType, Template


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
