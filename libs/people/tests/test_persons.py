"""Which ids are one person, whatever the order in which merges are told."""

from __future__ import annotations

import random
from itertools import permutations

from people import persons


def test_nobody_is_anybody_else_without_a_merge() -> None:
    assert persons([]) == {}


def test_both_records_are_the_kept_one() -> None:
    assert persons([(1, 2)]) == {1: 1, 2: 1}


def test_a_chain_leads_to_its_end_in_whatever_order_it_is_told() -> None:
    for told in permutations([(2, 3), (1, 2), (1, 4), (8, 9)]):
        assert persons(told) == {1: 1, 2: 1, 3: 1, 4: 1, 8: 8, 9: 8}


def test_a_ring_that_should_not_be_ends() -> None:
    assert set(persons([(1, 2), (2, 1)])) == {1, 2}


def test_random_merges_put_everybody_with_whoever_stands_for_them() -> None:
    seed = random.randrange(10**9)
    print("seed", seed)
    dice = random.Random(seed)
    stands_for = {one: one for one in range(200)}
    merges = []
    for _ in range(150):
        kept, merged = dice.sample(sorted(set(stands_for.values())), 2)
        merges.append((kept, merged))
        stands_for = {one: kept if person == merged else person for one, person in stands_for.items()}
    dice.shuffle(merges)
    found = persons(merges)
    assert {one: found.get(one, one) for one in stands_for} == stands_for
