"""The words of a call that a judgement rests on, marked where scoring says that they stand."""

from __future__ import annotations

from recruiter_ui.domain.marks import Mark, Piece, marked, marks_in

TURNS = [
    {"role": "agent", "text": "Aveți permis categoria B?"},
    {"role": "user", "text": "Da, am permis categoria B din 2016, conduc zilnic."},
    {"role": "user", "text": None},
]


def test_a_turn_comes_in_pieces_and_overlapping_marks_become_one() -> None:
    found = marked(TURNS, [Mark(1, 4, 13), Mark(1, 7, 23), Mark(1, 36, 49)])
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


def test_marks_that_are_not_in_these_turns_are_left_out() -> None:
    told = [(1, 4, 13), (1, 40, 51), (1, 5, 5), (2, 0, 1), (3, 0, 1), (99, 0, 1)]
    given = [{"turn": turn, "start": start, "end": end} for turn, start, end in told]
    assert marks_in(TURNS, given) == [Mark(1, 4, 13)]
    assert marks_in([], given) == []
    assert marks_in(TURNS, None) == []
