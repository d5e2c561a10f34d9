"""Rows do not depend on the order in which facts arrive, nor on how often."""

from __future__ import annotations

import random
from typing import Any

import pytest
from chassis.testing import NOON
from contracts import Envelope
from contracts.calling import CallPlaced
from recruiter_ui.domain.folding import Fold, Register, Table, merge
from recruiter_ui.domain.tables import APPLICATIONS, CALLS, CANDIDATES, READ_TABLES
from recruiter_ui.projection import PROJECTED, fold_batch
from recruiter_ui_support.town import a_town

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def rows_of(*folds: Fold) -> Rows:
    """Several folds put together, every column present."""
    whole = Fold()
    for fold in folds:
        for table in READ_TABLES:
            for row in fold.of(table):
                whole.add(table, row)
    return {
        table.name: {
            table.identity(row): {column: row.get(column) for column in table.columns}
            for row in whole.of(table)
        }
        for table in READ_TABLES
    }


def in_batches(envelopes: list[Envelope], chance: random.Random) -> Rows:
    folds, left = [], list(envelopes)
    while left:
        size = chance.randint(1, 40)
        folds.append(fold_batch(left[:size]))
        left = left[size:]
    chance.shuffle(folds)
    return rows_of(*folds)


def test_facts_in_any_order_and_any_batches_make_the_same_rows() -> None:
    envelopes = a_town(NOON).envelopes
    expected = rows_of(fold_batch(envelopes))
    for _ in range(25):
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        chance = random.Random(seed)
        shuffled = list(envelopes)
        chance.shuffle(shuffled)
        assert in_batches(shuffled, chance) == expected


def test_facts_told_again_change_nothing() -> None:
    envelopes = a_town(NOON).envelopes
    assert rows_of(fold_batch(envelopes), fold_batch(envelopes[::3])) == rows_of(fold_batch(envelopes))


def test_the_town_touches_every_table_of_the_pipeline() -> None:
    told = rows_of(fold_batch(a_town(NOON).envelopes))
    untold = {"imports", "live_leads", "duplicates", "merges", "contact_bans", "notes", "former_searches"}
    untold |= {"dialling_stops", "generations", "connections"}
    assert {name for name, rows in told.items() if not rows} == untold


def test_a_status_follows_the_sequence_of_its_owner() -> None:
    told = a_town(NOON)
    of_one = [it for it in told.envelopes if it.event.application_id == 17]
    row = rows_of(fold_batch(of_one[::-1]))[APPLICATIONS.name][(17,)]
    assert (row["status"], row["sequence"], row["score"]) == ("cv_followup_2", 8, 71)


def test_a_call_known_to_be_answered_stays_so_when_its_placing_is_heard_of_late() -> None:
    told = a_town(NOON)
    calls = [it for it in told.envelopes if it.event.application_id == 18 and it.event.noun == "call"]
    assert isinstance(calls[0].event, CallPlaced)
    (row,) = rows_of(fold_batch(calls[::-1]))[CALLS.name].values()
    assert (row["status"], row["purpose"], row["duration_seconds"]) == ("completed", "screening", 252)


def test_search_finds_people_without_their_diacritics() -> None:
    row = rows_of(fold_batch(a_town(NOON).envelopes))[CANDIDATES.name][(1,)]
    assert row["search"] == "mihai stefanescu mihai person1@example.com 40700000001"


def test_a_table_with_a_column_under_no_rule_is_refused() -> None:
    with pytest.raises(TypeError, match="columns without exactly one rule"):
        Table(name="odd", key=("id",), types={"id": "int8", "stray": "text"})


def test_the_greater_stamp_wins_from_either_side() -> None:
    table = Table(
        name="t",
        key=("id",),
        types={"id": "int8", "n": "int4", "v": "text"},
        registers=(Register(("n",), ("v",)),),
    )
    old, new = {"id": 1, "n": 1, "v": "old"}, {"id": 1, "n": 2, "v": "new"}
    assert merge(table, old, new) == merge(table, new, old) == {"id": 1, "n": 2, "v": "new"}


def test_no_timer_and_no_raw_delivery_is_projected() -> None:
    assert not {event.__name__ for event in PROJECTED} & {
        "FollowUpDue",
        "DialDue",
        "CallbackDue",
        "CallOverdue",
    }
    assert all(event.context != "gateway" for event in PROJECTED)
