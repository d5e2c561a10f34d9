"""A link of a sender is taken back, on PostgreSQL: what they got by it goes, what somebody decided stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import NOON
from chassis.testing_rooms import PostgresRoom
from contracts.cv_matching import CvDetached, CvMatched, InboundUnmatched, MatchRequested, UnmatchedAssigned
from contracts.messaging import Attachment, Channel, MessageReceived, SenderLinked, SenderUnlinked
from cv_matching.domain.kinds import Kind
from cv_matching.handlers.following import write_down_received_files
from cv_matching.handlers.linking import forget_sender, know_sender
from cv_matching.handlers.matching import match_received_file
from cv_matching.ports import Documents, ModelUnavailable, Reading
from cv_matching_support import files
from cv_matching_support.deciding import ANA, ION, IRINA, Desk, decision_of
from cv_matching_support.ports import ScriptedReading, TextInMemory
from cv_matching_support.stores import a_card

SENDER = "work@example.com"
LINK = uuid4()


class Linked(Desk):
    """A desk where files come from a sender whom a recruiter links to Ana, or not."""

    message_ids: list[UUID]
    matched = 0

    async def opens(self) -> None:
        await super().opens()
        self.message_ids = []
        async with self.room.begin() as tx:
            await self.directory.keep_candidate(tx, a_card(ANA, "ana pop", "ana@example.com"))
            await self.directory.keep_candidate(tx, a_card(ION, "ion stan", "ion@example.com"))

    async def receives(self, text: str = "Ana Pop") -> UUID:
        """One file, matched; answers its item."""
        body = files.a_pdf(text)
        ref = await self.blobs.put(f"inbound/{uuid4()}", body, "application/pdf")
        message = MessageReceived(
            message_id=uuid4(),
            channel=Channel.EMAIL,
            sender=SENDER,
            attachments=[Attachment(file=ref, file_name="cv.pdf", content_type="application/pdf")],
            external_id="x",
            received_at=NOON,
        )
        self.message_ids.append(message.message_id)
        async with self.room.begin() as tx:
            await write_down_received_files(message, tx, self.items)
        await self.match()
        item_id: UUID = await self.room.pool.fetchval(
            "select item_id from items where message_id = $1", message.message_id
        )
        return item_id

    async def match(self, documents: Documents | None = None, reading: ScriptedReading | None = None) -> None:
        """Whatever was asked for since."""
        asked = (await self.room.said(MatchRequested))[self.matched :]
        self.matched += len(asked)
        for request in asked:
            await self.look_at(request, documents, reading)

    async def look_at(
        self, request: MatchRequested, documents: Documents | None, reading: ScriptedReading | None
    ) -> None:
        await match_received_file(
            request,
            self.room.begin,
            self.items,
            self.directory,
            self.cvs,
            self.blobs,
            documents or TextInMemory("Ana Pop\nAgent"),
            reading or ScriptedReading(),
        )

    def about(self, link_id: UUID) -> dict[str, Any]:
        return {
            "candidate_id": ANA,
            "link_id": link_id,
            "channel": Channel.EMAIL,
            "sender": SENDER,
            "message_ids": self.message_ids,
            "actor": IRINA,
        }

    async def link(self, link_id: UUID = LINK, documents: Documents | None = None) -> None:
        event = SenderLinked(**self.about(link_id))
        async with self.room.begin() as tx:
            await know_sender(event, tx, self.directory, self.items)
        await self.match(documents)

    async def unlink(self, link_id: UUID = LINK, reading: ScriptedReading | None = None) -> None:
        await self.says_no_link(link_id)
        await self.match(reading=reading)

    async def says_no_link(self, link_id: UUID = LINK) -> None:
        event = SenderUnlinked(**self.about(link_id))
        async with self.room.begin() as tx:
            await forget_sender(event, tx, self.directory, self.items, self.decisions)

    async def attached(self, item_id: UUID) -> list[int]:
        return [number for number, (here, _) in (await self.attachments(item_id)).items() if here]


@pytest.fixture
async def desk(room: PostgresRoom) -> Linked:
    desk = Linked(room)
    await desk.opens()
    return desk


async def test_what_was_theirs_by_the_link_alone_is_nobodys_again(desk: Linked) -> None:
    """What had come before the link, and what came after it."""
    before = await desk.receives()
    assert await desk.state(before) == "unmatched"
    await desk.link()
    after = await desk.receives()
    for item_id in (before, after):
        assert (await desk.state(item_id), await desk.attached(item_id)) == ("matched", [71, 72])
    [settled] = await desk.room.said(UnmatchedAssigned)
    assert (settled.item_id, settled.application_id) == (before, 71)
    await desk.unlink()
    for item_id in (before, after):
        assert (await desk.state(item_id), await desk.attached(item_id)) == ("unmatched", [])
    detached = await desk.room.said(CvDetached)
    assert [(one.application_id, one.cvs_left) for one in detached] == [(71, 1), (72, 1), (71, 0), (72, 0)]
    assert {(one.because, one.actor.name) for one in detached} == {("undone", IRINA.name)}
    assert {one.item_id for one in (await desk.room.said(InboundUnmatched))[-2:]} == {before, after}
    assert (await desk.told()).count("ItemReopened") == 2


async def test_a_sender_who_is_linked_once_more_gets_their_file_back_under_its_number(desk: Linked) -> None:
    item_id = await desk.receives()
    await desk.link()
    await desk.unlink()
    await desk.link(uuid4())
    assert await desk.attached(item_id) == [71, 72]
    said = await desk.room.said(CvMatched)
    assert [one.cv_id for one in said[:2]] == [one.cv_id for one in said[2:]]
    assert {one.number for one in said} == {1}


async def test_what_a_recruiter_has_decided_about_stays_when_the_link_goes(desk: Linked) -> None:
    confirmed, given = await desk.receives(), await desk.receives()
    decision_of(await desk.assign(given, 81))
    await desk.link()
    decision_of(await desk.reassign(await desk.cv_id(confirmed, 71), 81))
    await desk.unlink()
    assert (await desk.attached(confirmed), await desk.attached(given)) == ([81], [81])
    assert not any(one.because == "undone" for one in await desk.room.said(CvDetached))


async def test_what_is_theirs_without_the_link_too_stays_when_it_goes(desk: Linked) -> None:
    item_id = await desk.receives()
    await desk.link()
    async with desk.room.begin() as tx:
        await desk.directory.keep_candidate(tx, a_card(ANA, "ana pop", SENDER))
    await desk.unlink()
    assert await desk.attached(item_id) == [71, 72]
    assert await desk.room.said(CvDetached) == []


async def test_a_file_that_waits_once_more_can_be_given_to_somebody_by_hand(desk: Linked) -> None:
    """The model may be away for a day; whoever looks at the file knows better."""
    item_id = await desk.receives()
    async with desk.room.begin() as tx:
        assert await desk.items.wait_again(tx, desk.message_ids) == [item_id]
    decision = decision_of(await desk.assign(item_id, 81))
    assert await desk.attached(item_id) == [81]
    await desk.undo(decision)
    assert await desk.state(item_id) == "unmatched"


class UnlinkedMeanwhile(TextInMemory):
    """A recruiter takes the link back while the file is being read."""

    def __init__(self, desk: Linked) -> None:
        super().__init__("Ana Pop\nAgent")
        self.desk = desk

    async def read(self, body: bytes, kind: Kind) -> Reading:
        await self.desk.says_no_link()
        return await super().read(body, kind)


async def test_a_link_taken_back_while_the_file_is_read_gives_nobody_a_cv(desk: Linked) -> None:
    item_id = await desk.receives()
    await desk.link(documents=UnlinkedMeanwhile(desk))
    assert await desk.attached(item_id) == []
    await desk.match()
    assert (await desk.state(item_id), await desk.attached(item_id)) == ("unmatched", [])
    assert await desk.room.said(CvMatched) == []


async def test_who_is_nobodys_again_is_told_of_while_the_model_is_away(desk: Linked) -> None:
    """It came after the link, so that nobody has ever heard of it as unmatched."""
    await desk.link()
    item_id = await desk.receives()
    assert await desk.room.said(InboundUnmatched) == []
    away = ScriptedReading(ModelUnavailable("no key"))
    await desk.unlink(reading=away)
    for _ in range(4):
        await desk.look_at(MatchRequested(item_id=item_id), None, away)
    assert [one.item_id for one in await desk.room.said(InboundUnmatched)] == [item_id]
    assert await desk.state(item_id) == "waiting"
