"""Old entries leave the chassis's tables after their retention, a little at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chassis.clock import Clock
from chassis.database import Pool
from chassis.periodic import Periodic
from chassis.settings import ServiceSettings

_AT_ONCE = 10_000

_OLD_INBOX = """
DELETE FROM inbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM inbox WHERE handled_at < $1 LIMIT $2))
"""
_OLD_OUTBOX = """
DELETE FROM outbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM outbox WHERE sent_at < $1 AND time < $1 LIMIT $2))
"""
_OLD_COMMANDS = """
DELETE FROM commands WHERE ctid = ANY(ARRAY(SELECT ctid FROM commands WHERE received_at < $1 LIMIT $2))
"""


def housekeeping(pool: Pool, clock: Clock, settings: ServiceSettings) -> Periodic:
    """Retention is counted in real time, where the entries are of real time."""

    async def forget_what_is_old() -> None:
        now = datetime.now(UTC)
        inbox_limit = now - timedelta(days=settings.inbox_retention_days)
        outbox_limit = now - timedelta(days=settings.outbox_retention_days)
        commands_limit = clock.now() - timedelta(days=settings.commands_retention_days)
        for statement, limit in (
            (_OLD_INBOX, inbox_limit),
            (_OLD_OUTBOX, outbox_limit),
            (_OLD_COMMANDS, commands_limit),
        ):
            while await pool.execute(statement, limit, _AT_ONCE) == f"DELETE {_AT_ONCE}":
                continue

    return Periodic("housekeeping", timedelta(hours=6), forget_what_is_old)
