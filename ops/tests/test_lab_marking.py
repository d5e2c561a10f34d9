"""Quotes are marked where they were said, each part of a turn once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ops.lab.marking import Piece, marked_turns
from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.result import CaseKept, FoundKept, Judged, RunKept, TurnKept

SAID = "Da, am permis B de opt ani, și nu mă mai sunați."


def a_finding(key: str, quote: str | None, *, found: bool | None = True) -> FoundKept:
    met = Finding.MET
    return FoundKept(key=key, finding=met, counted=met, quote=quote, turn=1, quote_found=found)


def a_case(*findings: FoundKept, **wishes: Any) -> CaseKept:
    words: dict[str, Any] = {"callback_words": None, "do_not_call_words": None, **wishes}
    judged = Judged(
        outcome=Outcome.QUALIFIED,
        score=50,
        model_score=50,
        reasoning="x",
        criteria=list(findings),
        review_reasons=[],
        callback_notes=None,
        callback_at=None,
        needs_human_notes=None,
        do_not_call=bool(wishes),
        **words,
    )
    return CaseKept(
        id="one",
        hash="hash",
        position="driver",
        language="ro",
        time_zone="Europe/Bucharest",
        ended_at=datetime(2026, 11, 18, 10, 0, tzinfo=UTC),
        turns=[
            TurnKept(role="agent", text="Aveți permis?", at_seconds=0),
            TurnKept(role="user", text=SAID, at_seconds=4),
        ],
        expected=Outcome.QUALIFIED,
        also=[],
        borderline=False,
        findings={},
        callback_at=None,
        do_not_call=False,
        runs=[RunKept(number=1, tries=1, judged=judged), RunKept(number=2, tries=1, judged=judged)],
    )


def test_quotes_that_overlap_share_what_they_share() -> None:
    agent, user = marked_turns(
        a_case(a_finding("licence", "am permis B"), a_finding("years", "B de opt ani"))
    )
    assert agent == [Piece("Aveți permis?", ())]
    assert user == [
        Piece("Da, ", ()),
        Piece("am permis ", ("licence",)),
        Piece("B", ("licence", "years")),
        Piece(" de opt ani", ("years",)),
        Piece(", și nu mă mai sunați.", ()),
    ]


def test_a_quote_written_otherwise_is_marked_as_it_was_said() -> None:
    _, user = marked_turns(a_case(a_finding("licence", "AM PERMIS b")))
    assert [piece.text for piece in user if piece.quoted_for] == ["am permis B"]


def test_a_quote_that_does_not_count_is_not_marked() -> None:
    _, user = marked_turns(a_case(a_finding("licence", "am permis C", found=False), a_finding("years", None)))
    assert user == [Piece(SAID, ())]


def test_wishes_about_calls_are_marked_too() -> None:
    _, user = marked_turns(a_case(do_not_call_words="nu ma mai sunati"))
    assert [piece for piece in user if piece.quoted_for] == [Piece("nu mă mai sunați", ("don't call",))]
