"""What the pages say: the next step, ages and moments, verdicts before calls, file names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from chassis.testing import NOON
from recruiter_ui.domain.file_names import not_opened_as, safe_name
from recruiter_ui.domain.moments import age, duration, local_time, spoken, stamp
from recruiter_ui.domain.next_step import Situation, next_step
from recruiter_ui.domain.statuses import STATUSES
from recruiter_ui.domain.verdicts import NOT_KNOWN, Gate, Person, Wait, judge, to_ask
from recruiter_ui.templating import environment, initials
from recruiter_ui.web import local_path

BUCHAREST = ZoneInfo("Europe/Bucharest")
EVERY_DAY = list(range(7))

PLAIN = Situation(
    status="pending_call",
    status_at=NOON,
    status_reason=None,
    attempts=0,
    attempts_allowed=2,
    dial_kind=None,
    dial_until=None,
    dial_note=None,
    callback_at=None,
    needs_human_reason=None,
    cv_asked_at=None,
    follow_up_hours=48,
    rejected_cv_days=7,
)


def says(now: datetime = NOON, **situation: object) -> str:
    return next_step(replace(PLAIN, **situation), now, BUCHAREST)  # type: ignore[arg-type]


def test_every_status_has_a_sentence() -> None:
    for status in STATUSES:
        sentence = says(status=status)
        assert sentence
        assert sentence != status
        assert not sentence.endswith(".")


@pytest.mark.parametrize(
    ("situation", "sentence"),
    [
        ({"status": "pending_call", "can_be_phoned": False}, "No usable phone number: correct it first"),
        ({"status": "call_queued"}, "In the call queue, attempt 1 of 2"),
        (
            {"status": "call_queued", "attempts": 1, "dial_kind": "retry", "dial_note": "busy",
             "dial_until": NOON + timedelta(hours=1)},
            "Calls again today 15:00, attempt 2 of 2 (busy)",
        ),
        (
            {"status": "call_queued", "dial_kind": "deferred", "dial_until": NOON + timedelta(hours=20),
             "dial_note": "outside calling hours"},
            "Waits until tomorrow 10:00: outside calling hours",
        ),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "outside_hours",
          "dial_zone": "America/Halifax", "dial_note": "Outside.", "dial_until": NOON + timedelta(hours=3)},
         "Calls today 17:00, when calling hours open in Halifax"),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "public_holiday",
          "dial_until": NOON + timedelta(hours=20)}, "Calls tomorrow 10:00, after a public holiday"),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "cooldown",
          "dial_until": NOON + timedelta(hours=2)},
         "Waits until today 16:00: called not long ago for another application"),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "daily_cap",
          "dial_until": NOON + timedelta(hours=20)},
         "Waits until tomorrow 10:00: the calls of this day are used up"),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "lines_busy"},
         "Waits for a free line"),
        ({"status": "call_queued", "dial_kind": "deferred", "dial_code": "new_one",
          "dial_note": "The moon is full."}, "Waits: the moon is full"),
        ({"status": "call_queued", "dial_until": NOON + timedelta(hours=1), "stop": 0},
         "Waits: all calls are stopped"),
        ({"status": "call_queued", "stop": 7}, "Waits: the calls of this position are stopped"),
        ({"status": "call_queued", "dial_kind": "taken_back", "dial_note": "Stopped."},
         "Called off before it rang: keeps its place in the queue"),
        ({"status": "call_queued", "dial_kind": "did_not_ring"},
         "The last call didn't ring: in the queue again"),
        ({"status": "needs_human", "dial_kind": "unknown", "needs_human_reason": "No news"},
         "Nobody knows whether the call rang: find out"),
        ({"status": "needs_human", "dial_kind": "rang", "needs_human_reason": "No news"},
         "The call rang, what was said is not known: decide"),
        ({"status": "callback_scheduled", "callback_at": NOON + timedelta(hours=6),
          "callback_asked_for": NOON + timedelta(hours=6), "callback_planned_at": NOON + timedelta(hours=20),
          "callback_moved_because": "Outside calling hours."},
         "Calls tomorrow 10:00 (asked for today 20:00: outside calling hours)"),
        ({"status": "callback_scheduled", "callback_at": NOON + timedelta(hours=2),
          "callback_asked_for": NOON - timedelta(days=2), "callback_planned_at": NOON - timedelta(days=1)},
         "Calls today 16:00, as agreed in the call"),
        ({"status": "callback_scheduled", "callback_at": NOON + timedelta(hours=2)},
         "Calls today 16:00, as agreed in the call"),
        ({"no_calls": True}, "Asked not to be called: decide without a call"),
        ({"has_words": False}, "The position has no instructions or no first message"),
        ({"status": "needs_human", "needs_human_reason": "Asked for a person"}, "Asked for a person"),
        ({"status": "call_failed", "attempts": 1, "dial_note": "voicemail",
          "given_up_because": "Voicemail was reached once."}, "1 of 2 attempts: voicemail was reached once"),
        ({"status": "call_failed", "attempts": 2, "dial_note": "voicemail"},
         "2 of 2 attempts, last: voicemail"),
        ({"status": "awaiting_cv", "cv_asked_at": NOON}, "Reminder 1 Fri 14:00"),
        ({"status": "cv_followup_1", "cv_asked_at": NOON}, "Reminder 2 Fri 14:00"),
        ({"status": "cv_followup_2", "cv_asked_at": NOON - timedelta(hours=47)}, "Overdue today 15:00"),
        ({"status": "cv_received", "to_review": True}, "Check the CV: the match is not certain"),
        ({"status": "awaiting_cv_rejected"}, "CV welcome for later roles; closes 25 Nov 14:00"),
        ({"status": "closed", "status_reason": "Found another job"}, "Found another job"),
    ],
)  # fmt: skip
def test_the_next_step_in_a_sentence(situation: dict[str, object], sentence: str) -> None:
    assert says(NOON, **situation) == sentence


def test_a_reminder_that_is_due_goes_out_now() -> None:
    assert says(status="awaiting_cv", cv_asked_at=NOON - timedelta(hours=49)) == "Reminder 1 goes out now"


def test_ages_are_short() -> None:
    spans = [timedelta(seconds=20), timedelta(minutes=9), timedelta(hours=5), timedelta(days=3)]
    assert [age(NOON - span, NOON) for span in spans] == ["just now", "9 min", "5 h", "3 d"]
    assert age(None, NOON) == ""


def test_moments_are_told_in_the_readers_zone() -> None:
    assert spoken(NOON - timedelta(days=1), NOON, BUCHAREST) == "yesterday 14:00"
    assert spoken(NOON + timedelta(days=9), NOON, BUCHAREST) == "27 Nov 14:00"
    assert stamp(NOON, NOON + timedelta(hours=1), BUCHAREST) == "14:00"
    assert duration(252) == "4 min 12 s"


def test_their_clock_says_whether_calling_is_decent() -> None:
    there = local_time("America/Halifax", NOON, 10, 18, EVERY_DAY)
    assert there is not None
    assert (there.clock, there.place, there.inside) == ("08:00", "Halifax", False)
    assert local_time("Nowhere/City", NOON, 10, 18, EVERY_DAY) is None
    assert local_time(None, NOON, 10, 18, EVERY_DAY) is None


ANDREEA = Person(1, "Andreea", "ro", "pending_call", "Europe/Bucharest", "Europe/Bucharest", "open")


def test_the_preview_says_who_is_called_now_later_or_not_at_all() -> None:
    opens = NOON + timedelta(hours=2)
    people = [
        ANDREEA,
        replace(ANDREEA, application_id=2),
        replace(ANDREEA, application_id=3),
        replace(ANDREEA, application_id=4, status="call_queued"),
        replace(ANDREEA, application_id=5, position_status="paused"),
        replace(ANDREEA, application_id=6),
        replace(ANDREEA, application_id=7, status="closed"),
        replace(ANDREEA, application_id=8),
        replace(ANDREEA, application_id=9),
    ]
    assert to_ask(people) == [1, 2, 3, 6, 8, 9]
    verdicts = judge(
        people,
        Gate(
            now=frozenset({1}),
            later={
                2: Wait("outside_hours", "Outside hours.", opens, "America/Halifax", "number"),
                8: Wait("outside_hours", "Outside hours.", opens + timedelta(hours=1), "Europe/Bucharest"),
                9: Wait("something_new", "Waits for the moon.", None),
            },
            refused={3: ("no_valid_number", "No number that can be dialled.")},
        ),
    )
    assert (verdicts.now_ids, verdicts.later_ids, verdicts.total) == ([1], [2, 8, 9], 9)
    hours, moon = verdicts.later
    assert (hours.words, hours.first, hours.last) == (
        "outside calling hours",
        opens,
        opens + timedelta(hours=1),
    )
    assert [it.elsewhere for it in hours.people] == [True, False]
    assert (moon.words, moon.message, moon.first) == ("", "Waits for the moon.", None)
    assert list(verdicts.skipped) == [
        ("no usable phone number", "No number that can be dialled."),
        ("left out", "Already in the call queue"),
        ("left out", "The position is not open"),
        ("left out", NOT_KNOWN),
        ("left out", "Closed"),
    ]


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("CV Andreea Munteanu-Vâlcea.pdf", "CV Andreea Munteanu-Vâlcea.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\cv.docx", "cv.docx"),
        ("cv\u202efdp.exe", "cvfdp.exe"),
        ('a"b\r\nSet-Cookie: x=1.pdf', "a_bSet-Cookie_ x=1.pdf"),
        ("...", "file"),
        (None, "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_file_names_of_strangers_are_made_harmless(given: str | None, safe: str) -> None:
    assert safe_name(given) == safe


@pytest.mark.parametrize(("wanted", "place"), [
    ("/applications?stage=to_call", "/applications?stage=to_call"),
    ("https://evil.example.com", "/"), ("//evil.example.com", "/"), ("/\\evil.example.com", "/"), (None, "/"),
])  # fmt: skip
def test_after_the_login_only_places_of_ours_are_gone_to(wanted: str | None, place: str) -> None:
    assert local_path(wanted) == place


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+40700000014", "+40 700 000 014"),
        ("+12025550143", "+1 202 555 0143"),
        ("p:+40 700 000 101", "+40 700 000 101"),
        ("p:0700", "0700"),
        ("nu am", "nu am"),
        (None, ""),
    ],
)
def test_a_number_is_grouped_only_where_it_is_one(number: str | None, shown: str) -> None:
    assert environment().from_string("{{ number | phone }}").render(number=number) == shown


def test_initials_survive_odd_names() -> None:
    assert [initials(name) for name in ("Irina Dobre", "Ștefan", "+40 700", "")] == ["ID", "Ș", "?", "?"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cv.pdf", "cv.pdf"),
        ("poza.JPG", "poza.JPG"),
        ("cv.exe", "cv.exe.bin"),
        ("cv.html", "cv.html.bin"),
        ("cv.pdf.lnk", "cv.pdf.lnk.bin"),
        ("cv\u2024exe", "cv\u2024exe.bin"),
        ("cv", "cv.bin"),
        (None, "file.bin"),
    ],
)
def test_a_file_nobody_looked_into_is_not_started_by_its_name(given: str | None, name: str) -> None:
    assert not_opened_as(given) == name
