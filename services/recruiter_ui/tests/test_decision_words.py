"""What the pages say of decisions: proposals, what will follow, moments on their clock, why it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from chassis.testing import NOON
from recruiter_ui.domain import call_words
from recruiter_ui.domain.choices import Outlook, Reach, Unclear, moment_there, their_clock
from recruiter_ui.domain.next_step import Situation, next_step
from recruiter_ui.domain.statuses import STATUSES, Weight, shown_as
from recruiter_ui.domain.verdicts import Gate, Person, judge
from recruiter_ui.pages.telling import told

BUCHAREST = ZoneInfo("Europe/Bucharest")
BOTH = Outlook(Reach(email=True, whatsapp=True), rejected_cv_days=7)

PLAIN = Situation(
    status="pending_call", status_at=NOON, status_reason=None, attempts=0, attempts_allowed=2, dial_kind=None,
    dial_until=None, dial_note=None, callback_at=None, needs_human_reason=None, cv_asked_at=None,
    follow_up_hours=48, rejected_cv_days=7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "sentence"),
    [
        ({"status": "qualified", "to_confirm": True}, "AI proposes qualified: confirm or reverse"),
        ({"status": "not_qualified", "to_confirm": True}, "AI proposes not a fit: confirm or reverse"),
        ({"status": "callback_scheduled", "to_confirm": True, "callback_at": NOON + timedelta(hours=2)},
         "AI proposes a callback today 16:00: confirm or reverse"),
        ({"status": "qualified", "to_confirm": True, "assignee": "Paul Achim"},
         "AI proposes qualified: confirm or reverse (with Paul Achim)"),
        ({"status": "needs_human", "needs_human_reason": "Asked for a person", "assignee": "you"},
         "Asked for a person (with you)"),
        ({"status": "callback_scheduled", "callback_at": NOON + timedelta(hours=2), "by_hand": True,
          "actor": "Paul Achim"}, "Calls today 16:00, set by Paul Achim"),
        ({"status": "pending_call", "previous": "closed"}, "Reopened: waits for you to trigger the call"),
        ({"status": "closed", "closed_because": "recruiter", "actor": "Paul Achim",
          "status_reason": "Position filled"}, "Closed by Paul Achim: Position filled"),
        ({"status": "closed", "closed_because": "withdrawn", "status_reason": "Too far"},
         "Withdrew: Too far"),
        ({"status": "closed", "closed_because": "no_cv"}, "No CV came in time"),
        ({"status": "closed", "closed_because": "merged"}, "The same person has another application here"),
        ({"status": "closed", "closed_because": "unreachable"}, "Could not be written to"),
    ],
)  # fmt: skip
def test_the_next_step_where_somebody_decides_or_has_decided(
    situation: dict[str, Any], sentence: str
) -> None:
    assert next_step(replace(PLAIN, **situation), NOON, BUCHAREST) == sentence


def test_a_proposal_has_the_ring_until_it_is_confirmed() -> None:
    assert shown_as("qualified", to_confirm=True).weight is Weight.PROPOSED
    assert shown_as("qualified", to_confirm=False) == STATUSES["qualified"]


def test_what_will_follow_names_the_channels_that_are_left() -> None:
    assert BOTH.of("qualified") == "The CV request goes out by email and WhatsApp."
    no_whatsapp = replace(BOTH, reach=Reach(email=True, whatsapp=False))
    assert no_whatsapp.of("qualified") == "The CV request goes out by email."
    assert "by WhatsApp; closes after 7 days" in BOTH.of("not_qualified")
    assert "by email; closes" in no_whatsapp.of("not_qualified")
    nobody = replace(BOTH, reach=Reach(email=False, whatsapp=False))
    assert "no way to write to them" in nobody.of("qualified")
    assert "Nothing is sent" in nobody.of("not_qualified")
    assert "The CV that is here counts" in replace(BOTH, cv_is_here=True).of("qualified")


def test_their_clock_is_told_beside_ours() -> None:
    halifax = their_clock("America/Halifax", BUCHAREST, NOON)
    assert (halifax.place, halifax.now, halifax.ahead) == ("Halifax", "08:00", "6 h behind yours")
    assert their_clock("Asia/Kolkata", BUCHAREST, NOON).ahead == "3 h 30 min ahead of yours"
    unknown = their_clock(None, BUCHAREST, NOON)
    assert (unknown.zone_name, unknown.ahead) == ("Europe/Bucharest", "the same as yours")
    assert "theirs is not known" in unknown.place


def test_a_moment_on_their_clock_is_meant_there() -> None:
    assert moment_there("2026-11-19T10:30", "America/Halifax", NOON) == datetime(
        2026, 11, 19, 14, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("", "Europe/Bucharest"), ("tomorrow", "Europe/Bucharest"), ("2026-11-18T13:59", "Europe/Bucharest"),
        ("2028-11-18T13:59", "Europe/Bucharest"), ("2026-11-19T10:30+02:00", "Europe/Bucharest"),
        ("2026-11-19T10:30", "Mars/Base"), ("9999-12-31T23:59", "Europe/Bucharest"),
        ("0001-01-01T00:00", "Pacific/Kiritimati"),
    ],
)  # fmt: skip
def test_a_moment_that_makes_no_sense_is_said(text: str, zone: str) -> None:
    with pytest.raises(Unclear):
        moment_there(text, zone, NOON)


def says(kind: str, **detail: Any) -> tuple[str, str, str]:
    line = told({"kind": kind, "detail": detail}, NOON, BUCHAREST)
    return line.verb, line.text, line.quote


def test_the_timeline_has_words_for_every_decision() -> None:
    changed = "application.status_changed"
    assert says(changed, current="qualified", reason="82", proposed=True)[0] == "AI proposed"
    assert says(changed, current="qualified", reason="Knows us", by_hand=True) == ("set", "", "Knows us")
    withdrew = says(changed, current="closed", reason="Too far", by_hand=True, closed_because="withdrawn")
    assert withdrew == ("set", "Withdrew", "Too far")
    assert says(changed, current="scoring", reason="Was wrong", undoes=4)[0] == "took it back, now"
    merged = says(changed, current="closed", reason="", closed_because="merged")
    assert merged[1] == "The same person has another application here"
    undone = says(changed, current="closed", reason="", closed_because="import_undone")
    assert undone[1] == "The import was undone"
    assert says("application.outcome_confirmed", status="qualified")[0] == "confirmed"
    assert says("application.assigned", assignee="Paul Achim")[1] == "gave it to Paul Achim"
    assert says("application.assigned", assignee=None)[1] == "gave it to nobody"
    taken = {"kind": "application.assigned", "actor_name": "Paul Achim", "detail": {"assignee": "Paul Achim"}}
    assert told(taken, NOON, BUCHAREST).text == "took it"
    assert says("application.note_added", text="Early shifts")[2] == "Early shifts"
    assert says("application.opened", via="live_lead", imported=False)[1] == "Came in as a live lead"


def test_nobody_is_called_on_a_proposal_or_against_their_wish() -> None:
    zone = "Europe/Bucharest"
    person = Person(1, "A", "ro", "callback_scheduled", zone, zone, "open")
    people = [person, replace(person, application_id=2, to_confirm=True), replace(person, application_id=3)]
    asked_not_to = {3: ("do_not_contact", "The candidate asked not to be called.")}
    verdicts = judge(people, Gate(now=frozenset({1, 2}), refused=asked_not_to))
    assert verdicts.now_ids == [1], "a proposal is decided first, whatever the gate says"
    assert list(verdicts.skipped) == [
        ("left out", "Waits for your decision on the AI's proposal"),
        ("do not contact", "The candidate asked not to be called."),
    ]


@pytest.mark.parametrize(
    ("status", "detail", "said"),
    [
        ("failed", "unknown", ["The telephony provider does not say why."]),
        ("failed", "recipient failed", []),
        ("failed", "486", ["The telephony provider says: 486."]),
        ("failed", "Number_Barred", ["The telephony provider says: number barred."]),
        ("busy", "busy", []),
        ("no_answer", "no-answer", []),
        ("voicemail", "a machine picked up", ["A machine picked up."]),
        ("unknown", "No news for 15 minutes.", ["No news for 15 minutes."]),
    ],
)
def test_a_word_of_the_provider_is_no_sentence_of_ours(status: str, detail: str, said: list[str]) -> None:
    call = {"status": status, "detail": detail, "given_up_because": None, "time_zone": None}
    assert call_words.notes(call) == said
