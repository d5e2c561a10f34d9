"""Which attempt a piece of news is about, in PostgreSQL: one conversation belongs to one attempt."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.calling import CallPurpose, ZoneFrom

from calling.domain.attempts import AttemptState
from calling.domain.news import CallNews
from calling.ports import Attempt

COLUMNS = """call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round, purpose,
state, to_number, created_at, conversation_id, call_sid, placed_at, recorded, machine_heard,
time_zone, zone_from"""
_UNBOUND = "conversation_id IS NULL AND state IN ('intended', 'submitted', 'in_progress', 'unknown')"
_SLACK = timedelta(minutes=5)
"""What happened this long before an attempt was written down can't be about that attempt."""

_BIND = """
UPDATE attempts
SET call_sid = coalesce(call_sid, $3),
    conversation_id = coalesce(conversation_id, (
        SELECT $2 WHERE NOT EXISTS (SELECT 1 FROM attempts o WHERE o.conversation_id = $2)))
WHERE call_id = $1
"""


class Binding:
    """The part of the attempts that news is bound by."""

    async def find_for(self, tx: Tx, news: CallNews) -> Attempt | None:
        if news.conversation_id and (
            bound := await self._one(tx, "conversation_id = $1", news.conversation_id, lock=True)
        ):
            return bound
        if news.call_id and (ours := await self._one(tx, "call_id = $1", news.call_id, lock=True)):
            other = (
                ours.conversation_id and news.conversation_id and ours.conversation_id != news.conversation_id
            )
            return None if other else ours
        if news.keyed_by_us:
            return None
        return await self._by_circumstance(tx, news)

    async def _by_circumstance(self, tx: Tx, news: CallNews) -> Attempt | None:
        """Without a key: only where exactly one unbound attempt could be meant."""
        if news.call_sid and (same := await self._one(tx, "call_sid = $1", news.call_sid, lock=True)):
            return same
        happened = news.started_at or news.told_at
        since = happened + _SLACK if happened else tx.now
        application_id = (
            int(news.user_id) if news.user_id and re.fullmatch(r"[0-9]{1,18}", news.user_id) else None
        )
        if application_id is not None and (
            only := await self._one(
                tx,
                f"application_id = $1 AND created_at <= $2 AND {_UNBOUND}",
                application_id,
                since,
                lock=True,
            )
        ):
            return only
        digits = re.sub(r"\D", "", news.to_number or "")
        if not 6 <= len(digits) <= 15:
            return None
        return await self._one(
            tx, f"to_number = $1 AND created_at <= $2 AND {_UNBOUND}", f"+{digits}", since, lock=True
        )

    async def _one(self, tx: Tx, condition: str, *values: Any, lock: bool) -> Attempt | None:
        """The one row; None where there is none, or more than one. A row that changed while its lock was
        waited for is looked at again by PostgreSQL, so two deliveries can't both take an unbound attempt."""
        query = f"SELECT {COLUMNS} FROM attempts WHERE {condition} LIMIT 2" + (" FOR UPDATE" if lock else "")  # noqa: S608
        rows = await tx.db.fetch(query, *values)
        return attempt_from(rows[0]) if len(rows) == 1 else None

    async def hear_machine(self, tx: Tx, call_id: UUID) -> None:
        await tx.db.execute("UPDATE attempts SET machine_heard = true WHERE call_id = $1", call_id)

    async def bind(self, tx: Tx, attempt: Attempt, conversation_id: str | None, call_sid: str | None) -> None:
        await tx.db.execute(
            _BIND,
            attempt.call_id,
            conversation_id,
            call_sid,
        )


def attempt_from(row: Any) -> Attempt:
    return Attempt(
        call_id=row["call_id"],
        batch_id=row["batch_id"],
        application_id=row["application_id"],
        candidate_id=row["candidate_id"],
        position_id=row["position_id"],
        attempt_number=row["attempt_number"],
        round=row["round"],
        purpose=CallPurpose(row["purpose"]),
        state=AttemptState(row["state"]),
        to_number=row["to_number"],
        created_at=row["created_at"],
        conversation_id=row["conversation_id"],
        call_sid=row["call_sid"],
        placed_at=row["placed_at"],
        recorded=row["recorded"],
        machine_heard=row["machine_heard"],
        time_zone=row["time_zone"],
        zone_from=ZoneFrom(row["zone_from"]) if row["zone_from"] else None,
    )
