"""What intake answers to recruiters, and what it makes of the facts of others: messages in, messages out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import InMemoryTx
from contracts import Accepted, Event, Refused
from contracts.base import EVENTS
from contracts.intake import (
    ApplicationStatus,
    ApplicationStatusChanged,
    CallbackDue,
    CloseApplication,
    OverdueCvWaitOver,
    PositionDetails,
    PositionStatus,
    QueueCalls,
    RejectedCvWaitOver,
)
from contracts.scoring import Outcome
from intake.domain.applications import Application
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.handlers import handlers
from intake.handlers.applications import queue_calls
from intake.handlers.decisions import close_application
from intake.handlers.pipeline import follow_pipeline
from intake.ports import Position
from intake_support.facts import Facts, enveloped
from intake_support.memory import MemoryApplications, MemoryPositions, Shelf
from intake_support.stores import PROMPTS, RECRUITER, Store

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
CALL = UUID(int=7)


def a_profile(phone: str | None = "+40712000001") -> Profile:
    return Profile(
        "Ana Pop", "Ana", "Pop", "ana pop", phone, None, None, None, "ro", None, "manual", None, None, None,
        None, None, (),
    )  # fmt: skip


class Room:
    """Applications of one position, and the ports over them."""

    def __init__(self, *statuses: Status, phone: str | None = "+40712000001", **fields: Any) -> None:
        self.shelf = Shelf()
        self.shelf.positions[1] = Position(
            1,
            1,
            PositionDetails(
                title="Sales", follow_up_interval_hours=24, rejected_cv_timeout_days=3, **PROMPTS
            ),
        )
        for number, status in enumerate(statuses, start=1):
            self.shelf.candidates[number] = a_profile(phone)
            self.shelf.applications[number] = Application(number, number, 1, status, **fields)
        self.applications = MemoryApplications(self.shelf)
        self.positions = MemoryPositions(self.shelf)

    def revise(self, **changes: Any) -> None:
        position = self.shelf.positions[1]
        self.shelf.positions[1] = Position(1, 2, position.details.model_copy(update=changes))

    async def hear(self, event: Event, event_id: UUID | None = None) -> InMemoryTx:
        tx = InMemoryTx(now=NOON, cause=enveloped(event, event_id))
        await follow_pipeline(event, tx, self.applications, self.positions)
        return tx

    async def queue(self, ids: Sequence[int]) -> tuple[InMemoryTx, dict[str, Any]]:
        tx = InMemoryTx(now=NOON)
        command = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=list(ids))
        return tx, (await queue_calls(command, tx, self.applications, self.positions)).result


async def test_calls_are_queued_and_every_other_one_is_named_with_its_reason() -> None:
    room = Room(Status.PENDING_CALL, Status.CALL_QUEUED, Status.QUALIFIED, Status.CALL_FAILED)
    room.shelf.candidates[4] = a_profile(phone=None)
    tx, result = await room.queue([1, 2, 1, 3, 4, 99])
    assert result["queued"] == [1]
    assert {entry["application_id"]: entry["code"] for entry in result["refused"]} == {
        2: "already_queued",
        3: "already_screened",
        4: "no_usable_phone",
        99: "not_found",
    }
    assert all(entry["message"].endswith(".") for entry in result["refused"])
    (changed,) = tx.said(ApplicationStatusChanged)
    assert (changed.application_id, changed.previous, changed.current, changed.sequence) == (
        1,
        ApplicationStatus.PENDING_CALL,
        ApplicationStatus.CALL_QUEUED,
        1,
    )
    assert changed.actor == RECRUITER


@pytest.mark.parametrize("status", [PositionStatus.PAUSED, PositionStatus.CLOSED])
async def test_nobody_is_queued_for_a_paused_or_closed_position(status: PositionStatus) -> None:
    room = Room(Status.PENDING_CALL)
    room.revise(status=status)
    tx, result = await room.queue([1])
    assert (result["queued"], result["refused"][0]["code"]) == ([], f"position_{status.value}")
    assert tx.published == []


@pytest.mark.parametrize(
    "missing",
    [{"system_prompt": None}, {"first_message": " \n"}, {"system_prompt": "", "first_message": None}],
)
async def test_nobody_is_queued_without_prompts_and_the_refusal_says_what_to_do(
    store: Store, missing: dict[str, Any]
) -> None:
    position_id = await store.a_position(**missing)
    async with store.begin() as tx:
        ids = await store.add(tx, a_profile())
        (opened,) = (await store.applications.open(tx, position_id, ids)).values()
        command = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=[opened])
        result = (await queue_calls(command, tx, store.applications, store.positions)).result
    assert (result["queued"], result["refused"][0]["code"]) == ([], "prompts_missing")
    assert "write or generate them" in result["refused"][0]["message"]


async def test_calling_now_takes_the_agreed_callback_back() -> None:
    room = Room(Status.CALLBACK_SCHEDULED, callback_at=NOON, timer_id=uuid4())
    tx, result = await room.queue([1])
    assert (result["queued"], tx.cancelled) == ([1], ["callback:1"])
    assert tx.said(ApplicationStatusChanged)[0].callback_at is None


async def test_closing_says_why_and_closes_once() -> None:
    room, tx = Room(Status.CV_OVERDUE, timer_id=uuid4()), InMemoryTx()
    command = CloseApplication(command_id=uuid4(), actor=RECRUITER, application_id=1, reason="no time")
    assert await close_application(command, tx, room.applications, room.positions) == Accepted(
        result={"sequence": 1, "status": "closed"}
    )
    (changed,) = tx.said(ApplicationStatusChanged)
    assert (changed.current, changed.reason) == (ApplicationStatus.CLOSED, "no time")
    assert tx.cancelled == ["overdue-cv:1"]
    again = await close_application(command, tx, room.applications, room.positions)
    assert isinstance(again, Refused)
    assert again.code == "already_closed"
    unknown = command.model_copy(update={"application_id": 9})
    missing = await close_application(unknown, tx, room.applications, room.positions)
    assert isinstance(missing, Refused)
    assert missing.code == "not_found"


async def test_an_application_goes_from_its_call_to_its_cv() -> None:
    room, facts = Room(Status.CALL_QUEUED), Facts(1, 1)
    story: list[Event] = [
        facts.placed(CALL),
        facts.completed(CALL),
        facts.evaluating(CALL),
        facts.evaluated(CALL, Outcome.QUALIFIED, score=82),
        facts.asked_for_cv(for_later=False),
        facts.followed_up(1),
        facts.cv_matched(),
    ]
    for event in story:
        await room.hear(event)
    assert [row.current.value for row in room.shelf.audit] == [
        "call_in_progress",
        "call_completed",
        "scoring",
        "qualified",
        "awaiting_cv",
        "cv_followup_1",
        "cv_received",
    ]
    done = room.shelf.applications[1]
    assert (done.score, done.qualified, done.cv_received_at) == (82, True, NOON)
    assert [row.actor_kind for row in room.shelf.audit] == ["system"] * 6 + ["candidate"]
    assert all(row.cause_event_id is not None for row in room.shelf.audit)


async def test_a_callback_is_kept_by_a_timer_and_only_by_the_latest() -> None:
    room, facts = Room(Status.SCORING), Facts(1, 1)
    tomorrow = NOON + timedelta(days=1)
    tx = await room.hear(facts.evaluated(CALL, Outcome.CALLBACK_REQUESTED, tomorrow))
    (timer,) = tx.timers
    assert (timer.event, timer.at, timer.key) == (
        CallbackDue(candidate_id=1, application_id=1),
        tomorrow,
        "callback:1",
    )
    assert tx.said(ApplicationStatusChanged)[0].callback_at == tomorrow
    stale = await room.hear(timer.event, uuid4())
    assert stale.published == []
    due = await room.hear(timer.event, room.shelf.applications[1].timer_id)
    assert due.said(ApplicationStatusChanged)[0].current is ApplicationStatus.CALL_QUEUED


async def test_a_callback_without_a_time_needs_a_person() -> None:
    room = Room(Status.SCORING)
    tx = await room.hear(Facts(1, 1).evaluated(CALL, Outcome.CALLBACK_REQUESTED))
    (changed,) = tx.said(ApplicationStatusChanged)
    assert changed.current is ApplicationStatus.NEEDS_HUMAN
    assert changed.needs_human_reason is not None
    assert "called again" in changed.needs_human_reason


@pytest.mark.parametrize(
    ("status", "said", "event", "at", "key"),
    [
        (
            Status.NOT_QUALIFIED,
            "asked",
            RejectedCvWaitOver(candidate_id=1, application_id=1),
            NOON + timedelta(days=3),
            "rejected-cv:1",
        ),
        (
            Status.NOT_QUALIFIED,
            "came",
            RejectedCvWaitOver(candidate_id=1, application_id=1),
            NOON + timedelta(days=3),
            "rejected-cv:1",
        ),
        (
            Status.CV_FOLLOWUP_2,
            "expired",
            OverdueCvWaitOver(candidate_id=1, application_id=1),
            NOON + timedelta(hours=24),
            "overdue-cv:1",
        ),
    ],
)
async def test_waits_end_by_a_timer_of_the_positions_length(
    status: Status, said: str, event: Event, at: datetime, key: str
) -> None:
    room, facts = Room(status), Facts(1, 1)
    spoken: dict[str, Event] = {
        "asked": facts.asked_for_cv(for_later=True),
        "came": facts.cv_matched(),
        "expired": facts.request_expired(),
    }
    tx = await room.hear(spoken[said])
    (timer,) = tx.timers
    assert (timer.event, timer.at, timer.key) == (event, at, key)
    over = await room.hear(timer.event, room.shelf.applications[1].timer_id)
    assert over.said(ApplicationStatusChanged)[0].current is ApplicationStatus.CLOSED


async def test_a_cv_stops_the_wait_for_it() -> None:
    room = Room(Status.CV_OVERDUE, timer_id=uuid4())
    tx = await room.hear(Facts(1, 1).cv_matched())
    assert tx.cancelled == ["overdue-cv:1"]


async def test_nobody_is_asked_for_a_cv_that_came_before_the_verdict() -> None:
    room, facts = Room(Status.CALL_QUEUED), Facts(1, 1)
    for event in (facts.placed(CALL), facts.completed(CALL), facts.cv_matched(), facts.evaluating(CALL)):
        await room.hear(event)
    tx = await room.hear(facts.evaluated(CALL, Outcome.NOT_QUALIFIED, score=20))
    said = tx.said(ApplicationStatusChanged)
    assert [event.current.value for event in said] == ["not_qualified", "cv_received_rejected"]
    assert [event.cv_received_at for event in said] == [NOON, NOON]
    assert [timer.key for timer in tx.timers] == ["rejected-cv:1"]


async def test_a_fact_about_nobody_we_know_is_no_trouble() -> None:
    assert (await Room().hear(Facts(5, 5).placed(CALL))).published == []


async def test_a_late_transcript_does_not_reopen_a_closed_application() -> None:
    room, facts = Room(Status.CLOSED), Facts(1, 1)
    for event in (facts.completed(CALL), facts.evaluating(CALL), facts.cv_matched()):
        assert (await room.hear(event)).published == []
    assert room.shelf.audit == []


def test_one_consumer_sees_every_fact_that_may_move_an_application() -> None:
    moving = {
        "calling.call": "placed completed not_answered refused outcome_unknown taken_back settled_by_hand",
        "scoring.evaluation": "requested completed failed",
        "messaging.cv_request": "sent followed_up expired unreachable",
        "cv_matching.cv": "matched detached",
        "intake.application": "callback_due rejected_cv_wait_over overdue_cv_wait_over",
    }
    wanted = {f"{noun}.{fact}.v1" for noun, facts in moving.items() for fact in facts.split()}
    assert wanted <= set(EVENTS)
    consumer = handlers.consumers["intake__follow_pipeline"]
    assert {event.type() for handler in consumer.handlers for event in handler.events} == wanted


async def test_thousands_are_queued_at_once(store: Store) -> None:
    """Set statements: as many round trips as for one."""
    position_id = await store.a_position()
    async with store.begin() as tx:
        ids = await store.add(tx, *(a_profile()._replace(lead_key=str(number)) for number in range(10_000)))
        opened = list((await store.applications.open(tx, position_id, ids)).values())
    command = QueueCalls(command_id=uuid4(), actor=RECRUITER, application_ids=opened)
    async with store.begin() as tx:
        reply = await queue_calls(command, tx, store.applications, store.positions)
    assert reply.result == {"queued": opened, "refused": []}
    changed = [event for event in await store.published() if isinstance(event, ApplicationStatusChanged)]
    assert [event.application_id for event in changed] == opened
    async with store.begin() as tx:
        again = await queue_calls(command, tx, store.applications, store.positions)
    assert again.result["queued"] == []
    assert {entry["code"] for entry in again.result["refused"]} == {"already_queued"}
