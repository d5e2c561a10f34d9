"""Decisions about files come out the same, in whatever order and however often their facts arrive."""

from __future__ import annotations

import random
from typing import Any

from chassis.testing import NOON
from contracts import Envelope
from contracts.cv_matching import CvMatched, CvReviewReopened
from recruiter_ui.domain.folding import Fold
from recruiter_ui.domain.tables import CVS, READ_TABLES, UNMATCHED
from recruiter_ui.projection import fold_batch
from recruiter_ui_support.cv_stories import PAUL, Files
from recruiter_ui_support.stories import Storyteller


def told() -> Storyteller:
    """One file confirmed, taken back, reassigned and put back; others assigned, reopened, thrown away."""
    told = Storyteller(NOON)
    files = Files(told)
    doubtful = files.may_be(1, 2)
    first = [it for it in told.envelopes if isinstance(it.event, CvMatched)]
    told.later(minutes=1)
    files.confirmed(doubtful, 1, 2)
    told.later(minutes=1)
    reopened = {"candidate_id": 1, "application_id": 1, "cv_id": files.cv_id(doubtful, 1), "actor": PAUL}
    told.say(CvReviewReopened(**reopened))
    told.later(minutes=1)
    for number in (1, 2):
        files.detached(doubtful, number, "reassigned")
    files.may_be(3, item_id=doubtful)
    told.later(minutes=1)
    files.detached(doubtful, 3, "undone")
    told.say(first[0].event)
    for settle in (files.discarded, lambda item: files.assigned(item, 4), None):
        item = files.is_nobodys()
        files.assigned(item, 5)
        told.later(minutes=1)
        files.detached(item, 5, "undone")
        files.reopened(item)
        told.later(minutes=1)
        if settle:
            settle(item)
    return told


def rows(*batches: list[Envelope]) -> dict[str, list[dict[str, Any]]]:
    whole = Fold()
    for batch in batches:
        fold = fold_batch(batch)
        for table in READ_TABLES:
            for row in fold.of(table):
                whole.add(table, row)
    return {
        table.name: sorted(
            ({column: row.get(column) for column in table.columns} for row in whole.of(table)), key=str
        )
        for table in (CVS, UNMATCHED)
    }


def test_in_any_order_and_told_twice_they_leave_the_same_rows() -> None:
    envelopes = told().envelopes
    expected = rows(envelopes)
    for _ in range(40):
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        chance = random.Random(seed)
        shuffled = [*envelopes, *chance.sample(envelopes, 5)]
        chance.shuffle(shuffled)
        cut = chance.randrange(len(shuffled))
        assert rows(shuffled[cut:], shuffled[:cut]) == expected


def test_they_say_who_has_the_file_and_what_waits() -> None:
    left = rows(told().envelopes)
    cvs = {
        (row["application_id"], row["detached_because"], row["confirmed_at"] is None) for row in left["cvs"]
    }
    assert cvs == {
        (1, None, True),
        (2, "reassigned", False),
        (3, "undone", True),
        (4, None, True),
        (5, "undone", True),
    }
    assert sorted(str(row["settled"]) for row in left["unmatched"]) == ["None", "assigned", "discarded"]
