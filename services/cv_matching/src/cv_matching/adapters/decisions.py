"""Decisions about received files, and the files as they are decided about, in Postgres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts import Actor, BlobRef
from contracts.cv_matching import CvMatched, CvSource, FileReading
from contracts.messaging import Channel

from cv_matching.adapters.files import lock_cvs_of, settle_item
from cv_matching.decision_ports import Attachment, Before, Decision, DecisionKind, FileOnDesk
from cv_matching.handlers.attaching import SOURCES
from cv_matching.ports import ItemState

_ATTACHMENTS = """
select c.*, i.explanation, i.reading from cvs c join items i using (item_id)
where c.item_id = $1 order by c.application_id
"""


class PostgresDecisions:
    async def file(self, tx: Tx, item_id: UUID) -> FileOnDesk | None:
        row = await tx.db.fetchrow("select * from items where item_id = $1 for update", item_id)
        return _file(row) if row else None

    async def matched_with(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        rows = await tx.db.fetch(
            "select item_id, state from items where message_id = any($1) order by item_id for update",
            list(message_ids),
        )
        return [row["item_id"] for row in rows if row["state"] == ItemState.MATCHED]

    async def item_of(self, tx: Tx, cv_id: UUID) -> UUID | None:
        found: UUID | None = await tx.db.fetchval("select item_id from cvs where cv_id = $1", cv_id)
        return found

    async def add_upload(self, tx: Tx, file: FileOnDesk) -> None:
        await tx.db.execute(
            """
            insert into items (item_id, position, body, file, file_name, received_at, state, explanation,
                               settled_at, reading)
            values ($1, 0, '', $2, $3, $4, $5, $6, $4, $7)
            """,
            file.item_id,
            file.file.model_dump(mode="json"),
            file.file_name,
            file.received_at,
            file.state,
            file.explanation,
            file.reading.model_dump(mode="json") if file.reading else None,
        )

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None:
        await settle_item(tx, item_id, state, explanation)

    async def attachments(self, tx: Tx, item_id: UUID) -> list[Attachment]:
        return [_attachment(row) for row in await tx.db.fetch(_ATTACHMENTS, item_id)]

    async def lock_cvs_of(self, tx: Tx, application_ids: Iterable[int]) -> None:
        for application_id in sorted(set(application_ids)):
            await lock_cvs_of(tx, application_id)

    async def is_cv_of(self, tx: Tx, application_id: int, sha256: str) -> bool:
        found = await tx.db.fetchval(
            "select true from cvs where application_id = $1 and detached_at is null and file->>'sha256' = $2"
            " limit 1",
            application_id,
            sha256,
        )
        return found is True

    async def attach(self, tx: Tx, said: CvMatched, *, needs_review: bool) -> CvMatched:
        number: int = await tx.db.fetchval(
            """
            insert into cvs as old (cv_id, item_id, candidate_id, application_id, method, source, file,
                                    file_name, needs_review, received_at, number)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                    (select coalesce(max(number), 0) + 1 from cvs where application_id = $4))
            on conflict (item_id, application_id) do update
            set method = excluded.method, needs_review = excluded.needs_review, detached_at = null
            returning old.number
            """,
            said.cv_id,
            said.item_id,
            said.candidate_id,
            said.application_id,
            said.method,
            said.source,
            said.file.model_dump(mode="json"),
            said.file_name,
            needs_review,
            said.received_at,
        )
        said = said.model_copy(update={"number": number})
        await tx.db.execute(
            "update cvs set said = $2 where cv_id = $1", said.cv_id, said.model_dump(mode="json")
        )
        return said

    async def detach(self, tx: Tx, cv_id: UUID) -> int:
        application_id = await tx.db.fetchval(
            "update cvs set detached_at = $2 where cv_id = $1 returning application_id", cv_id, tx.now
        )
        left: int = await tx.db.fetchval(
            "select count(*) from cvs where application_id = $1 and detached_at is null", application_id
        )
        return left

    async def review(self, tx: Tx, cv_id: UUID, *, needed: bool) -> None:
        await tx.db.execute(
            "update cvs set needs_review = $2, confirmed_at = case when $2 then null else $3::timestamptz end"
            " where cv_id = $1",
            cv_id,
            needed,
            tx.now,
        )

    async def add(self, tx: Tx, decision: Decision) -> None:
        await tx.db.execute(
            """
            insert into decisions (decision_id, item_id, number, kind, actor, at, before)
            values ($1, $2, (select count(*) + 1 from decisions where item_id = $2), $3, $4, $5, $6)
            """,
            decision.decision_id,
            decision.item_id,
            decision.kind,
            decision.actor.model_dump(mode="json"),
            decision.at,
            _written(decision.before),
        )

    async def get(self, tx: Tx, decision_id: UUID) -> Decision | None:
        row = await tx.db.fetchrow("select * from decisions where decision_id = $1", decision_id)
        return _decision(row) if row else None

    async def last(self, tx: Tx, item_id: UUID) -> Decision | None:
        row = await tx.db.fetchrow(
            "select * from decisions where item_id = $1 and undone_at is null order by number desc limit 1",
            item_id,
        )
        return _decision(row) if row else None

    async def undo(self, tx: Tx, decision_id: UUID, actor: Actor) -> None:
        await tx.db.execute(
            "update decisions set undone_at = $2, undone_by = $3 where decision_id = $1",
            decision_id,
            tx.now,
            actor.model_dump(mode="json"),
        )


def _file(row: Any) -> FileOnDesk:
    return FileOnDesk(
        item_id=row["item_id"],
        source=SOURCES[Channel(row["channel"])] if row["channel"] else CvSource.MANUAL_UPLOAD,
        file=BlobRef.model_validate(row["file"]),
        file_name=row["file_name"],
        received_at=row["received_at"],
        state=_state(row),
        explanation=row["explanation"] or "",
        reading=FileReading.model_validate(row["reading"]) if row["reading"] else None,
    )


def _state(row: Any) -> ItemState:
    """What waits once more is among the unmatched until its person is found: whoever looks may say first."""
    waits_again = row["state"] == ItemState.WAITING and row["explanation"] is not None
    return ItemState.UNMATCHED if waits_again else ItemState(row["state"])


def _attachment(row: Any) -> Attachment:
    return Attachment(
        cv_id=row["cv_id"],
        candidate_id=row["candidate_id"],
        application_id=row["application_id"],
        attached=row["detached_at"] is None,
        needs_review=row["needs_review"],
        said=CvMatched.model_validate(row["said"]) if row["said"] else _as_it_was_said(row),
    )


def _as_it_was_said(row: Any) -> CvMatched:
    """Of one that was attached before what is said was kept."""
    doubtful = row["needs_review"] or row["confirmed_at"] is not None
    return CvMatched(
        candidate_id=row["candidate_id"],
        application_id=row["application_id"],
        cv_id=row["cv_id"],
        item_id=row["item_id"],
        method=row["method"],
        confidence="medium" if doubtful else "high",
        needs_review=doubtful,
        explanation=row["explanation"] or "",
        file=BlobRef.model_validate(row["file"]),
        file_name=row["file_name"],
        source=row["source"],
        received_at=row["received_at"],
        number=row["number"],
        reading=FileReading.model_validate(row["reading"]) if row["reading"] else None,
    )


def _written(before: Before) -> dict[str, Any]:
    attachments = [
        {
            "cv_id": str(one.cv_id),
            "attached": one.attached,
            "needs_review": one.needs_review,
            "said": one.said.model_dump(mode="json"),
        }
        for one in before.attachments
    ]
    return {"state": before.state.value, "explanation": before.explanation, "attachments": attachments}


def _decision(row: Any) -> Decision:
    attachments = []
    for one in row["before"]["attachments"]:
        said = CvMatched.model_validate(one["said"])
        attachments.append(
            Attachment(
                cv_id=said.cv_id,
                candidate_id=said.candidate_id,
                application_id=said.application_id,
                attached=one["attached"],
                needs_review=one["needs_review"],
                said=said,
            )
        )
    before = Before(ItemState(row["before"]["state"]), row["before"]["explanation"], attachments)
    return Decision(
        decision_id=row["decision_id"],
        item_id=row["item_id"],
        kind=DecisionKind(row["kind"]),
        actor=Actor.model_validate(row["actor"]),
        at=row["at"],
        before=before,
        undone=row["undone_at"] is not None,
    )
