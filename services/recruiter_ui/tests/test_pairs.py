"""Two people side by side: which application stays, what there is to choose, where names differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.testing import NOON
from recruiter_ui.domain.likeness import marked
from recruiter_ui.domain.pairs import fields_of, kept_by_default, overlaps, taken


@dataclass(frozen=True)
class An:
    """An application to a position, in a status."""

    position_id: int
    status: str
    last_activity_at: datetime = NOON


def test_of_two_applications_for_one_position_the_further_one_stays() -> None:
    early, late, other, shut = An(1, "pending_call"), An(1, "awaiting_cv"), An(2, "scoring"), An(1, "closed")
    (overlap,) = overlaps([early, other], [late])
    assert (overlap.stays, overlap.closes) == (late, early)
    newer = An(1, "pending_call", NOON + timedelta(hours=1))
    assert overlaps([early], [newer])[0].stays is newer
    assert overlaps([early], [other]) == []
    assert overlaps([early], [shut]) == []
    assert kept_by_default([early], [late]) == 1
    assert kept_by_default([early], [early]) == 0
    assert kept_by_default([], []) == 0


def test_a_choice_is_only_where_both_have_something_else() -> None:
    one = {"full_name": "Ana Pop", "email": "a@example.com", "phone": None, "phone_as_given": "0700"}
    other = {"full_name": "Ana Pop", "email": "b@example.com", "phone": "+40700000001", "notes": "Friday"}
    fields = {field.name: field for field in fields_of(one, other)}
    assert {name for name, field in fields.items() if field.choice} == {"email"}
    assert fields["phone"].values == ("0700", "+40700000001"), "the first can't be used, nor chosen"
    assert fields["full_name"].same
    assert not fields["notes"].choice
    assert taken({"email": "8", "phone": "7", "odd": "8"}, 8) == ["email"]


def test_names_are_compared_word_by_word() -> None:
    assert marked("Radu Ștefan Crăciunescu", "Radu Crăciunescu") == [
        ("Radu", False),
        ("Ștefan", True),
        ("Crăciunescu", False),
    ]
    assert marked("Ana", "Ana") == [("Ana", False)]
    assert marked("Ana", "Ioana") == [("Ana", True)]
    assert marked("", "Ana") == []
