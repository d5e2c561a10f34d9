"""Quotes in a transcript: found whatever the case, the punctuation and the marks on letters."""

from __future__ import annotations

import pytest
from recruiter_ui.domain.evidence import Piece, Place, find, marked, place

TURNS = [
    {"role": "agent", "text": "Aveți permis categoria B?"},
    {"role": "user", "text": "Da, am permis categoria B din 2016, conduc zilnic."},
    {"role": "agent", "text": "Ce experiență aveți?"},
    {"role": "user", "text": "Am lucrat patru ani în vânzări B2B. Şi negociez direct."},
]


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("am permis categoria B din 2016", "am permis categoria B din 2016"),
        ("AM PERMIS, categoria b; din 2016!", "am permis categoria B din 2016"),
        ("“conduc   zilnic.”", "conduc zilnic"),
        ("am permis categoria C", None),
        ("permis am", None),
        ("condu", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_quote_is_found_by_its_words_in_their_order(quote: str, stands: str | None) -> None:
    text = str(TURNS[1]["text"])
    found = find(text, quote)
    assert (text[slice(*found)] if found else None) == stands


@pytest.mark.parametrize("quote", ["in vanzari b2b", "ÎN VÂNZĂRI B2B", "i\u0302n va\u0302nza\u0306ri B2B"])
def test_marks_on_letters_make_no_difference_however_they_are_written(quote: str) -> None:
    found = find(str(TURNS[3]["text"]), quote)
    assert found
    assert str(TURNS[3]["text"])[slice(*found)] == "în vânzări B2B"
    apart = "Am lucrat i\u0302n va\u0302nza\u0306ri"
    assert find(apart, "în vânzări") == (10, len(apart))
    assert find("Și negociez", "Şi") == (0, 2), "comma and cedilla below are the same letter"


def test_only_what_the_candidate_said_counts_and_the_turn_named_is_only_a_hint() -> None:
    assert place(TURNS, "Aveți permis", 0) is None
    assert place(TURNS, "conduc zilnic", 3) == Place(1, 36, 49)
    twice = [*TURNS, {"role": "user", "text": "Da, conduc zilnic"}]
    assert place(twice, "conduc zilnic", 4) == Place(4, 4, 17)
    assert place(TURNS, None) is None


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
