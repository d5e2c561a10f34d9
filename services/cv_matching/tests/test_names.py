"""When two written names may be one person's."""

from __future__ import annotations

import random

import pytest
from cv_matching.domain.names import (
    INITIALS,
    PART,
    SAME,
    THRESHOLD,
    TYPO,
    NamedCandidate,
    likeness,
    ranked,
    shares_given_name,
    stands_out,
)
from people import fold

GIVEN = (
    *("Ana", "Maria", "Marina", "Ioan", "Ioana", "Ion", "Andrei", "Andreea", "Mihai", "Mihaela"),
    *("Cristian", "Cristina", "Gabriel", "Gabriela", "Daniel", "Daniela", "Alexandru", "Alexandra"),
    *(
        "Ștefan",
        "Ștefania",
        "Florin",
        "Florina",
        "Adrian",
        "Adriana",
        "Vasile",
        "Elena",
        "Gheorghe",
        "George",
    ),
)
FAMILY = (
    *("Popescu", "Ionescu", "Radu", "Dumitru", "Stan", "Stoica"),
    *("Gheorghiu", "Munteanu", "Țepeș", "Brătianu", "Ștefănescu", "Șerban"),
)


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("Ștefan Țepeș", "Stefan Tepes", SAME),
        ("ŞTEFAN ŢEPEŞ", "ștefan țepeș", SAME),
        ("Popescu Andrei", "Andrei Popescu", SAME),
        ("Ana-Maria Pop", "Ana Maria Pop", SAME),
        ("Andrei Popescu", "Andrei Mihai Popescu", PART),
        ("A. Popescu", "Andrei Popescu", INITIALS),
        ("Andrei M. Popescu", "Andrei Mihai Popescu", INITIALS),
        ("Alexandru Popescu", "Alexadru Popescu", TYPO),
        ("Andrei Gheorghiu", "Andrei Georghiu", TYPO),
    ],
)
def test_a_name_written_otherwise_is_still_the_name(one: str, other: str, score: int) -> None:
    assert likeness(fold(one), fold(other)) == score
    assert likeness(fold(other), fold(one)) == score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ioan Popescu", "Ioana Popescu"),
        ("Maria Popescu", "Marina Popescu"),
        ("Cristian Popescu", "Cristina Popescu"),
        ("Gabriel Popescu", "Gabriela Popescu"),
        ("Alexandru Popescu", "Alexandra Popescu"),
        ("Andrei Popescu", "Andrei Ionescu"),
        ("Popescu", "Andrei Popescu"),
        ("Andrei", "Andrei Popescu"),
        ("A. P.", "Andrei Popescu"),
        ("", "Andrei Popescu"),
        ("HR Department", "Andrei Popescu"),
    ],
)
def test_names_that_only_look_alike_are_not_the_same(one: str, other: str) -> None:
    assert likeness(fold(one), fold(other)) < THRESHOLD


def test_no_two_people_of_a_family_are_taken_for_each_other() -> None:
    for family in FAMILY:
        for one in GIVEN:
            for other in GIVEN:
                if one != other:
                    assert likeness(fold(f"{one} {family}"), fold(f"{family} {other}")) < THRESHOLD, (
                        one,
                        other,
                    )


def test_everybody_is_found_among_everybody_whatever_the_order() -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    people = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    cards = [NamedCandidate(at, fold(name)) for at, name in enumerate(people)]
    for at in chance.sample(range(len(people)), 40):
        shuffled = people[at].split()
        chance.shuffle(shuffled)
        ranking = ranked(fold(" ".join(shuffled).upper()), cards)
        assert stands_out(ranking)
        assert ranking[0].candidate_id == at


def test_two_who_fit_alike_are_ambiguous() -> None:
    cards = [
        NamedCandidate(1, "andrei popescu"),
        NamedCandidate(2, "ana popescu"),
        NamedCandidate(3, "ion stan"),
    ]
    ranking = ranked("a popescu", cards)
    assert [each.candidate_id for each in ranking] == [1, 2]
    assert not stands_out(ranking)


def test_a_longer_name_beside_the_same_name_is_ambiguous() -> None:
    cards = [NamedCandidate(1, "andrei popescu"), NamedCandidate(2, "andrei mihai popescu")]
    assert not stands_out(ranked("andrei popescu", cards))


def test_nobody_stands_out_of_nobody() -> None:
    assert not stands_out([])


@pytest.mark.parametrize(
    ("name", "given", "shared"),
    [
        ("alexandru popescu", "alex", True),
        ("alex popescu", "alexandru", True),
        ("ion popescu", "maria", False),
        ("maria ionescu", "maria", True),
        ("ana popescu", "an", False),
    ],
)
def test_a_given_name_tells_the_members_of_a_family_apart(name: str, given: str, shared: bool) -> None:
    assert shares_given_name(name, given) is shared
