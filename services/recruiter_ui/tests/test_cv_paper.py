"""What of a CV's text is marked as a way to reach its owner."""

from __future__ import annotations

import pytest
from recruiter_ui.domain.cv_paper import paper, phones_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2018 - 2026: agent de vânzări", []),
        ("01.2015 - 03.2018, apoi 09/2019-2021", []),
        ("născută la 12.03.1990", []),
        ("0721 234 567, din 2018 - 2026", ["0721 234 567"]),
        ("+40 700 000 058 · (0264) 200 2019", ["+40 700 000 058", "(0264) 200 2019"]),
    ],
)
def test_years_and_dates_of_a_cv_are_no_telephone_numbers(text: str, numbers: list[str]) -> None:
    assert phones_in(text) == numbers
    marked = [piece.text for line in paper(text, []).lines for piece in line.pieces if piece.marked]
    assert marked == numbers
