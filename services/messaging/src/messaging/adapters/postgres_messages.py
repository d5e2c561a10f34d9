"""Messages out: what was composed, what became of it, what providers reported."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import Tx

from messaging.adapters.postgres_waiting import WaitingMessages, letter_of
from messaging.domain.cv_requests import Fate, MessageStatus, later_status
from messaging.domain.letters import Channel, MessageType
from messaging.domain.whapi_inbox import Report
from messaging.ports import Asked, Letter, Reported


class PostgresMessages(WaitingMessages):
    async def asked(self, tx: Tx, application_id: int, message_type: MessageType) -> Asked:
        rounds = await tx.db.fetch(
            """SELECT settled_at FROM requests WHERE application_id = $1 AND message_type = $2
               ORDER BY round FOR UPDATE""",
            application_id,
            message_type.value,
        )
        rows = await tx.db.fetch(
            f"{_FATES} WHERE application_id = $1 AND message_type = $2 ORDER BY channel, round",
            application_id,
            message_type.value,
        )
        is_open = any(one["settled_at"] is None for one in rounds)
        return Asked(is_open, [_fate(row) for row in rows], len(rounds))

    async def open_round(
        self, tx: Tx, application_id: int, message_type: MessageType, asked: Asked
    ) -> int | None:
        opened: int | None = await tx.db.fetchval(
            """INSERT INTO requests (application_id, message_type, round, opened_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING RETURNING round""",
            application_id,
            message_type.value,
            asked.rounds + 1,
            tx.now,
        )
        return opened

    async def add(self, tx: Tx, letter: Letter) -> None:
        await tx.db.execute(
            """INSERT INTO messages (message_id, application_id, candidate_id, channel, message_type, round,
                                     recipient, subject, body, composed_at, by_recruiter, language, reply_to,
                                     thread_id, leaves_at, held_because)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)""",
            letter.message_id,
            letter.application_id,
            letter.candidate_id,
            letter.channel.value,
            letter.message_type.value,
            letter.round,
            letter.recipient,
            letter.subject,
            letter.body,
            letter.composed_at,
            letter.by_recruiter,
            letter.language,
            letter.reply_to,
            letter.thread_id,
            letter.leaves_at,
            letter.held_because,
        )

    async def to_send(self, tx: Tx, message_id: UUID) -> Letter | None:
        row = await tx.db.fetchrow(
            "SELECT * FROM messages WHERE message_id = $1 AND status = 'pending'", message_id
        )
        return letter_of(row) if row else None

    async def known_to_provider(self, tx: Tx, letter: Letter) -> set[str]:
        rows = await tx.db.fetch(
            """SELECT external_id FROM messages
               WHERE recipient = $1 AND message_id <> $2 AND external_id IS NOT NULL""",
            letter.recipient,
            letter.message_id,
        )
        return {row["external_id"] for row in rows}

    async def sent(
        self,
        tx: Tx,
        message_id: UUID,
        external_id: str | None,
        sent_at: datetime,
        thread_id: str | None = None,
    ) -> bool:
        if external_id:
            await self._lock_id(tx, external_id)
        settled = await tx.db.fetchval(
            """UPDATE messages SET status = 'sent', external_id = $2, sent_at = $3,
                   thread_id = coalesce($4, thread_id)
               WHERE message_id = $1 AND status = 'pending' RETURNING true""",
            message_id,
            external_id,
            sent_at,
            thread_id,
        )
        return settled is True

    async def not_sent(self, tx: Tx, message_id: UUID, status: MessageStatus, reason: str) -> bool:
        settled = await tx.db.fetchval(
            """UPDATE messages SET status = $2, error_detail = $3
               WHERE message_id = $1 AND status = 'pending' RETURNING true""",
            message_id,
            status.value,
            reason,
        )
        return settled is True

    async def count_try(self, tx: Tx, message_id: UUID) -> None:
        await tx.db.execute("UPDATE messages SET tries = tries + 1 WHERE message_id = $1", message_id)

    async def lock_request(self, tx: Tx, letter: Letter) -> list[Fate] | None:
        key = (letter.application_id, letter.message_type.value, letter.round)
        # All of them, in one order: what became of the others counts too.
        rounds = await tx.db.fetch(
            """SELECT round, settled_at FROM requests WHERE application_id = $1 AND message_type = $2
               ORDER BY round FOR UPDATE""",
            *key[:2],
        )
        if letter.round not in [one["round"] for one in rounds if one["settled_at"] is None]:
            return None
        return await self._fates(tx, *key)

    async def settle_request(
        self, tx: Tx, application_id: int, message_type: MessageType, round: int
    ) -> None:
        await tx.db.execute(
            """UPDATE requests SET settled_at = $4
               WHERE application_id = $1 AND message_type = $2 AND round = $3 AND settled_at IS NULL""",
            application_id,
            message_type.value,
            round,
            tx.now,
        )

    async def fates(self, tx: Tx, reported: Reported) -> list[Fate] | None:
        key = (reported.application_id, reported.message_type.value, reported.round)
        # Locked, since the last channel may be settled at this very moment.
        rounds = await tx.db.fetch(
            """SELECT round, settled_at FROM requests WHERE application_id = $1 AND message_type = $2
               ORDER BY round FOR UPDATE""",
            *key[:2],
        )
        settled = [one["round"] for one in rounds if one["settled_at"] is not None]
        return await self._fates(tx, *key) if reported.round in settled else None

    async def keep_report(self, tx: Tx, report: Report, at: datetime) -> Reported | None:
        await self._lock_id(tx, report.external_id)
        row = await tx.db.fetchrow(
            "SELECT * FROM messages WHERE external_id = $1 FOR UPDATE", report.external_id
        )
        if row is None:
            await self._keep_for_later(tx, report, at)
            return None
        status = later_status(MessageStatus(row["status"]), MessageStatus(report.status))
        if status is None:
            return None
        await tx.db.execute(
            """UPDATE messages SET status = $2,
                   delivered_at = CASE WHEN $2 IN ('delivered', 'read') THEN coalesce(delivered_at, $3)
                                       ELSE delivered_at END,
                   read_at = CASE WHEN $2 = 'read' THEN $3 ELSE read_at END,
                   error_detail = coalesce($4, error_detail)
               WHERE message_id = $1""",
            row["message_id"],
            status.value,
            at,
            report.problem,
        )
        letter = letter_of(row)
        return Reported(
            letter.message_id,
            letter.application_id,
            letter.candidate_id,
            letter.channel,
            letter.message_type,
            letter.round,
            status,
        )

    async def reports_waiting(self, tx: Tx, external_id: str) -> list[Report]:
        rows = await tx.db.fetch("DELETE FROM early_reports WHERE external_id = $1 RETURNING *", external_id)
        reports = [Report(row["external_id"], row["status"], row["at"], row["problem"]) for row in rows]
        return sorted(reports, key=lambda report: _IN_ORDER.index(report.status))

    async def _fates(
        self, tx: Tx, application_id: int | None, message_type: str, round: int | None
    ) -> list[Fate]:
        rows = await tx.db.fetch(
            f"{_FATES} WHERE application_id = $1 AND message_type = $2 AND round = $3 ORDER BY channel",
            application_id,
            message_type,
            round,
        )
        return [_fate(row) for row in rows]

    async def _lock_id(self, tx: Tx, external_id: str) -> None:
        """A report and the record of the sending may come at the same time: neither must miss the other."""
        await tx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", external_id)

    async def _keep_for_later(self, tx: Tx, report: Report, at: datetime) -> None:
        """Not for ever: what a person types on the phone is reported on as well, and never becomes known."""
        await tx.db.execute("DELETE FROM early_reports WHERE at < $1", tx.now - EARLY_AT_MOST)
        await tx.db.execute(
            """INSERT INTO early_reports (external_id, status, at, problem) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING""",
            report.external_id,
            report.status,
            at,
            report.problem,
        )


EARLY_AT_MOST = timedelta(days=30)
"""A look-up that Gmail or WhatsApp leaves unanswered for so long is for a person."""
_IN_ORDER = ("sent", "delivered", "read", "failed")
_FATES = "SELECT channel, status, sent_at, error_detail FROM messages"


def _fate(row: Any) -> Fate:
    return Fate(Channel(row["channel"]), MessageStatus(row["status"]), row["sent_at"], row["error_detail"])
