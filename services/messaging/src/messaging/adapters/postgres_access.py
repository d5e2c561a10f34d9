"""Our access to the channels, as a recruiter gave it and as it was last found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from chassis import Tx

from messaging.domain.channel_state import ChannelState, Refusal
from messaging.domain.letters import Channel
from messaging.ports.access import Flow, SealedGrant, Waiting


class PostgresGrants:
    async def given(self, tx: Tx) -> SealedGrant | None:
        row = await tx.db.fetchrow("SELECT mark, sealed, account, given_at FROM gmail_grant")
        return SealedGrant(*row) if row else None

    async def keep(self, tx: Tx, grant: SealedGrant) -> None:
        await tx.db.execute(
            """INSERT INTO gmail_grant (mark, sealed, account, given_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (single) DO UPDATE SET mark = $1, sealed = $2, account = $3, given_at = $4""",
            grant.mark,
            grant.sealed,
            grant.account,
            grant.given_at,
        )

    async def forget(self, tx: Tx) -> None:
        await tx.db.execute("DELETE FROM gmail_grant")


class PostgresFlows:
    """``begin`` opens the transaction in which a flow is taken: it stays taken when its command fails."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[Tx]]) -> None:
        self._begin = begin

    async def begin(self, tx: Tx, state: str, flow: Flow) -> None:
        await tx.db.execute("DELETE FROM gmail_flows WHERE expires_at < $1", tx.now)
        await tx.db.execute(
            "INSERT INTO gmail_flows (state_digest, actor_id, sealed_verifier, expires_at)"
            " VALUES ($1, $2, $3, $4)",
            _digest(state),
            flow.actor_id,
            flow.sealed_verifier,
            flow.expires_at,
        )

    async def take(self, state: str) -> Flow | None:
        async with self._begin() as tx:
            row = await tx.db.fetchrow(
                """DELETE FROM gmail_flows WHERE state_digest = $1
                   RETURNING actor_id, sealed_verifier, expires_at""",
                _digest(state),
            )
        return Flow(*row) if row else None


class PostgresChannels:
    async def find(self, tx: Tx, channel: Channel) -> ChannelState | None:
        await tx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended('channel:' || $1, 0))", channel)
        row = await tx.db.fetchrow("SELECT * FROM channels WHERE channel = $1", channel.value)
        return _state(row) if row else None

    async def keep(self, tx: Tx, channel: Channel, state: ChannelState) -> None:
        await tx.db.execute(
            """INSERT INTO channels (channel, mark, given_by, state, since, account, checked_at, tried_at,
                   problem, what_to_do, refusal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (channel) DO UPDATE SET mark = $2, given_by = $3, state = $4, since = $5,
                   account = $6, checked_at = $7, tried_at = $8, problem = $9, what_to_do = $10,
                   refusal = $11""",
            channel.value,
            state.mark,
            state.by,
            state.state,
            state.since,
            state.account,
            state.checked_at,
            state.tried_at,
            state.problem,
            state.what_to_do,
            state.refusal,
        )

    async def forget(self, tx: Tx, channel: Channel) -> None:
        await tx.db.execute("DELETE FROM channels WHERE channel = $1", channel.value)

    async def offered_in_vain(self, tx: Tx, channel: Channel) -> Sequence[Waiting]:
        rows = await tx.db.fetch(
            """SELECT message_id, candidate_id, application_id FROM messages
               WHERE channel = $1 AND status = 'pending' AND tries > 0 ORDER BY composed_at""",
            channel.value,
        )
        return [Waiting(*row) for row in rows]


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def _state(row: Any) -> ChannelState:
    return ChannelState(
        mark=row["mark"],
        by=row["given_by"],
        state=row["state"],
        since=row["since"],
        account=row["account"],
        checked_at=row["checked_at"],
        tried_at=row["tried_at"],
        problem=row["problem"],
        what_to_do=row["what_to_do"],
        refusal=Refusal(row["refusal"]) if row["refusal"] else None,
    )
