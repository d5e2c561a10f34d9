"""What is known of each call's recording, in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis import Tx
from contracts import BlobRef

from calling.ports import ExpectedRecording, RecordingState


class PostgresRecordings:
    async def expect(self, tx: Tx, call_id: UUID) -> ExpectedRecording:
        # First, as whoever finds the attempt of a delivery has it: the new row would lock it after its own.
        await tx.db.execute("SELECT 1 FROM attempts WHERE call_id = $1 FOR KEY SHARE", call_id)
        await tx.db.execute(
            "INSERT INTO recordings (call_id, state, due_since) VALUES ($1, 'due', $2)"
            " ON CONFLICT DO NOTHING",
            call_id,
            tx.now,
        )
        row = await tx.db.fetchrow(
            "SELECT state, due_since FROM recordings WHERE call_id = $1 FOR UPDATE", call_id
        )
        assert row is not None
        return ExpectedRecording(call_id, RecordingState(row["state"]), row["due_since"])

    async def keep(self, tx: Tx, call_id: UUID, recording: BlobRef) -> None:
        await tx.db.execute(
            "UPDATE recordings SET state = 'kept', settled_at = $2, recording = $3, reason = NULL"
            " WHERE call_id = $1",
            call_id,
            tx.now,
            recording.model_dump(mode="json"),
        )

    async def give_up(self, tx: Tx, call_id: UUID, reason: str) -> None:
        await tx.db.execute(
            "UPDATE recordings SET state = 'missing', settled_at = $2, reason = $3 WHERE call_id = $1",
            call_id,
            tx.now,
            reason,
        )

    async def keep_early(self, tx: Tx, conversation_id: str, recording: BlobRef) -> None:
        await tx.db.execute(
            "INSERT INTO early_recordings (conversation_id, recording, sent_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            conversation_id,
            recording.model_dump(mode="json"),
            tx.now,
        )

    async def take_early(self, tx: Tx, conversation_id: str) -> BlobRef | None:
        kept = await tx.db.fetchval(
            "DELETE FROM early_recordings WHERE conversation_id = $1 RETURNING recording", conversation_id
        )
        return None if kept is None else BlobRef.model_validate(kept)

    async def forget_early(self, tx: Tx, before: datetime) -> list[BlobRef]:
        rows = await tx.db.fetch(
            "DELETE FROM early_recordings WHERE conversation_id IN ("
            " SELECT conversation_id FROM early_recordings WHERE sent_at < $1"
            " LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING recording",
            before,
        )
        return [BlobRef.model_validate(row["recording"]) for row in rows]
