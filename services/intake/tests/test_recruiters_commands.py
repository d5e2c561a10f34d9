"""What recruiters settle, close, reopen, assign and note; in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import NOON
from contracts import Accepted, Actor, Command
from contracts.intake import (
    AddNote,
    ApplicationAssigned,
    AssignApplications,
    CloseApplication,
    CloseApplications,
    NoteAdded,
    OverrideStatus,
    QueueCalls,
    ReopenApplication,
    ResolveNeedsHuman,
    ScheduleCallback,
    UndoOverride,
    WithdrawApplication,
)
from intake.domain.applications import Assignee
from intake.domain.status_machine import ClosedBecause, Status
from intake_support.desk import Desk, code_of, sequence_of
from intake_support.stores import RECRUITER

CALL = UUID(int=7)
TOMORROW = NOON + timedelta(days=1)
OTHER = Actor(kind="recruiter", id="8", name="Vlad Recruiter")


@pytest.mark.parametrize("position", ["paused", "closed"])
async def test_decisions_are_made_in_a_position_that_calls_nobody(desk: Desk, position: str) -> None:
    await desk.has(Status.NEEDS_HUMAN, position={"status": position})
    refused = await desk.asks(ResolveNeedsHuman, resolution="call_again")
    assert code_of(refused) == f"position_{position}"
    queued = await desk.asks(QueueCalls, application_ids=[desk.application_id])
    assert isinstance(queued, Accepted)
    assert queued.result["queued"] == []
    assert sequence_of(await desk.asks(ResolveNeedsHuman, resolution="qualified")) == 2
    assert sequence_of(await desk.asks(CloseApplication)) == 3
    assert sequence_of(await desk.asks(ReopenApplication)) == 4


@pytest.mark.parametrize(
    ("resolution", "status"),
    [
        ("qualified", Status.QUALIFIED),
        ("not_qualified", Status.NOT_QUALIFIED),
        ("call_again", Status.CALL_QUEUED),
        ("callback", Status.CALLBACK_SCHEDULED),
        ("close", Status.CLOSED),
    ],
)
async def test_what_needed_a_person_is_settled_and_can_be_asked_anew(
    desk: Desk, resolution: str, status: Status
) -> None:
    await desk.has(Status.NEEDS_HUMAN)
    at = {"callback_at": TOMORROW} if resolution == "callback" else {}
    assert sequence_of(await desk.asks(ResolveNeedsHuman, resolution=resolution, **at)) == 2
    then = await desk.now()
    assert (then.status, then.needs_human_reason) == (status, None)
    assert (await desk.changes())[-1].by_hand
    assert code_of(await desk.asks(ResolveNeedsHuman, resolution="close")) == "nobody_needed"
    await desk.asks(UndoOverride, sequence=2)
    assert (await desk.now()).needs_human_reason == "Wants to talk to a person."


async def test_who_can_not_be_called_is_not_called_again(desk: Desk) -> None:
    await desk.has(Status.NEEDS_HUMAN, phone=None)
    assert code_of(await desk.asks(ResolveNeedsHuman, resolution="call_again")) == "no_usable_phone"
    assert code_of(await desk.asks(ResolveNeedsHuman, resolution="callback")) == "no_time"
    assert await desk.changes() == []


@pytest.mark.parametrize(
    ("calls", "status", "why"),
    [
        ((), Status.PENDING_CALL, None),
        ((CALL,), Status.NEEDS_HUMAN, "Reopened: she wrote again"),
    ],
)
async def test_a_closed_application_goes_on_and_may_be_closed_again(
    desk: Desk, calls: tuple[UUID, ...], status: Status, why: str | None
) -> None:
    await desk.has(Status.CLOSED, closed_because=ClosedBecause.NO_CV, calls=calls)
    sequence = sequence_of(await desk.asks(ReopenApplication, reason="she wrote again"))
    then = await desk.now()
    assert (then.status, then.needs_human_reason, then.closed_because) == (status, why, None)
    await desk.asks(UndoOverride, sequence=sequence)
    assert (await desk.now()).closed_because is ClosedBecause.NO_CV


async def test_many_are_closed_and_the_others_named(desk: Desk) -> None:
    await desk.has(Status.CLOSED, closed_because=ClosedBecause.NO_CV)
    closed = desk.application_id
    await desk.has(Status.AWAITING_CV)
    answer = await desk.asks(CloseApplications, application_ids=[desk.application_id, closed, 999])
    assert isinstance(answer, Accepted)
    assert answer.result["closed"] == [desk.application_id]
    assert [one["code"] for one in answer.result["refused"]] == ["already_closed", "not_found"]
    assert sequence_of(await desk.asks(UndoOverride, sequence=2)) == 3


async def test_applications_are_looked_after_by_one_recruiter_then_another_then_nobody(desk: Desk) -> None:
    await desk.has(Status.PENDING_CALL)
    ids = [desk.application_id, 999]
    for assignee in (RECRUITER, RECRUITER, OTHER, None):
        answer = await desk.asks(AssignApplications, application_ids=ids, assignee=assignee)
        assert isinstance(answer, Accepted)
        assert answer.result["assigned"] == [desk.application_id]
        assert [one["code"] for one in answer.result["refused"]] == ["not_found"]
        kept = (await desk.now()).assignee
        assert kept == (Assignee(assignee.id, assignee.name) if assignee and assignee.id else None)
    assert [said.assignee for said in await desk.said(ApplicationAssigned)] == [RECRUITER, OTHER, None]
    assert (await desk.now()).sequence == 1
    nobody = await desk.asks(AssignApplications, application_ids=ids, assignee=Actor(kind="system"))
    assert code_of(nobody) == "not_a_recruiter"


async def test_whoever_looks_after_it_does_so_after_an_undo_too(desk: Desk) -> None:
    await desk.has(Status.PENDING_CALL)
    await desk.asks(CloseApplication)
    await desk.asks(AssignApplications, application_ids=[desk.application_id], assignee=RECRUITER)
    await desk.asks(UndoOverride, sequence=2)
    assert (await desk.now()).assignee == Assignee("7", "Ioana Recruiter")


async def test_a_note_is_kept_and_said(desk: Desk) -> None:
    await desk.has(Status.PENDING_CALL)
    answer = await desk.asks(AddNote, text="  Prefers <b>mornings</b>\n")
    assert isinstance(answer, Accepted)
    (note,) = await desk.said(NoteAdded)
    assert (note.text, note.actor) == ("Prefers <b>mornings</b>", RECRUITER)
    assert answer.result == {"note_id": str(note.note_id)}
    assert code_of(await desk.asks(AddNote, text=" \n ")) == "empty_note"
    assert code_of(await desk.asks(AddNote, text="a\0b")) == "text_damaged"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (OverrideStatus, {"status": "closed"}),
        (UndoOverride, {"sequence": 1}),
        (ScheduleCallback, {"at": TOMORROW}),
        (ResolveNeedsHuman, {"resolution": "close"}),
        (CloseApplication, {}),
        (WithdrawApplication, {}),
        (ReopenApplication, {}),
        (AddNote, {"text": "a note"}),
    ],
)
async def test_nothing_is_decided_of_what_does_not_exist(
    desk: Desk, kind: type[Command], fields: dict[str, Any]
) -> None:
    assert code_of(await desk.asks(kind, application_id=999, **fields)) == "not_found"
