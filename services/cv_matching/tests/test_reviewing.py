"""What recruiters decide about received files, on PostgreSQL: by one, by two at once, and taken back."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from chassis import Tx
from contracts import Accepted, BlobRef, Refused
from contracts.cv_matching import (
    CvConfirmed,
    CvDetached,
    CvMatched,
    CvSource,
    FileReading,
    ItemDiscarded,
    MatchMethod,
    UnmatchedAssigned,
    UploadCv,
)
from cv_matching.adapters.directory import PostgresDirectory
from cv_matching.ports import ApplicationCard
from cv_matching_support import files
from cv_matching_support.deciding import ANA, ION, IRINA, PAUL, Desk, code_of, decision_of

# Whose an unmatched file is


async def test_an_assigned_file_is_the_cv_of_all_open_applications_of_that_person(desk: Desk) -> None:
    item_id = await desk.received()
    reply = await desk.assign(item_id, 72)
    said = await desk.room.said(CvMatched)
    assert [(one.application_id, one.method, one.needs_review, one.number) for one in said] == [
        (71, MatchMethod.MANUAL, False, 1),
        (72, MatchMethod.MANUAL, False, 1),
    ]
    assert {one.actor for one in said} == {IRINA}
    [assigned] = await desk.room.said(UnmatchedAssigned)
    assert (assigned.application_id, assigned.candidate_id, assigned.actor) == (72, ANA, IRINA)
    assert isinstance(reply, Accepted)
    assert reply.result["cv_id"] == str(said[1].cv_id)
    assert await desk.state(item_id) == "assigned"


async def test_an_assigned_file_skips_the_closed_applications_of_that_person(desk: Desk) -> None:
    await desk.stands(71, "closed", sequence=2)
    await desk.assign(await desk.received(), 72)
    assert [one.application_id for one in await desk.room.said(CvMatched)] == [72]


async def test_whoever_was_merged_into_somebody_is_that_person(desk: Desk) -> None:
    async with desk.room.begin() as tx:
        await desk.merges.merged(tx, uuid4(), ANA, ION)
    await desk.assign(await desk.received(), 81)
    said = await desk.room.said(CvMatched)
    assert [(one.application_id, one.candidate_id) for one in said] == [(71, ANA), (72, ANA), (81, ION)]


async def test_every_reason_not_to_assign_has_a_code_of_its_own(desk: Desk) -> None:
    await desk.stands(73, "closed")
    item_id, done, thrown = await desk.received(), await desk.received(), await desk.received()
    apart = await desk.received(FileReading(kind="program"))
    await desk.assign(done, 81)
    await desk.discard(thrown)
    before = await desk.told()
    refusals = [
        ("item_unknown", await desk.assign(uuid4(), 71)),
        ("application_unknown", await desk.assign(item_id, 99)),
        ("application_closed", await desk.assign(item_id, 73)),
        ("item_waiting", await desk.assign(await desk.waiting(), 71)),
        ("item_assigned", await desk.assign(done, 71)),
        ("item_discarded", await desk.assign(thrown, 71)),
        ("kept_apart", await desk.assign(apart, 71)),
    ]
    for code, reply in refusals:
        assert code_of(reply) == code
    assert await desk.told() == before


class ClosesMeanwhile(PostgresDirectory):
    """An application is closed right after it was looked at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sequence = 1

    async def application(self, tx: Tx, application_id: int) -> ApplicationCard | None:
        for status in ("awaiting_cv", "closed"):
            found = await super().application(tx, application_id)
            self.sequence += 1
            await self.desk.stands(application_id, status, candidate_id=ION, sequence=self.sequence)
        return found


async def test_an_application_that_closes_while_a_file_is_given_to_it_refuses_it(desk: Desk) -> None:
    assigned, given = await desk.received(), await desk.received(matched=True)
    before = await desk.told()
    desk.directory = ClosesMeanwhile(desk)
    assert code_of(await desk.assign(assigned, 81)) == "application_closed"
    assert code_of(await desk.reassign(await desk.cv_id(given, 71), 81)) == "application_closed"
    assert await desk.told() == before
    assert await desk.state(assigned) == "unmatched"


async def test_a_refusal_names_who_was_faster_and_what_they_did(desk: Desk) -> None:
    item_id = await desk.received()
    await desk.assign(item_id, 71, PAUL)
    reply = await desk.assign(item_id, 81)
    assert isinstance(reply, Refused)
    assert reply.message == "Paul Pavel said whose it is. Nothing was changed now."


async def test_of_two_who_decide_at_the_same_moment_one_does(desk: Desk) -> None:
    item_id = await desk.received()
    replies = await asyncio.gather(*(desk.assign(item_id, one) for one in (71, 81, 72, 81)))
    assert sum(isinstance(reply, Accepted) for reply in replies) == 1
    assert {code_of(reply) for reply in replies if isinstance(reply, Refused)} == {"item_assigned"}
    assert len({one.candidate_id for one in await desk.room.said(CvMatched)}) == 1


async def test_cvs_given_to_one_application_at_once_are_numbered_one_by_one(desk: Desk) -> None:
    received = [await desk.received() for _ in range(4)]
    await asyncio.gather(*(desk.assign(one, 81) for one in received))
    assert sorted(one.number or 0 for one in await desk.room.said(CvMatched)) == [1, 2, 3, 4]


# Confirming


async def test_a_doubtful_match_is_confirmed_for_all_the_applications_it_went_to(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    decision_of(await desk.confirm(await desk.cv_id(item_id, 72)))
    confirmed = await desk.room.said(CvConfirmed)
    assert [(one.application_id, one.actor) for one in confirmed] == [(71, IRINA), (72, IRINA)]
    assert code_of(await desk.confirm(await desk.cv_id(item_id, 71))) == "cv_confirmed"
    assert await desk.attachments(item_id) == {71: (True, False), 72: (True, False)}


async def test_an_unknown_cv_is_neither_confirmed_nor_given_to_anybody(desk: Desk) -> None:
    assert code_of(await desk.confirm(uuid4())) == "cv_unknown"
    assert code_of(await desk.reassign(uuid4(), 71)) == "cv_unknown"


# Somebody else's


async def test_a_reassigned_cv_leaves_the_wrong_person_and_goes_to_the_right_one(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    wrong = await desk.cv_id(item_id, 71)
    reply = await desk.reassign(wrong, 81)
    detached = await desk.room.said(CvDetached)
    assert [(one.application_id, one.because, one.cvs_left, one.actor) for one in detached] == [
        (71, "reassigned", 0, IRINA),
        (72, "reassigned", 0, IRINA),
    ]
    said = (await desk.room.said(CvMatched))[-1]
    assert (said.application_id, said.candidate_id, said.method) == (81, ION, MatchMethod.MANUAL)
    assert isinstance(reply, Accepted)
    assert reply.result["cv_id"] == str(said.cv_id)
    assert code_of(await desk.reassign(wrong, 81)) == "cv_detached"
    assert code_of(await desk.confirm(wrong)) == "cv_confirmed"


async def test_the_cvs_an_application_has_left_are_counted(desk: Desk) -> None:
    await desk.assign(await desk.received(), 81)
    item_id = await desk.received()
    await desk.assign(item_id, 81)
    await desk.reassign(await desk.cv_id(item_id, 81), 71)
    [detached] = await desk.room.said(CvDetached)
    assert (detached.application_id, detached.cvs_left) == (81, 1)


async def test_a_cv_that_comes_back_to_an_application_is_the_one_it_was(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    first = await desk.cv_id(item_id, 71)
    await desk.reassign(first, 81)
    await desk.reassign(await desk.cv_id(item_id, 81), 71)
    said = [one for one in await desk.room.said(CvMatched) if one.application_id == 71]
    assert [(one.cv_id, one.number, one.method) for one in said] == [
        (first, 1, MatchMethod.FUZZY_NAME),
        (first, 1, MatchMethod.MANUAL),
    ]


async def test_a_cv_stays_with_the_person_whose_other_application_is_named(desk: Desk) -> None:
    """Opened since: it goes there too, and whose it is is certain now."""
    item_id = await desk.received(matched=True)
    await desk.stands(74, "awaiting_cv")
    decision_of(await desk.reassign(await desk.cv_id(item_id, 71), 74))
    assert await desk.room.said(CvDetached) == []
    assert await desk.attachments(item_id) == dict.fromkeys((71, 72, 74), (True, False))


async def test_every_reason_not_to_reassign_has_a_code_of_its_own(desk: Desk) -> None:
    await desk.stands(83, "closed", candidate_id=ION)
    item_id = await desk.received(matched=True)
    cv_id = await desk.cv_id(item_id, 71)
    codes = {99: "application_unknown", 83: "application_closed", 72: "already_theirs"}
    assert {one: code_of(await desk.reassign(cv_id, one)) for one in codes} == codes
    assert await desk.room.said(CvDetached) == []


# Not a CV


async def test_a_discarded_file_is_taken_from_every_application(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    decision_of(await desk.discard(item_id))
    assert [(one.application_id, one.because) for one in await desk.room.said(CvDetached)] == [
        (71, "discarded"),
        (72, "discarded"),
    ]
    [discarded] = await desk.room.said(ItemDiscarded)
    assert (discarded.item_id, discarded.reason, discarded.actor) == (item_id, "a bill", IRINA)
    assert code_of(await desk.discard(item_id)) == "item_discarded"
    assert code_of(await desk.discard(await desk.waiting())) == "item_waiting"


# By hand


async def test_an_uploaded_file_is_the_cv_of_the_named_application_alone(desk: Desk) -> None:
    reply = await desk.upload(71, files.a_pdf("Ana Pop"))
    [said] = await desk.room.said(CvMatched)
    assert (said.application_id, said.source, said.method) == (71, CvSource.MANUAL_UPLOAD, MatchMethod.MANUAL)
    assert said.reading is not None
    assert said.reading.kind == "pdf"
    assert isinstance(reply, Accepted)
    assert reply.result["cv_id"] == str(said.cv_id)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"MZ" + bytes(500), "program"),
        (b"<!doctype html><p>CV</p>", "web page"),
        (files.a_macro_docx(), "macros"),
        (b"", "empty"),
    ],
)
async def test_an_upload_that_is_no_document_is_refused_with_what_it_is(
    desk: Desk, body: bytes, words: str
) -> None:
    reply = await desk.upload(71, body)
    assert code_of(reply) == "not_a_document"
    assert isinstance(reply, Refused)
    assert words in reply.message
    assert await desk.room.pool.fetchval("select count(*) from items") == 0


async def test_an_upload_is_refused_for_a_closed_application_a_lost_file_and_the_same_file(
    desk: Desk,
) -> None:
    body = files.a_pdf("Ana Pop")
    await desk.upload(81, body)
    await desk.stands(73, "closed")
    lost = UploadCv(
        command_id=uuid4(),
        actor=IRINA,
        application_id=71,
        file=BlobRef(key="gone", size=1),
        file_name="cv.pdf",
    )
    assert code_of(await desk.take(lost)) == "file_missing"
    assert code_of(await desk.upload(81, body)) == "already_there"
    assert code_of(await desk.upload(73, body)) == "application_closed"
    assert code_of(await desk.upload(99, body)) == "application_unknown"
