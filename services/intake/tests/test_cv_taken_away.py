"""A CV that moved an application turns out to be somebody else's: it goes back to where it was."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from contracts.intake import PositionDetails
from intake.domain.applications import Application, Happening, after
from intake.domain.status_machine import BEFORE_A_CV, ClosedBecause, Fact, Status
from intake_support.desk import TimedTx
from intake_support.facts import Facts
from intake_support.hearing import Room
from intake_support.stores import PROMPTS, RECRUITER

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
MATCHED = Happening(Fact.CV_MATCHED, "a CV was matched", cv_received_at=NOON)
TAKEN_AWAY = Happening(Fact.CV_TAKEN_AWAY, "the CV was somebody else's")
FROM = [(one, there) for there, those in BEFORE_A_CV.items() for one in those]


def an_application(status: Status, **fields: object) -> Application:
    return replace(Application(17, 5, 3, status), **fields)  # type: ignore[arg-type]


def test_the_ways_back_are_those_that_a_cv_led_along() -> None:
    back = {there.value: {one.value for one in those} for there, those in BEFORE_A_CV.items()}
    assert back == {
        "cv_received": {"qualified", "awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue"},
        "cv_received_rejected": {"not_qualified", "awaiting_cv_rejected"},
    }


@pytest.mark.parametrize(("start", "there"), FROM)
def test_it_goes_back_to_where_the_cv_had_found_it(start: Status, there: Status) -> None:
    with_cv = after(an_application(start, sequence=4), MATCHED)
    assert (with_cv.status, with_cv.before_cv) == (there, start)
    without = after(with_cv, TAKEN_AWAY)
    assert (without.status, without.sequence, without.cv_received_at, without.before_cv) == (
        start,
        6,
        None,
        None,
    )
    assert after(without, TAKEN_AWAY) is without


def test_a_cv_that_comes_again_moves_it_again() -> None:
    without = after(after(an_application(Status.AWAITING_CV), MATCHED), TAKEN_AWAY)
    assert after(without, MATCHED).status is Status.CV_RECEIVED


def test_a_reminder_heard_of_after_the_cv_counts_when_it_goes_back() -> None:
    """It had left: the candidate was reminded once, and the next reminder is the second."""
    with_cv = after(an_application(Status.AWAITING_CV), MATCHED)
    reminded = after(with_cv, Happening(Fact.FOLLOWED_UP_ONCE, "reminder 1"))
    assert reminded.status is Status.CV_RECEIVED
    assert after(reminded, TAKEN_AWAY).status is Status.CV_FOLLOWUP_1


@pytest.mark.parametrize("status", [Status.PENDING_CALL, Status.CALL_QUEUED, Status.SCORING])
def test_a_cv_from_before_the_verdict_is_forgotten_without_a_move(status: Status) -> None:
    with_cv = after(an_application(status), MATCHED)
    assert with_cv.cv_received_at == NOON
    without = after(with_cv, TAKEN_AWAY)
    assert (without.status, without.sequence, without.cv_received_at) == (status, with_cv.sequence, None)


def test_what_a_recruiter_has_moved_on_stays_and_only_has_no_cv() -> None:
    with_cv = after(an_application(Status.AWAITING_CV), MATCHED)
    moved = after(
        with_cv, Happening(Fact.OVERRIDDEN, "call them", status=Status.NEEDS_HUMAN, needs_human_reason="x")
    )
    without = after(moved, TAKEN_AWAY)
    assert (without.status, without.sequence, without.cv_received_at) == (
        Status.NEEDS_HUMAN,
        moved.sequence,
        None,
    )
    undone = after(without, Happening(Fact.UNDONE, "taken back"))
    assert undone.status is Status.AWAITING_CV


def test_that_a_recruiter_said_a_cv_is_here_stays() -> None:
    by_hand = Happening(Fact.OVERRIDDEN, "got it on paper", status=Status.CV_RECEIVED, cv_received_at=NOON)
    received = after(an_application(Status.AWAITING_CV), by_hand)
    assert after(received, TAKEN_AWAY).status is Status.CV_RECEIVED
    assert after(received, TAKEN_AWAY).cv_received_at == NOON


def test_one_that_was_closed_with_its_cv_stays_closed_as_it_was() -> None:
    """Nothing would follow from opening it again: who was not a fit is not reminded."""
    with_cv = after(an_application(Status.AWAITING_CV_REJECTED), MATCHED)
    closed = after(with_cv, Happening(Fact.REJECTED_CV_WAIT_OVER, "the wait is over"))
    assert closed.closed_because is ClosedBecause.CV_KEPT
    without = after(closed, TAKEN_AWAY)
    assert (without.status, without.closed_because, without.cv_received_at) == (
        Status.CLOSED,
        ClosedBecause.CV_KEPT,
        None,
    )


class Told:
    """One application in memory, with what its moves say and which timer runs."""

    def __init__(self, status: Status) -> None:
        self.room = Room(PositionDetails(title="Sales", **PROMPTS), Application(1, 1, 1, status, sequence=0))
        self.tx = TimedTx(now=NOON)
        self.facts = Facts(1, 1)


def test_another_cv_is_as_good_a_reason_to_stay() -> None:
    told = Told(Status.AWAITING_CV)
    told.room.hear(told.facts.cv_matched(), told.tx)
    stages = []
    for left in (1, 0):
        told.room.hear(told.facts.cv_detached(RECRUITER, cvs_left=left), told.tx)
        stages.append(told.room.application.status)
    assert stages == [Status.CV_RECEIVED, Status.AWAITING_CV]


def test_the_way_back_names_the_recruiter_the_reason_and_what_it_undoes() -> None:
    told = Told(Status.CV_OVERDUE)
    told.room.hear(told.facts.cv_matched(), told.tx)
    assert told.tx.waiting == {}
    told.room.hear(told.facts.cv_detached(RECRUITER), told.tx)
    row = told.room.shelf.audit[-1]
    assert (row.previous, row.current, row.undoes, row.by_hand) == (
        Status.CV_RECEIVED,
        Status.CV_OVERDUE,
        1,
        False,
    )
    assert (row.actor_kind, row.reason) == ("recruiter", "the CV was somebody else's")
    assert list(told.tx.waiting) == ["overdue-cv:1"]


async def test_where_a_cv_had_found_them_is_known_after_the_migration(fresh_schema: ServiceDatabase) -> None:
    """From the audit trail; what a recruiter had set by hand is no CV's doing."""
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0007")
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    await db.execute("ALTER TABLE applications DROP CONSTRAINT applications_candidate_id_fkey")  # anybody
    aside = json.dumps({"status": "cv_received", "sequence": 2})
    rows = ((1, "cv_received", 2, None), (2, "cv_received", 2, None), (3, "closed", 3, aside))
    for number, status, sequence, set_aside in rows:
        await db.execute(
            "INSERT INTO applications (application_id, candidate_id, position_id, status, sequence,"
            " created_at, updated_at, set_aside) VALUES ($1, 1, $1, $2, $3, $4, $4, $5)",
            number,
            status,
            sequence,
            NOON,
            set_aside,
        )
        await db.execute(
            "INSERT INTO status_changes (application_id, sequence, previous, current, actor_kind, reason,"
            " at, by_hand) VALUES ($1, 2, 'cv_followup_1', 'cv_received', 'system', 'a CV', $2, $3)",
            number,
            NOON,
            number == 2,
        )
    await asyncio.to_thread(upgrade, "intake", fresh_schema.url, fresh_schema.schema, "0008")
    known = await db.fetch(
        "SELECT before_cv, set_aside->>'before_cv' AS beneath FROM applications ORDER BY 1"
    )
    await db.close()
    assert sorted((row["before_cv"] or "", row["beneath"] or "") for row in known) == [
        ("", ""),
        ("", "cv_followup_1"),
        ("cv_followup_1", ""),
    ]
