"""The circuit breaker, limits and recall as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from calling.domain.breaker import BreakerRule, Outcomes, too_many_failures
from calling.domain.caps import day_began, left, own_share
from calling.domain.recall import QUIET, BatchSeen, Fate, Line, fate_of, read_batch

CALL = uuid4()


@pytest.mark.parametrize(
    ("ended", "failed", "trips"),
    [
        (5, 5, True),
        (10, 5, True),
        (11, 5, False),  # less than half of them
        (4, 4, False),  # too few to say
        (40, 20, True),
        (0, 0, False),
    ],
)
def test_it_trips_at_enough_failures_that_are_a_large_enough_share(
    ended: int, failed: int, trips: bool
) -> None:
    assert (too_many_failures(BreakerRule(), Outcomes(ended, failed)) is not None) is trips


def test_it_says_what_it_saw() -> None:
    said = too_many_failures(BreakerRule(), Outcomes(7, 5, "no route to the network"))
    assert said == "5 of the last 7 calls failed within 30 minutes, last: no route to the network"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([(None, 7)], None),
        ([(10, 7)], 3),
        ([(10, 12)], 0),
        ([(10, 7), (None, 0)], 3),
        ([(10, 7), (100, 99)], 1),
    ],
)
def test_the_narrowest_limit_counts(limits: list[tuple[int | None, int]], expected: int | None) -> None:
    assert left(*limits) == expected


@pytest.mark.parametrize(("free", "ahead", "share"), [(None, 9, None), (5, 2, 3), (2, 5, 0), (0, 0, 0)])
def test_who_waits_longer_elsewhere_comes_first(free: int | None, ahead: int, share: int | None) -> None:
    assert own_share(free, ahead) == share


@pytest.mark.parametrize(
    ("now", "zone", "began"),
    [
        (datetime(2026, 11, 18, 9, tzinfo=UTC), "Europe/Bucharest", datetime(2026, 11, 17, 22, tzinfo=UTC)),
        (datetime(2026, 11, 18, 3, tzinfo=UTC), "America/Halifax", datetime(2026, 11, 17, 4, tzinfo=UTC)),
        # The night in which the clock is put on.
        (datetime(2026, 3, 29, 9, tzinfo=UTC), "Europe/Bucharest", datetime(2026, 3, 28, 22, tzinfo=UTC)),
        (datetime(2026, 11, 18, 9, tzinfo=UTC), "Nowhere/Else", datetime(2026, 11, 18, tzinfo=UTC)),
    ],
)
def test_a_day_is_the_positions_own(now: datetime, zone: str, began: datetime) -> None:
    assert day_began(now, zone) == began


def line(status: str, conversation: str | None = None) -> Line:
    return Line(CALL, status, conversation)


@pytest.mark.parametrize(
    ("lines", "off_for", "fate"),
    [
        ([line("cancelled")], None, Fate.NEVER_RANG),
        ([line("cancelled")], timedelta(), Fate.NEVER_RANG),
        ([line("cancelled", "conv_1")], QUIET, Fate.MAY_RING),
        ([line("cancelled"), line("cancelled", "conv_1")], QUIET, Fate.MAY_RING),
        ([line("cancelled"), line("pending")], None, Fate.NOT_DECIDED),
        ([line("pending")], None, Fate.NOT_DECIDED),
        ([line("pending")], QUIET - timedelta(seconds=1), Fate.NOT_DECIDED),
        ([line("pending")], QUIET, Fate.NEVER_RANG),
        ([line("pending", "conv_1")], QUIET, Fate.MAY_RING),
        ([line("dispatched")], QUIET, Fate.MAY_RING),
        ([line("initiated")], QUIET, Fate.MAY_RING),
        ([line("in_progress")], QUIET, Fate.MAY_RING),
        ([line("completed")], QUIET, Fate.MAY_RING),
        ([line("failed")], QUIET, Fate.MAY_RING),
        ([line("voicemail")], QUIET, Fate.MAY_RING),
        ([line("a word of tomorrow")], QUIET, Fate.MAY_RING),
        ([line("")], QUIET, Fate.MAY_RING),
        ([], QUIET, Fate.MAY_RING),
    ],
)
def test_only_what_surely_never_rang_is_taken_back(
    lines: list[Line], off_for: timedelta | None, fate: Fate
) -> None:
    assert fate_of(lines, off_for) is fate


@pytest.mark.parametrize(
    "recipient",
    [
        {"id": str(CALL), "status": "cancelled"},
        {"id": str(CALL), "status": " Cancelled ", "conversation_id": None},
        {
            "id": "rcpt_of_theirs",
            "status": "cancelled",
            "conversation_initiation_client_data": {"dynamic_variables": {"call_id": str(CALL)}},
        },
    ],
)
def test_a_line_is_known_by_our_key_wherever_it_came_back(recipient: dict[str, object]) -> None:
    seen = read_batch("cancelled", [recipient])
    assert fate_of(seen.of(CALL), None) is Fate.NEVER_RANG


@pytest.mark.parametrize(
    "recipient",
    [{}, {"id": 7, "status": ["cancelled"]}, {"phone_number": "+40700000001", "status": "cancelled"}],
)
def test_a_line_without_our_key_says_nothing(recipient: dict[str, object]) -> None:
    seen = read_batch("cancelled", [recipient])
    assert fate_of(seen.of(CALL), QUIET) is Fate.MAY_RING


def test_only_a_batch_that_says_so_is_called_off() -> None:
    assert BatchSeen("cancelled", ()).called_off
    assert not any(read_batch(status, []).called_off for status in ("in_progress", None, 7, "canceling"))
