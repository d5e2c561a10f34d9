"""Wishes: to be called again, and when; not to be called at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scoring.domain.call import Turn
from scoring.domain.callback import read_callback_time, unlikely_hour
from scoring.domain.judgement import judge

from .finished_calls import a_finished_call, judged, said

ZONE = ZoneInfo("Europe/Bucharest")
NOON = a_finished_call().ended_at
TOMORROW_AT_TWO = "2026-11-19T14:00:00+02:00"


def a_wish(**changed: Any) -> dict[str, Any]:
    return said(
        criteria=[],
        outcome="callback_requested",
        score=0,
        callback_requested=True,
        **{
            "callback_words": "sunați-mă mâine după două",
            "callback_at": "2026-11-19T14:00:00+02:00",
            **changed,
        },
    )


def a_busy_call() -> Any:
    turns = (Turn("agent", "Este un moment bun?"), Turn("user", "Acum nu. Sunați-mă mâine după două!", 4))
    return a_finished_call(turns=turns)


def test_a_wish_becomes_a_time_kept_beside_its_words() -> None:
    judgement = judge(a_busy_call(), a_wish())
    assert judgement.callback_at == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    assert judgement.callback_words == judgement.callback_notes == "sunați-mă mâine după două"
    assert judgement.review_reasons == []


@pytest.mark.parametrize(
    ("changed", "at_is_kept", "why"),
    [
        ({"callback_words": "sunați-mă poimâine"}, True, "not in what the candidate said"),
        ({"callback_words": "Este un moment bun"}, True, "not in what the candidate said"),
        ({"callback_words": None}, True, "No words"),
        ({"callback_at": "2026-11-19T02:00:00+02:00"}, True, "at night"),
        ({"callback_at": "2026-11-19T22:30:00+02:00"}, True, "at night"),
        ({"callback_at": "2026-11-17T14:00:00+02:00"}, False, None),
        ({"callback_at": "2027-03-19T14:00:00+02:00"}, False, None),
        ({"callback_at": "mâine"}, False, None),
        ({"callback_at": None}, False, None),
    ],
)
def test_a_wish_that_is_not_borne_out_is_looked_at_and_a_time_out_of_reach_is_none(
    changed: dict[str, Any], at_is_kept: bool, why: str | None
) -> None:
    judgement = judge(a_busy_call(), a_wish(**changed))
    assert (judgement.callback_at is not None) is at_is_kept
    assert judgement.needs_review is (why is not None)
    assert why is None or why in " ".join(judgement.review_reasons)


def test_a_time_without_a_callback_is_dropped_and_a_callback_without_a_time_keeps_its_notes() -> None:
    assert judged(callback_at="2026-11-19T14:00:00+02:00").callback_at is None
    judgement = judge(a_busy_call(), a_wish(callback_at="later", callback_notes="mai târziu"))
    assert (judgement.callback_at, judgement.callback_notes) == (None, "mai târziu")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-19T14:00:00+02:00", datetime(2026, 11, 19, 12, 0, tzinfo=UTC)),
        ("2026-11-19T14:00", datetime(2026, 11, 19, 12, 0, tzinfo=UTC)),
        ("2026-11-18T12:00:00Z", None),
        ("2025-01-01T10:00:00Z", None),
        ("2027-11-19T14:00:00Z", None),
        ("2026-11-19", None),
        ("mâine la două", None),
        ("99999-99", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00", None),
        (None, None),
    ],
)
def test_a_callback_time_lies_after_the_call_or_is_none(text: str | None, moment: datetime | None) -> None:
    assert read_callback_time(text, call_ended=NOON, zone=ZONE) == moment


@pytest.mark.parametrize(
    "text", ["2026-10-26T14:00:00+03:00", "2026-10-26T14:00:00+02:00", "2026-10-26T14:00"]
)
def test_two_in_the_afternoon_stays_two_when_the_clocks_change_in_between(text: str) -> None:
    friday = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # summer time ends on Sunday
    assert read_callback_time(text, call_ended=friday, zone=ZONE) == datetime(2026, 10, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "unlikely"),
    [(6, 59, True), (7, 0, False), (14, 0, False), (22, 0, False), (22, 1, True), (0, 0, True)],
)
def test_an_hour_is_unlikely_by_the_candidates_own_clock(hour: int, minute: int, unlikely: bool) -> None:
    here = datetime(2026, 11, 19, hour, minute, tzinfo=ZONE)
    assert unlikely_hour(here.astimezone(UTC), ZONE) is unlikely
    assert unlikely_hour(here, ZONE) is unlikely


def test_a_wish_not_to_be_called_is_kept_with_its_words() -> None:
    turns = (Turn("agent", "Bună ziua!"), Turn("user", "Nu mă mai sunați niciodată, vă rog."))
    call, wish = a_finished_call(turns=turns), "Nu mă mai sunați niciodată"
    judgement = judge(
        call,
        said(criteria=[], outcome="needs_human", needs_human=True, do_not_call=True, do_not_call_words=wish),
    )
    assert (judgement.do_not_call, judgement.do_not_call_words, judgement.review_reasons) == (True, wish, [])


@pytest.mark.parametrize("words", [None, "don't call me", "Aveți permis categoria B"])
def test_a_wish_not_to_be_called_stands_without_words_and_is_looked_at(words: str | None) -> None:
    judgement = judged(do_not_call=True, do_not_call_words=words)
    assert judgement.do_not_call
    assert "The wish not to be called is not in the candidate's own words." in judgement.review_reasons


def test_a_callback_and_no_calls_at_once_is_looked_at() -> None:
    judgement = judge(a_busy_call(), a_wish(do_not_call=True, do_not_call_words="Acum nu"))
    assert judgement.review_reasons == ["The candidate is said to want a callback, and no calls."]
