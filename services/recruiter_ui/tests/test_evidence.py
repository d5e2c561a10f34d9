"""Quotes in a transcript: found whatever the case, the punctuation and the marks on letters."""

from __future__ import annotations

import pytest
from recruiter_ui.domain.evidence import Piece, Place, marked, places

TURNS = [
    {"role": "agent", "text": "Aveți permis categoria B?"},
    {"role": "user", "text": "Da, am permis categoria B din 2016, conduc zilnic."},
    {"role": "agent", "text": "Ce experiență aveți?"},
    {"role": "user", "text": "Am lucrat patru ani în vânzări B2B. Şi negociez direct."},
]


def said(text: str, quote: str) -> str | None:
    """What is marked of one turn."""
    found = places([{"role": "user", "text": text}], quote)
    return text[found[0].start : found[0].end] if found else None


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("am permis categoria B din 2016", "am permis categoria B din 2016"),
        ("AM PERMIS, categoria b; din 2016!", "am permis categoria B din 2016"),
        ("“conduc   zilnic.”", "conduc zilnic"),
        ("am permis categoria C", None),
        ("permis am", None),
        ("condu", None),
        ("din 20 16", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_quote_is_found_by_its_words_in_their_order(quote: str, stands: str | None) -> None:
    assert said(str(TURNS[1]["text"]), quote) == stands


@pytest.mark.parametrize("quote", ["in vanzari b2b", "ÎN VÂNZĂRI B2B", "i\u0302n va\u0302nza\u0306ri B2B"])
def test_marks_on_letters_make_no_difference_however_they_are_written(quote: str) -> None:
    assert said(str(TURNS[3]["text"]), quote) == "în vânzări B2B"
    apart = "i\u0302n va\u0302nza\u0306ri"
    assert said(f"Am lucrat {apart}", "în vânzări") == apart
    assert said("Și negociez", "Şi") == "Și", "comma and cedilla below are the same letter"
    assert said("Prin e-mail, v-am spus", "email vam spus") == "e-mail, v-am spus"


def test_only_what_the_candidate_said_counts_and_the_turn_named_is_only_a_hint() -> None:
    assert places(TURNS, "Aveți permis", 0) == []
    assert places(TURNS, "conduc zilnic", 3) == [Place(1, 36, 49)]
    twice = [*TURNS, {"role": "agent", "text": "Da?"}, {"role": "user", "text": "Da, conduc zilnic"}]
    assert places(twice, "conduc zilnic", 5) == [Place(5, 4, 17)]
    assert places(TURNS, None) == []


def test_a_quote_may_go_through_turns_between_which_the_agent_was_silent() -> None:
    cut = [{"role": "user", "text": "Am permis"}, {"role": "agent", "text": " "},
           {"role": "user", "text": "categoria B, da."}]  # fmt: skip
    assert places(cut, "am permis categoria B") == [Place(0, 0, 9), Place(2, 0, 11)]
    cut[1]["text"] = "Da?"
    assert places(cut, "am permis categoria B") == []


def test_a_turn_comes_in_pieces_and_overlapping_places_become_one() -> None:
    found = marked(TURNS, [Place(1, 4, 13), Place(1, 7, 23), Place(1, 36, 49)])
    assert found == {
        1: [
            Piece("Da, ", marked=False),
            Piece("am permis categoria", marked=True),
            Piece(" B din 2016, ", marked=False),
            Piece("conduc zilnic", marked=True),
            Piece(".", marked=False),
        ]
    }
    assert "".join(piece.text for piece in found[1]) == TURNS[1]["text"]
