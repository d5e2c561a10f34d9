"""Positions: every limit has a refusal of its own, every change is a fact with what was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from chassis import Tx
from chassis.outbox import LARGEST_EVENT, written
from chassis.testing import InMemoryTx
from contracts import Accepted, Command, Refused
from contracts.intake import (
    Criterion,
    OpenPosition,
    PositionDetails,
    PositionOpened,
    PositionRevised,
    PositionStatus,
    RetryRule,
    RetryRules,
    RevisePosition,
    SetPositionStatus,
)
from contracts.placeholders import CALL_PLACEHOLDERS
from intake.domain.applications import Application
from intake.domain.positions import what_is_wrong
from intake.domain.profiles import Profile
from intake.domain.status_machine import Status
from intake.handlers import positions as asked
from intake.handlers.position_revisions import PLACEHOLDERS
from intake.ports import Move, Position
from intake_support.memory import MemoryPositions, Shelf
from intake_support.stores import RECRUITER, Store


def criterion(**changes: Any) -> Criterion:
    """As it might come, whatever the contract says of it."""
    return Criterion(key="night-shifts", text="Can work at night").model_copy(update=changes)


def retry(which: str, **changes: Any) -> RetryRules:
    return RetryRules().model_copy(update={which: RetryRule().model_copy(update=changes)})


LIMITS: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"calling_hour_start": 0, "calling_hour_end": 24}, None),
    ({"calling_hour_start": 18, "calling_hour_end": 10}, "hours_reversed"),
    ({"calling_hour_start": 10, "calling_hour_end": 10}, "hours_reversed"),
    ({"calling_hour_start": -1}, "no_such_hour"),
    ({"calling_hour_end": 25}, "no_such_hour"),
    ({"calling_days": []}, "no_calling_days"),
    ({"calling_days": [7]}, "no_calling_days"),
    ({"calling_days": [0, 0]}, "days_doubled"),
    ({"call_retry_max": 0}, "attempts_out_of_range"),
    ({"call_retry_max": 11}, "attempts_out_of_range"),
    ({"call_retry_interval_minutes": 0}, "wait_out_of_range"),
    ({"call_retry_interval_minutes": 10**9}, "wait_out_of_range"),
    ({"follow_up_interval_hours": -1}, "wait_out_of_range"),
    ({"rejected_cv_timeout_days": 0}, "wait_out_of_range"),
    ({"rejected_cv_timeout_days": 10**9}, "wait_out_of_range"),
    ({"time_zone": "Mars/Base"}, "unknown_time_zone"),
    ({"time_zone": "../etc/passwd"}, "unknown_time_zone"),
    ({"time_zone": "Europe"}, "unknown_time_zone"),
    ({"time_zone": ""}, "unknown_time_zone"),
    ({"language": "en"}, None),
    ({"language": "EN"}, "unknown_language"),
    ({"language": "romanian"}, "unknown_language"),
    ({"language": ""}, "unknown_language"),
    ({"title": " "}, "no_title"),
    ({"description": "Line\r\nand\ttab."}, None),
    ({"description": "\x01"}, "text_damaged"),
    ({"first_message": "a\x1fb"}, "text_damaged"),
    ({"title": "x" * 200}, None),
    ({"title": "x" * 201}, "text_too_long"),
    ({"description": "x" * 20_000}, None),
    ({"description": "x" * 20_001}, "text_too_long"),
    ({"system_prompt": "x" * 20_001}, "text_too_long"),
    ({"first_message": "x" * 20_001}, "text_too_long"),
    ({"qualification_prompt": "x" * 20_001}, "text_too_long"),
    ({"campaign_questions": "x" * 10_000}, None),
    ({"campaign_questions": "x" * 10_001}, "text_too_long"),
    ({"first_message": "Hi\x00"}, "text_damaged"),
    ({"lead_form_ids": ["1202134567890", "12"]}, None),
    ({"lead_form_ids": [str(number) for number in range(101)]}, "too_many_forms"),
    ({"employer": "Exemplu SRL & Asociații"}, None),
    ({"employer": "x" * 200}, None),
    ({"employer": "x" * 201}, "text_too_long"),
    ({"employer": "a\x07"}, "text_damaged"),
    ({"employer": "Exemplu\nSRL"}, "no_such_employer"),
    ({"employer": "{candidate_name}"}, "no_such_employer"),
    ({"employer": "{{secret}}"}, "no_such_employer"),
    ({"criteria": [criterion(key=f"c-{number}") for number in range(50)]}, None),
    ({"criteria": [criterion(key=f"c-{number}") for number in range(51)]}, "too_many_criteria"),
    ({"criteria": [criterion(), criterion()]}, "criteria_doubled"),
    ({"criteria": [criterion(key="question-1", text="Are you free at night?")]}, None),
    ({"criteria": [criterion(key="night_shifts_2")]}, None),
    ({"criteria": [criterion(key="")]}, "bad_criterion_key"),
    ({"criteria": [criterion(key="Night")]}, "bad_criterion_key"),
    ({"criteria": [criterion(key="night shifts")]}, "bad_criterion_key"),
    ({"criteria": [criterion(key="noapte-în")]}, "bad_criterion_key"),
    ({"criteria": [criterion(key="-night")]}, "bad_criterion_key"),
    ({"criteria": [criterion(key="n" * 41)]}, "bad_criterion_key"),
    ({"criteria": [criterion(text=" \t")]}, "criterion_empty"),
    ({"criteria": [criterion(text="x" * 500)]}, None),
    ({"criteria": [criterion(text="x" * 501)]}, "text_too_long"),
    ({"criteria": [criterion(text="a\x00b")]}, "text_damaged"),
    ({"criteria": [criterion(weight=0)]}, "weight_out_of_range"),
    ({"criteria": [criterion(weight=1), criterion(key="b", weight=100)]}, None),
    ({"criteria": [criterion(weight=101)]}, "weight_out_of_range"),
    ({"retry_rules": retry("busy", after_minutes=7 * 24 * 60)}, None),
    ({"retry_rules": retry("busy", after_minutes=7 * 24 * 60 + 1)}, "wait_out_of_range"),
    ({"retry_rules": retry("no_answer", after_minutes=0)}, "wait_out_of_range"),
    ({"retry_rules": retry("voicemail", at_most=10, again=False)}, None),
    ({"retry_rules": retry("voicemail", at_most=11)}, "attempts_out_of_range"),
    ({"retry_rules": retry("voicemail", at_most=0)}, "attempts_out_of_range"),
    ({"most_calls_per_day": 1}, None),
    ({"most_calls_per_day": 0}, "daily_limit_out_of_range"),
    ({"most_calls_per_day": 10**9}, "daily_limit_out_of_range"),
    ({"system_prompt": "{candidate_name} {form_answers} {{system__time_utc}} {not one}"}, None),
    ({"system_prompt": '{"json": true}'}, None),
    ({"system_prompt": "Hi {name}."}, "unknown_placeholder"),
    ({"system_prompt": "Hi {{candidate_name}}."}, "unknown_placeholder"),
    ({"first_message": "Hi {Candidate_Name}."}, "unknown_placeholder"),
    ({"qualification_prompt": "Look for {anything}."}, None),
]


def test_a_position_of_the_longest_texts_passes_the_bus_with_what_was_before() -> None:
    widest = "\U0001f600"  # four bytes, as many as a character takes
    text = widest * 20_000
    details = PositionDetails(
        title=widest * 200,
        description=text,
        campaign_questions=widest * 10_000,
        system_prompt=text,
        first_message=text,
        qualification_prompt=text,
        employer=widest * 200,
        criteria=[Criterion(key=f"{'k' * 38}{n:02}", text=widest * 500, weight=100) for n in range(50)],
        lead_form_ids=["1" * 32] * 100,
    )
    assert what_is_wrong(details, PLACEHOLDERS) is None
    revised = PositionRevised(
        position_id=1, revision=2, details=details, before=details, reason=widest * 500, actor=RECRUITER
    )
    assert len(written(revised).encode()) < LARGEST_EVENT


@pytest.mark.parametrize(("changes", "code"), LIMITS)
def test_a_position_is_usable_or_says_what_is_wrong(changes: dict[str, Any], code: str | None) -> None:
    wrong = what_is_wrong(PositionDetails(title="Driver").model_copy(update=changes), PLACEHOLDERS)
    assert (wrong.code if wrong else None) == code
    assert wrong is None or wrong.message.endswith(".")


def test_an_unknown_placeholder_is_refused_with_those_that_are_known() -> None:
    details = PositionDetails(title="Driver", first_message="Hi {name}, {{user}} of {" + "x" * 90 + "}.")
    wrong = what_is_wrong(details, PLACEHOLDERS)
    assert wrong is not None
    assert "The first message holds {name}, {" in wrong.message
    assert "{{user}}" in wrong.message
    assert all(f"{{{known}}}" in wrong.message for known in CALL_PLACEHOLDERS)
    assert len(wrong.message) < 400
    many = PositionDetails(title="Driver", system_prompt=" ".join(f"{{n{one}}}" for one in range(2_000)))
    wrong = what_is_wrong(many, PLACEHOLDERS)
    assert wrong is not None
    assert "and 1,995 more" in wrong.message


class NoForms:
    """None of these positions takes live leads; whose a form is has tests of its own."""

    async def bind(self, tx: Tx, position_id: int, form_ids: Sequence[str]) -> None:
        assert not form_ids


class Desk:
    """One position, and what recruiters ask of it."""

    def __init__(self, *statuses: Status, **details: Any) -> None:
        self.tx, self.shelf = InMemoryTx(), Shelf()
        self.shelf.positions[1] = Position(1, 1, PositionDetails(title="Sales", **details))
        for number, status in enumerate(statuses, start=1):
            self.shelf.applications[number] = Application(number, number, 1, status)
        self.positions = MemoryPositions(self.shelf)

    async def asks(self, kind: type[Command], **fields: Any) -> Accepted | Refused:
        handler: Any = {
            OpenPosition: asked.open_position,
            RevisePosition: asked.revise_position,
            SetPositionStatus: asked.set_position_status,
        }[kind]
        command = kind.model_validate({"command_id": uuid4(), "actor": RECRUITER, **fields})
        ports = (self.positions,) if kind is SetPositionStatus else (self.positions, NoForms())
        answer: Accepted | Refused = await handler(command, self.tx, *ports)
        return answer


async def test_a_position_is_opened_and_announced() -> None:
    desk, details = Desk(), PositionDetails(title="Driver")
    assert await desk.asks(OpenPosition, details=details) == Accepted(result={"position_id": 2})
    assert desk.tx.published == [PositionOpened(position_id=2, details=details, actor=RECRUITER)]


async def test_an_unusable_position_is_refused_and_leaves_no_trace() -> None:
    desk, details = Desk(), PositionDetails(title="Driver", calling_days=[])
    opened = await desk.asks(OpenPosition, details=details)
    revised = await desk.asks(RevisePosition, position_id=1, details=details)
    assert isinstance(opened, Refused)
    assert isinstance(revised, Refused)
    assert (opened.code, revised.code) == ("no_calling_days", "no_calling_days")
    assert (desk.tx.published, list(desk.shelf.positions)) == ([], [1])


async def test_a_revision_counts_up_says_what_was_before_and_only_against_the_latest() -> None:
    desk, details = Desk(), PositionDetails(title="Driver", status=PositionStatus.PAUSED)
    before = desk.shelf.positions[1].details
    wish = {"position_id": 1, "details": details, "expected_revision": 1}
    assert await desk.asks(RevisePosition, **wish) == Accepted(result={"revision": 2})
    (revised,) = desk.tx.said(PositionRevised)
    assert (revised.revision, revised.details, revised.before) == (2, details, before)
    assert (revised.actor, revised.reason) == (RECRUITER, None)
    late = await desk.asks(RevisePosition, **wish)
    assert isinstance(late, Refused)
    assert late.code == "revised_meanwhile"
    missing = await desk.asks(RevisePosition, **wish | {"position_id": 9})
    assert isinstance(missing, Refused)
    assert missing.code == "not_found"


async def test_a_revision_that_changes_nothing_says_nothing() -> None:
    desk = Desk()
    same = desk.shelf.positions[1].details
    assert await desk.asks(RevisePosition, position_id=1, details=same) == Accepted(result={"revision": 1})
    open_already = await desk.asks(SetPositionStatus, position_id=1, status=PositionStatus.OPEN, reason="why")
    assert open_already == Accepted(result={"revision": 1, "open_applications": 0})
    assert desk.tx.published == []


@pytest.mark.parametrize("status", [PositionStatus.PAUSED, PositionStatus.CLOSED])
async def test_a_position_changes_its_status_and_nothing_else(status: PositionStatus) -> None:
    desk = Desk(Status.CALL_QUEUED, Status.CV_RECEIVED, Status.CLOSED, confirmation="rejections")
    before = desk.shelf.positions[1].details
    answer = await desk.asks(SetPositionStatus, position_id=1, status=status, reason=" Filled. ")
    assert answer == Accepted(result={"revision": 2, "open_applications": 2})
    (revised,) = desk.tx.said(PositionRevised)
    assert revised.before == before
    assert revised.details == before.model_copy(update={"status": status})
    assert (revised.actor, revised.reason, revised.revision) == (RECRUITER, "Filled.", 2)


async def test_a_position_from_before_the_check_is_paused_and_closed_all_the_same() -> None:
    desk = Desk(first_message="Hi {nobody_knows}.")
    for status in (PositionStatus.PAUSED, PositionStatus.CLOSED):
        answer = await desk.asks(SetPositionStatus, position_id=1, status=status)
        assert isinstance(answer, Accepted)
    details = desk.shelf.positions[1].details
    saved = await desk.asks(RevisePosition, position_id=1, details=details)
    assert isinstance(saved, Refused)
    assert saved.code == "unknown_placeholder"


async def test_closing_a_position_that_is_not_there_is_refused() -> None:
    answer = await Desk().asks(SetPositionStatus, position_id=9, status=PositionStatus.CLOSED)
    assert isinstance(answer, Refused)
    assert answer.code == "not_found"


async def test_open_applications_are_counted_where_they_are_kept(store: Store) -> None:
    first, second = await store.a_position(), await store.a_position()
    async with store.begin() as tx:
        people = await store.add(tx, someone("1"), someone("2"))
        opened = await store.applications.open(tx, first, people)
        assert await store.positions.open_applications(tx, first) == 2
        assert await store.positions.open_applications(tx, second) == 0
        before = await store.applications.lock(tx, opened[people[0]])
        assert before is not None
        closed = replace(before, status=Status.CLOSED, sequence=1)
        await store.applications.save(tx, [Move(before, closed, RECRUITER, "no time", None)])
        assert await store.positions.open_applications(tx, first) == 1


def someone(lead_key: str) -> Profile:
    return Profile(
        "Ana Pop", "Ana", "Pop", "ana pop", None, None, None, None, "ro", None, "manual", None, lead_key,
        None, None, None, (),
    )  # fmt: skip
