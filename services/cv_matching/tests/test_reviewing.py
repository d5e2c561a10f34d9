"""What a recruiter decides, and how it is refused."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis.testing import NOON, InMemoryTx
from contracts import Accepted, Actor, BlobRef, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    ConfirmCv,
    CvConfirmed,
    CvMatched,
    MatchMethod,
    UnmatchedAssigned,
)
from contracts.intake import ApplicationStatus
from contracts.messaging import Channel
from cv_matching.handlers.reviewing import assign_unmatched, confirm_cv
from cv_matching.ports import ApplicationCard, Item, ItemState
from cv_matching_support.ports import MemoryCvs, MemoryDirectory, MemoryItems

RECRUITER = Actor(kind="recruiter", id="1")
ITEM = Item(
    item_id=UUID(int=500),
    message_id=UUID(int=501),
    position=0,
    channel=Channel.EMAIL,
    sender="stranger@example.com",
    sender_name=None,
    subject=None,
    body="",
    file=BlobRef(key="k", size=1),
    file_name="cv.pdf",
    received_at=NOON,
    state=ItemState.UNMATCHED,
)


class Desk:
    def __init__(self, state: ItemState = ItemState.UNMATCHED) -> None:
        self.tx = InMemoryTx()
        self.items, self.directory, self.cvs = MemoryItems(), MemoryDirectory(), MemoryCvs()
        self.items.items[ITEM.item_id] = replace(ITEM, state=state)

    async def application(self, application_id: int, status: ApplicationStatus) -> None:
        await self.directory.keep_application(self.tx, ApplicationCard(7, application_id, status), 1)

    async def assign(self, application_id: int = 11, item_id: UUID = ITEM.item_id) -> Accepted | Refused:
        command = AssignUnmatched(
            command_id=self.tx.new_id(), actor=RECRUITER, item_id=item_id, application_id=application_id
        )
        return await assign_unmatched(command, self.tx, self.items, self.directory, self.cvs)

    async def confirm(self, cv_id: UUID) -> Accepted | Refused:
        command = ConfirmCv(command_id=self.tx.new_id(), actor=RECRUITER, cv_id=cv_id)
        return await confirm_cv(command, self.tx, self.cvs)


async def test_an_assigned_file_becomes_the_applications_cv() -> None:
    desk = Desk()
    await desk.application(11, ApplicationStatus.AWAITING_CV)
    reply = await desk.assign()
    [cv] = desk.tx.said(CvMatched)
    assert reply == Accepted(result={"cv_id": str(cv.cv_id)})
    assert (cv.candidate_id, cv.application_id, cv.method, cv.needs_review) == (
        7,
        11,
        MatchMethod.MANUAL,
        False,
    )
    assert [each.item_id for each in desk.tx.said(UnmatchedAssigned)] == [ITEM.item_id]


async def test_every_reason_not_to_assign_has_a_code_of_its_own() -> None:
    desk = Desk()
    await desk.application(12, ApplicationStatus.CLOSED)
    refusals = {
        "item_unknown": await desk.assign(item_id=UUID(int=1)),
        "application_unknown": await desk.assign(99),
        "application_closed": await desk.assign(12),
        "item_waiting": await Desk(ItemState.WAITING).assign(),
        "item_assigned": await Desk(ItemState.ASSIGNED).assign(),
    }
    for code, reply in refusals.items():
        assert isinstance(reply, Refused)
        assert reply.code == code
        assert reply.message.endswith(".")
    assert desk.tx.published == []


async def test_a_file_is_assigned_once() -> None:
    desk = Desk()
    await desk.application(11, ApplicationStatus.AWAITING_CV)
    await desk.assign()
    second = await desk.assign()
    assert isinstance(second, Refused)
    assert second.code == "item_assigned"
    assert len(desk.tx.said(CvMatched)) == 1


async def test_a_doubtful_match_is_confirmed_once() -> None:
    desk = Desk()
    await desk.application(11, ApplicationStatus.AWAITING_CV)
    await desk.assign()
    [cv_id] = desk.cvs.cvs
    desk.cvs.cvs[cv_id] = replace(desk.cvs.cvs[cv_id], needs_review=True)
    assert await desk.confirm(cv_id) == Accepted()
    assert [each.cv_id for each in desk.tx.said(CvConfirmed)] == [cv_id]
    again = await desk.confirm(cv_id)
    assert isinstance(again, Refused)
    assert again.code == "cv_confirmed"


async def test_an_unknown_cv_can_not_be_confirmed() -> None:
    reply = await Desk().confirm(UUID(int=9))
    assert isinstance(reply, Refused)
    assert reply.code == "cv_unknown"
