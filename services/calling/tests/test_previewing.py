"""What is said beforehand is what happens then: the preview and the dialler ask the same gate."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from calling.adapters.postgres_lines import PostgresLines
from calling.adapters.postgres_recalls import PostgresRecalls
from calling.adapters.postgres_stops import PostgresStops
from calling.domain.caps import Caps
from calling.ports import Switchboard
from chassis.ids import new_id
from contracts import Accepted
from contracts.calling import CallDeferred, CallRefused, CallsPreview, PreviewCalls, ZoneFrom
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatusChanged,
    CandidatesMerged,
    ContactChannel,
    ContactForbidden,
    PositionOpened,
    PositionStatus,
)

from .conftest import MORNING, SYSTEM, Office, Status, a_conversation, a_person, a_position

TOMORROW = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


async def preview(office: Office, *application_ids: int) -> CallsPreview:
    answer = await office.ask(
        PreviewCalls(command_id=new_id(), actor=SYSTEM, application_ids=list(application_ids))
    )
    assert isinstance(answer, Accepted)
    return CallsPreview.model_validate(answer.result)


def forbidden(candidate_id: int) -> ContactForbidden:
    return ContactForbidden(
        candidate_id=candidate_id,
        channel=ContactChannel.CALL,
        since=MORNING,
        reason="asked so",
        source="recruiter",
        actor=SYSTEM,
    )


async def test_everybody_who_will_be_called_now_is_counted(office: Office) -> None:
    await office.open(people=4)
    shown = await preview(office, 1, 2, 3, 4, 4, 77)
    assert shown == CallsPreview(now=[1, 2, 3, 4], not_known=[77])
    assert not office.telephony.rings
    assert await office.rows("SELECT 1 FROM verdicts") == []


async def test_who_waits_is_grouped_by_reason_and_moment_and_who_is_refused_by_reason(office: Office) -> None:
    await office.open(people=5)
    await office.tell(
        *(
            ApplicationOpened(candidate_id=n, application_id=n, position_id=1, profile=profile)
            for n, profile in [
                (6, a_person(6, time_zone="America/Halifax")),
                (7, a_person(7, time_zone="America/Halifax")),
                (8, a_person(8, phone=None)),
                (9, a_person(9)),
            ]
        ),
        forbidden(9),
    )
    shown = await preview(office, *range(1, 10))
    assert shown.now == [1, 2, 3, 4, 5]
    [wait] = shown.later
    assert (wait.application_ids, wait.code) == ([6, 7], "outside_hours")
    assert wait.until == datetime(2026, 11, 18, 14, tzinfo=UTC)
    assert (wait.time_zone, wait.zone_from) == ("America/Halifax", ZoneFrom.STATED)
    assert [(one.application_ids, one.code) for one in shown.refused] == [
        ([8], "no_valid_number"),
        ([9], "do_not_contact"),
    ]


async def test_a_person_of_two_applications_is_called_once_now(office: Office) -> None:
    await office.open(people=1)
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM))
    await office.tell(ApplicationOpened(candidate_id=1, application_id=2, position_id=2, profile=a_person(1)))
    shown = await preview(office, 1, 2)
    assert shown.now == [1]
    assert [(one.application_ids, one.code) for one in shown.later] == [([2], "person_being_called")]


async def test_a_round_that_is_over_does_not_count_against_the_next(office: Office) -> None:
    calls = await office.placed(people=2, call_retry_max=1)
    for call in calls:
        await office.hear_failure(call)
    await office.tell(office.moved(1, Status.CALL_IN_PROGRESS, Status.CALL_FAILED))
    assert (await preview(office, 1)).now == [1]


async def test_a_retry_that_is_planned_is_said_to_be(office: Office) -> None:
    calls = await office.placed(people=2)
    await office.hear_failure(calls[0])
    [wait] = (await preview(office, 1)).later
    assert (wait.code, wait.until) == ("planned_later", MORNING + timedelta(hours=1))


async def test_an_agreed_callback_is_judged_as_one(office: Office) -> None:
    await office.open()
    await office.tell(ApplicationOpened(candidate_id=1, application_id=2, position_id=1, profile=a_person(1)))
    await office.queue()
    await office.hear(a_conversation(office.telephony.rings[0].call_id))
    assert [one.code for one in (await preview(office, 2)).later] == ["cooldown"]
    agreed = office.moved(2, Status.SCORING, Status.CALLBACK_SCHEDULED, candidate_id=1, callback_at=TOMORROW)
    await office.tell(agreed)
    assert (await preview(office, 2)).now == [2]


async def test_limits_are_shared_by_the_positions(office: Office) -> None:
    board = Switchboard(PostgresStops(), PostgresLines(), PostgresRecalls(), caps=Caps(most_at_once=3))
    office.use(Switchboard, board)
    await office.open(people=2)
    await office.tell(PositionOpened(position_id=2, details=a_position(), actor=SYSTEM))
    for number in (3, 4):
        await office.tell(
            ApplicationOpened(
                candidate_id=number, application_id=number, position_id=2, profile=a_person(number)
            )
        )
    shown = await preview(office, 1, 2, 3, 4)
    assert shown.now == [1, 2, 3]
    assert [(one.application_ids, one.code, one.until) for one in shown.later] == [([4], "lines_busy", None)]


ZONES = [
    None,
    "Europe/Bucharest",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kolkata",
    "Nowhere",
]
NUMBERS = ["+40700001{:03}", "+61412345{:03}", "+447400123{:03}", "+79161234{:03}", "+4915123456{:03}"]


class Scenario:
    """Positions, people and earlier calls as the dice fall. Nobody called those with even numbers yet."""

    def __init__(self, office: Office, dice: random.Random) -> None:
        self.office, self.dice = office, dice
        self.at: dict[int, int] = {}
        self.who: dict[int, int] = {}

    async def set_up(self) -> None:
        dice, office = self.dice, self.office
        office.clock.moment = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(minutes=dice.randrange(8 * 1440))
        for number in (1, 2, 3):
            await office.tell(PositionOpened(position_id=number, details=self._details(), actor=SYSTEM))
        for application in range(1, 41):
            self.at[application] = dice.randint(1, 3)
            self.who[application] = candidate = dice.randint(1, 28)
            await office.tell(
                ApplicationOpened(
                    candidate_id=candidate,
                    application_id=application,
                    position_id=self.at[application],
                    profile=a_person(
                        candidate,
                        time_zone=dice.choice(ZONES),
                        phone=self._number(),
                    ),
                )
            )
        await self._live()

    def _number(self) -> str | None:
        shape = self.dice.choice([None, *NUMBERS, *[NUMBERS[0]] * 8])
        return shape.format(self.dice.randint(1, 20)) if shape else None

    def _details(self) -> Any:
        dice = self.dice
        start = dice.choice([0, 8, 10])
        return a_position(
            status=dice.choice([PositionStatus.OPEN] * 6 + [PositionStatus.PAUSED, PositionStatus.CLOSED]),
            calling_hour_start=start,
            calling_hour_end=dice.choice([start + 4, 20, 24]),
            calling_days=dice.choice([list(range(7)), list(range(5)), [6], []]),
            first_message=dice.choice(["Aveți două minute?"] * 7 + [""]),
            call_retry_max=dice.choice([1, 2, 3]),
            most_calls_per_day=dice.choice([None, None, 3]),
        )

    async def _live(self) -> None:
        """Some were called before, in the last two days, and their calls ended in all ways."""
        dice, office = self.dice, self.office
        for _ in range(2):
            await self.trigger([one for one in self.at if one % 2 and dice.random() < 0.5])
            for call in office.telephony.rings:
                if dice.random() < 0.4:
                    await office.hear_failure(call, dice.choice(["busy", "no-answer", "unknown"]))
                elif dice.random() < 0.5:
                    await office.hear(a_conversation(call.call_id, call.user_id))
            await office.wait(timedelta(hours=dice.randint(1, 23)))
        for _ in range(2):
            await office.tell(forbidden(dice.randint(1, 28)))
        await office.tell(
            CandidatesMerged(
                candidate_id=dice.randint(1, 14),
                merged_candidate_id=dice.randint(15, 28),
                merge_id=new_id(),
                actor=SYSTEM,
            )
        )

    async def trigger(self, applications: list[int]) -> None:
        changes: list[ApplicationStatusChanged] = []
        for one in applications:
            change = self.office.moved(
                one, Status.PENDING_CALL, Status.CALL_QUEUED, candidate_id=self.who[one]
            )
            changes.append(change.model_copy(update={"position_id": self.at[one]}))
        if changes:
            await self.office.handle_batch(changes)
            await self.office.go_round()


@pytest.mark.parametrize("round", range(6))
async def test_what_the_preview_says_is_what_happens_then(office: Office, round: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    scenario = Scenario(office, random.Random(seed))
    await scenario.set_up()
    asked = [one for one in scenario.at if one % 2 == 0]
    shown = await preview(office, *asked)
    office.telephony.rings.clear()
    before = len(await office.said(CallDeferred)), len(await office.said(CallRefused))
    await scenario.trigger(asked)
    rung = sorted(int(call.user_id) for call in office.telephony.rings if int(call.user_id) in asked)
    deferred = {
        one.application_id: (one.code, one.until, one.time_zone, one.zone_from, one.reason)
        for one in (await office.said(CallDeferred))[before[0] :]
        if one.application_id in asked
    }
    refused = {
        one.application_id: (one.code, one.message) for one in (await office.said(CallRefused))[before[1] :]
    }
    assert rung == sorted(shown.now)
    assert deferred == {
        application_id: (wait.code, wait.until, wait.time_zone, wait.zone_from, wait.message)
        for wait in shown.later
        for application_id in wait.application_ids
    }
    assert refused == {
        application_id: (refusal.code, refusal.message)
        for refusal in shown.refused
        for application_id in refusal.application_ids
    }
    assert len(rung) + len(deferred) + len(refused) == len(asked)


async def test_ten_thousand_are_judged_in_well_under_a_second(office: Office) -> None:
    """A fifth of them abroad, each with three calls in the past, a hundred of them merged."""
    await office.open(people=1)
    await office.rows("""
        INSERT INTO candidates (candidate_id, first_name, last_name, phone, form_answers, time_zone)
        SELECT n, 'Ana', 'Exemplu', CASE WHEN n % 5 > 0 THEN '+407' || 10000000 + n
                                         ELSE '+4915' || 110000000 + n END, '[]', NULL
        FROM generate_series(2, 10000) AS n RETURNING 1""")
    await office.rows("""
        INSERT INTO applications (application_id, candidate_id, position_id, status, sequence)
        SELECT n, n, 1, 'pending_call', 0 FROM generate_series(2, 10000) AS n RETURNING 1""")
    await office.rows("""
        INSERT INTO members SELECT n, 2 + n % 50 FROM generate_series(2, 101) AS n RETURNING 1""")
    await office.rows("""
        INSERT INTO batches (batch_id, position_id, form, state, created_at)
        VALUES ('00000000-0000-0000-0000-000000000001', 1, 'batch', 'submitted', now()) RETURNING 1""")
    await office.rows("""
        INSERT INTO attempts (call_id, batch_id, application_id, candidate_id, position_id, attempt_number,
                              round, purpose, state, to_number, created_at, placed_at)
        SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001', n, n, 1, k, 1, 'screening',
               'no_answer', '+407' || 10000000 + n, '2026-11-01', '2026-11-01'
        FROM generate_series(2, 10000) AS n, generate_series(1, 3) AS k RETURNING 1""")
    await office.rows("ANALYZE")
    office.use(
        Switchboard,
        Switchboard(PostgresStops(), PostgresLines(), PostgresRecalls(), caps=Caps(most_at_once=None)),
    )
    await preview(office, 1, 5)  # tables of zones and holidays are loaded once
    spans = []
    for _ in range(3):
        started = time.perf_counter()
        shown = await preview(office, *range(1, 10_001))
        spans.append(time.perf_counter() - started)
    print(f"10,000 judged in {min(spans):.2f} s ({', '.join(f'{span:.2f}' for span in spans)})")
    assert len(shown.now) + sum(len(wait.application_ids) for wait in shown.later) == 10_000
    assert min(spans) < 1.5  # of a machine that does other things too; measured 0.5
