"""A desk with received files on it, over PostgreSQL, and what recruiters decide there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from chassis.blobs import MemoryBlobs
from chassis.testing import NOON
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Actor, BlobRef, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    ConfirmCv,
    CvConfirmed,
    CvDetached,
    CvMatched,
    CvReviewReopened,
    DiscardItem,
    FileReading,
    ItemReopened,
    MatchMethod,
    ReassignCv,
    UndoCvDecision,
    UploadCv,
)
from contracts.intake import ApplicationStatus
from contracts.messaging import Channel
from cv_matching.adapters.decisions import PostgresDecisions
from cv_matching.adapters.directory import PostgresDirectory
from cv_matching.adapters.files import PostgresCvs, PostgresItems
from cv_matching.adapters.merges import PostgresMerges
from cv_matching.handlers.assigning import assign_unmatched, read_upload, reassign_cv, upload_cv
from cv_matching.handlers.attaching import attach
from cv_matching.handlers.reviewing import confirm_cv, discard_item
from cv_matching.handlers.taking_back import undo_decision
from cv_matching.ports import ApplicationCard, Directory, Item, ItemState

from cv_matching_support.ports import TextInMemory

IRINA = Actor(kind="recruiter", id="1", name="Irina Dobre")
PAUL = Actor(kind="recruiter", id="2", name="Paul Pavel")
ANA, ION = 7, 8
"""Candidates. Ana has applications 71 and 72, Ion 81."""


class Desk:
    def __init__(self, room: PostgresRoom) -> None:
        self.room = room
        self.directory: Directory = PostgresDirectory()
        self.decisions = PostgresDecisions()
        self.items, self.cvs, self.merges = PostgresItems(), PostgresCvs(), PostgresMerges()
        self.blobs = MemoryBlobs()

    async def opens(self) -> None:
        for candidate_id, application_id in ((ANA, 71), (ANA, 72), (ION, 81)):
            await self.stands(application_id, "awaiting_cv", candidate_id=candidate_id)

    async def stands(
        self, application_id: int, status: str, *, candidate_id: int = ANA, sequence: int = 1
    ) -> None:
        async with self.room.begin() as tx:
            card = ApplicationCard(candidate_id, application_id, ApplicationStatus(status))
            await self.directory.keep_application(tx, card, sequence)

    async def received(self, reading: FileReading | None = None, *, matched: bool = False) -> UUID:
        """A file that nobody could be named for, or one that may be Ana's."""
        item = Item(
            item_id=uuid4(),
            message_id=uuid4(),
            position=0,
            channel=Channel.EMAIL,
            sender="stranger@example.com",
            sender_name=None,
            subject=None,
            body="",
            file=BlobRef(key="k", size=1, sha256="0" * 64),
            file_name="cv.pdf",
            received_at=NOON,
        )
        async with self.room.begin() as tx:
            await self.items.add(tx, item)
            if reading:
                await self.items.keep_reading(tx, item.item_id, reading)
            state = ItemState.MATCHED if matched else ItemState.UNMATCHED
            await self.items.settle(tx, item.item_id, state, "A similar name.")
            if matched:
                for application_id in (71, 72):
                    await attach(
                        tx,
                        item,
                        self.cvs,
                        candidate_id=ANA,
                        application_id=application_id,
                        method=MatchMethod.FUZZY_NAME,
                        needs_review=True,
                        explanation="A similar name.",
                    )
        return item.item_id

    async def waiting(self) -> UUID:
        item_id = await self.received()
        await self.room.pool.execute(
            "update items set state = 'waiting', explanation = null, settled_at = null where item_id = $1",
            item_id,
        )
        return item_id

    async def attachments(self, item_id: UUID) -> dict[int, tuple[bool, bool]]:
        """Application to (attached, needs a look)."""
        async with self.room.begin() as tx:
            found = await self.decisions.attachments(tx, item_id)
        return {one.application_id: (one.attached, one.needs_review) for one in found}

    async def cv_id(self, item_id: UUID, application_id: int) -> UUID:
        async with self.room.begin() as tx:
            found = await self.decisions.attachments(tx, item_id)
        return next(one.cv_id for one in found if one.application_id == application_id)

    async def state(self, item_id: UUID) -> str:
        found: str = await self.room.pool.fetchval("select state from items where item_id = $1", item_id)
        return found

    async def told(self) -> list[str]:
        """The facts about CVs so far, in order, briefly."""
        kinds = (CvMatched, CvDetached, CvConfirmed, CvReviewReopened, ItemReopened)
        rows = await self.room.pool.fetch(
            "select type, application_id, data from outbox where type = any($1) order by id",
            [kind.type() for kind in kinds],
        )
        names = {kind.type(): kind.__name__ for kind in kinds}
        return [" ".join(str(it) for it in (names[row["type"]], row["application_id"]) if it) for row in rows]

    async def confirm(self, cv_id: UUID, actor: Actor = IRINA) -> Accepted | Refused:
        command = ConfirmCv(command_id=uuid4(), actor=actor, cv_id=cv_id)
        return await self._do(lambda tx: confirm_cv(command, tx, self.decisions))

    async def discard(self, item_id: UUID, actor: Actor = IRINA) -> Accepted | Refused:
        command = DiscardItem(command_id=uuid4(), actor=actor, item_id=item_id, reason="a bill")
        return await self._do(lambda tx: discard_item(command, tx, self.decisions))

    async def assign(self, item_id: UUID, application_id: int, actor: Actor = IRINA) -> Accepted | Refused:
        command = AssignUnmatched(
            command_id=uuid4(), actor=actor, item_id=item_id, application_id=application_id
        )
        return await self._do(lambda tx: assign_unmatched(command, tx, self.directory, self.decisions))

    async def reassign(self, cv_id: UUID, application_id: int, actor: Actor = IRINA) -> Accepted | Refused:
        command = ReassignCv(command_id=uuid4(), actor=actor, cv_id=cv_id, application_id=application_id)
        return await self._do(lambda tx: reassign_cv(command, tx, self.directory, self.decisions))

    async def upload(self, application_id: int, body: bytes, actor: Actor = IRINA) -> Accepted | Refused:
        file = await self.blobs.put(f"uploads/{uuid4()}", body, "application/pdf")
        command = UploadCv(
            command_id=uuid4(), actor=actor, application_id=application_id, file=file, file_name="cv.pdf"
        )
        return await self.take(command)

    async def take(self, command: UploadCv) -> Accepted | Refused:
        upload = await read_upload(command, self.blobs, TextInMemory("Ana Pop"))
        return await self._do(lambda tx: upload_cv(command, tx, self.directory, self.decisions, upload))

    async def undo(self, decision_id: UUID, actor: Actor = IRINA) -> Accepted | Refused:
        command = UndoCvDecision(command_id=uuid4(), actor=actor, decision_id=decision_id)
        return await self._do(lambda tx: undo_decision(command, tx, self.decisions))

    async def _do(self, decide: Callable[[Any], Awaitable[Accepted | Refused]]) -> Accepted | Refused:
        async with self.room.begin() as tx:
            return await decide(tx)


def decision_of(reply: Accepted | Refused) -> UUID:
    assert isinstance(reply, Accepted), reply
    return UUID(reply.result["decision_id"])


def code_of(reply: Accepted | Refused) -> str:
    assert isinstance(reply, Refused), reply
    assert reply.message.endswith(".")
    return reply.code
