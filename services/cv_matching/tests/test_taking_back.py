"""Decisions about received files, taken back on PostgreSQL: everything is as it was, and says so."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from contracts import Accepted, Refused
from contracts.cv_matching import (
    CvDetached,
    CvMatched,
    MatchMethod,
)
from cv_matching_support import files
from cv_matching_support.deciding import PAUL, Desk, code_of, decision_of


async def test_a_confirmation_that_is_taken_back_waits_for_a_look_again(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    decision = decision_of(await desk.confirm(await desk.cv_id(item_id, 71)))
    await desk.undo(decision, PAUL)
    assert (await desk.told())[-2:] == ["CvReviewReopened 71", "CvReviewReopened 72"]
    assert await desk.attachments(item_id) == {71: (True, True), 72: (True, True)}
    decision_of(await desk.confirm(await desk.cv_id(item_id, 71)))


async def test_a_reassignment_that_is_taken_back_leaves_everything_as_it_was(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    before = await desk.attachments(item_id), await desk.state(item_id)
    first = await desk.room.said(CvMatched)
    decision = decision_of(await desk.reassign(await desk.cv_id(item_id, 71), 81))
    reply = await desk.undo(decision)
    assert isinstance(reply, Accepted)
    assert (await desk.told())[-3:] == ["CvDetached 81", "CvMatched 71", "CvMatched 72"]
    assert (await desk.room.said(CvMatched))[-2:] == first
    there, state = await desk.attachments(item_id), await desk.state(item_id)
    assert ({one: it for one, it in there.items() if it[0]}, state) == before


async def test_an_assignment_that_is_taken_back_makes_the_file_nobodys_again(desk: Desk) -> None:
    item_id = await desk.received()
    decision = decision_of(await desk.assign(item_id, 81))
    await desk.undo(decision)
    assert (await desk.told())[-2:] == ["CvDetached 81", "ItemReopened"]
    assert (await desk.room.said(CvDetached))[-1].because == "undone"
    assert await desk.state(item_id) == "unmatched"
    decision_of(await desk.assign(item_id, 71))


async def test_a_discarded_file_comes_back_to_whom_it_had_been_given(desk: Desk) -> None:
    """The confirmed as confirmed: nobody has to look twice."""
    item_id = await desk.received(matched=True)
    await desk.confirm(await desk.cv_id(item_id, 71))
    await desk.undo(decision_of(await desk.discard(item_id)))
    assert await desk.attachments(item_id) == {71: (True, False), 72: (True, False)}
    assert await desk.state(item_id) == "matched"


async def test_an_upload_that_is_taken_back_leaves_the_application_without_it(desk: Desk) -> None:
    reply = await desk.upload(71, files.a_pdf("Ana Pop"))
    await desk.undo(decision_of(reply))
    [detached] = await desk.room.said(CvDetached)
    assert (detached.application_id, detached.because, detached.cvs_left) == (71, "undone", 0)
    assert await desk.state(detached.item_id) == "discarded"


async def test_only_the_last_decision_about_a_file_can_be_taken_back(desk: Desk) -> None:
    item_id = await desk.received()
    first = decision_of(await desk.assign(item_id, 81))
    second = decision_of(await desk.reassign(await desk.cv_id(item_id, 81), 71, PAUL))
    refused = await desk.undo(first)
    assert code_of(refused) == "decided_since"
    assert isinstance(refused, Refused)
    assert refused.message.startswith("Paul Pavel gave it to somebody else.")
    for decision in (second, first):
        assert isinstance(await desk.undo(decision), Accepted)
    assert await desk.state(item_id) == "unmatched"
    assert code_of(await desk.undo(second)) == "decision_undone"
    assert code_of(await desk.undo(uuid4())) == "decision_unknown"


async def test_of_two_who_take_it_back_at_once_one_does(desk: Desk) -> None:
    item_id = await desk.received(matched=True)
    decision = decision_of(await desk.discard(item_id))
    replies = await asyncio.gather(*(desk.undo(decision) for _ in range(3)))
    assert sum(isinstance(reply, Accepted) for reply in replies) == 1
    assert {code_of(reply) for reply in replies if isinstance(reply, Refused)} == {"decision_undone"}
    assert len(await desk.room.said(CvMatched)) == 4


async def test_what_happens_to_many_files_of_the_same_people_at_once_never_locks_up(desk: Desk) -> None:
    received = [await desk.received(matched=True) for _ in range(6)]

    async def back_and_forth(item_id: UUID) -> None:
        decision = decision_of(await desk.reassign(await desk.cv_id(item_id, 71), 81))
        await desk.undo(decision)
        await desk.discard(item_id)

    await asyncio.gather(*(back_and_forth(one) for one in received))
    detached = await desk.room.said(CvDetached)
    assert (len(detached), detached[-1].cvs_left) == (6 * 5, 0)


async def test_what_is_put_back_says_of_itself_what_it_said_before_anybody_decided(desk: Desk) -> None:
    """Given away, given back by hand, and both taken back: it is the doubtful match again."""
    item_id = await desk.received(matched=True)
    first = decision_of(await desk.reassign(await desk.cv_id(item_id, 71), 81))
    second = decision_of(await desk.reassign(await desk.cv_id(item_id, 81), 71))
    for decision in (second, first):
        await desk.undo(decision)
    last = [one for one in await desk.room.said(CvMatched) if one.application_id == 71][-1]
    assert (last.method, last.needs_review, last.actor) == (MatchMethod.FUZZY_NAME, True, None)
    assert (await desk.attachments(item_id))[71] == (True, True)
