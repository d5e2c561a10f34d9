"""When it is night where somebody lives, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from messaging.domain.holding import HoldingRules, leaving
from messaging.domain.letters import MessageType
from messaging.domain.quiet_hours import NoQuietHours, QuietHours, zones_of

NIGHT = QuietHours.of("21-8")
BUCHAREST = ("Europe/Bucharest",)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zones", "morning"),
    [
        ("2026-11-18T12:00", BUCHAREST, "2026-11-18T12:00"),
        ("2026-11-18T18:59:59", BUCHAREST, "2026-11-18T18:59:59"),
        ("2026-11-18T19:00", BUCHAREST, "2026-11-19T06:00"),
        ("2026-11-18T23:30", BUCHAREST, "2026-11-19T06:00"),
        ("2026-11-19T05:59:59", BUCHAREST, "2026-11-19T06:00"),
        # The clock goes forward in the night: eight o'clock comes an hour earlier.
        ("2026-03-28T20:00", BUCHAREST, "2026-03-29T05:00"),
        # It goes back: an hour later.
        ("2026-10-24T20:00", BUCHAREST, "2026-10-25T06:00"),
        ("2026-11-18T12:00", ("America/New_York",), "2026-11-18T13:00"),
        ("2026-11-18T12:00", ("Asia/Kolkata",), "2026-11-18T12:00"),
        ("2026-11-18T16:00", ("Asia/Kolkata",), "2026-11-19T02:30"),
        # Night in either: a number that may be in both.
        ("2026-11-18T14:00", ("America/New_York", "America/Los_Angeles"), "2026-11-18T16:00"),
        ("2026-11-19T02:30", ("America/New_York", "America/Los_Angeles"), "2026-11-19T16:00"),
        ("2026-11-18T12:00", (), "2026-11-18T12:00"),
    ],
)
def test_what_can_wait_leaves_in_the_morning(moment: str, zones: tuple[str, ...], morning: str) -> None:
    assert NIGHT.morning(at(moment), zones) == at(morning)
    assert NIGHT.is_night(at(moment), zones) is (moment != morning)


def test_an_hour_that_the_clock_skips_ends_the_night_right_after_it() -> None:
    night = QuietHours.of("22-3")
    assert night.morning(at("2026-03-29T00:30"), BUCHAREST) == at("2026-03-29T01:00")


def test_zones_that_are_never_awake_together_go_by_the_first() -> None:
    long = QuietHours.of("12-10")
    zones = ("Europe/Bucharest", "Asia/Tokyo")
    assert long.morning(at("2026-11-18T12:00"), zones) == at("2026-11-19T08:00")


def test_every_moment_of_two_years_has_a_morning_by_day_within_one_night() -> None:
    moment, end = at("2026-01-01T00:07"), at("2028-01-01T00:00")
    zones = ("Europe/Bucharest", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
    while moment < end:
        for zone in zones:
            morning = NIGHT.morning(moment, (zone,))
            assert moment <= morning <= moment + timedelta(hours=12)
            assert not NIGHT.is_night(morning, (zone,))
        moment += timedelta(hours=5, minutes=41)


@pytest.mark.parametrize("text", ["", "  "])
def test_without_quiet_hours_it_is_never_night(text: str) -> None:
    assert not QuietHours.of(text).is_night(at("2026-11-18T23:00"), BUCHAREST)


@pytest.mark.parametrize("text", ["21", "21-", "a-b", "25-8", "8-8", "0-24", "-1-8", "21:30-8"])
def test_what_names_no_hours_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(NoQuietHours):
        QuietHours.of(text)


@pytest.mark.parametrize(
    ("stated", "number", "position", "zones"),
    [
        ("Asia/Tokyo", "+40700000011", "Europe/Bucharest", ("Asia/Tokyo",)),
        ("Mars/Base", "+40700000011", "Europe/London", BUCHAREST),
        (None, "+40700000011", "Europe/London", BUCHAREST),
        (None, None, "Europe/London", ("Europe/London",)),
        (None, None, "Nowhere", ()),
        (None, None, None, ()),
        (None, "+882161234567", "Europe/London", ("Europe/London",)),
    ],
)
def test_where_somebody_is_is_known_by_word_by_number_by_position(
    stated: str | None, number: str | None, position: str | None, zones: tuple[str, ...]
) -> None:
    assert zones_of(stated, number, position) == zones


def test_a_number_of_several_zones_is_in_all_of_them() -> None:
    zones = zones_of(None, "+79161234567", None)
    assert len(zones) > 5
    assert NIGHT.is_night(at("2026-11-18T12:00"), zones)  # noon in Moscow, night on Kamchatka


@pytest.mark.parametrize(
    ("message_type", "by_recruiter", "moment", "wait", "because"),
    [
        (MessageType.CV_REQUEST, False, "2026-11-18T12:00", None, None),
        (MessageType.CV_REQUEST, False, "2026-11-18T20:00", timedelta(hours=10), "quiet_hours"),
        (MessageType.CV_FOLLOWUP_1, True, "2026-11-18T12:00", timedelta(seconds=10), "undo"),
        (MessageType.CV_FOLLOWUP_1, True, "2026-11-18T20:00", timedelta(hours=10), "quiet_hours"),
        (MessageType.REJECTION, True, "2026-11-18T12:00", timedelta(minutes=10), "undo"),
        (MessageType.REJECTION, True, "2026-11-18T18:55", timedelta(hours=11, minutes=5), "quiet_hours"),
        (MessageType.REJECTION, True, "2026-11-19T05:55", timedelta(minutes=10), "undo"),
        (MessageType.OTHER, True, "2026-11-18T12:00", timedelta(seconds=10), "undo"),
        (MessageType.OTHER, True, "2026-11-18T23:00", timedelta(seconds=10), "undo"),
    ],
)
def test_when_a_message_leaves(
    message_type: MessageType, by_recruiter: bool, moment: str, wait: timedelta | None, because: str | None
) -> None:
    now = at(moment)
    when = leaving(message_type, now, BUCHAREST, HoldingRules(), by_recruiter=by_recruiter)
    assert (when.at, when.because) == (now + wait if wait else None, because)
