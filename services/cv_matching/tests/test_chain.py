"""The chain: the first step that names one person wins, and doubt is never a match."""

from __future__ import annotations

import random

import pytest
from cv_matching.domain.chain import SenderEvidence, by_sender
from cv_matching.domain.contents import Extracted, verified
from cv_matching.domain.verdicts import Match, Method, Person, Unmatched, known_sender

ANDREI = Person(1, ("andrei popescu",))
MARIA = Person(2, ("maria popescu",))


def ids(verdict: Match | Unmatched) -> list[int]:
    return [each.candidate_id for each in verdict.runners_up]


@pytest.mark.parametrize(
    ("evidence", "method"),
    [
        (SenderEvidence(by_email=(ANDREI,)), Method.EXACT_EMAIL),
        (SenderEvidence(by_phone=(ANDREI,)), Method.EXACT_PHONE),
        (SenderEvidence(by_reference=(ANDREI,)), Method.SUBJECT_ID),
        (
            SenderEvidence(
                by_email=(ANDREI,), by_reference=(ANDREI,), name="maria popescu", by_name=(MARIA,)
            ),
            Method.EXACT_EMAIL,
        ),
    ],
)
def test_what_one_person_alone_has_names_them(evidence: SenderEvidence, method: Method) -> None:
    verdict = by_sender(evidence)
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method, verdict.is_high) == (1, method, True)
    assert known_sender(verdict) == 1


def test_a_name_is_of_medium_confidence_and_names_the_runners_up() -> None:
    behind = Person(9, ("a popescu",))
    verdict = by_sender(SenderEvidence(name="andrei popescu", by_name=(ANDREI, MARIA, behind)))
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method, verdict.is_high) == (1, Method.FUZZY_NAME, False)
    assert verdict.score == 100
    assert [(each.candidate_id, each.score) for each in verdict.runners_up] == [(9, 92)]
    assert known_sender(verdict) is None


def test_a_phone_shared_by_a_family_is_no_match() -> None:
    verdict = by_sender(SenderEvidence(by_phone=(ANDREI, MARIA), name="maria popescu", by_name=(MARIA,)))
    assert isinstance(verdict, Unmatched)
    assert verdict.explanation == "The sender's number fits 2 people."
    assert ids(verdict) == [1, 2]
    assert verdict.pool == (ANDREI, MARIA)


def test_a_reference_says_which_of_a_family_it_is() -> None:
    verdict = by_sender(SenderEvidence(by_phone=(ANDREI, MARIA), by_reference=(MARIA,)))
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method) == (2, Method.SUBJECT_ID)


def test_of_several_references_the_one_in_the_family_counts() -> None:
    stranger = Person(7, ("ion stan",))
    verdict = by_sender(SenderEvidence(by_phone=(ANDREI, MARIA), by_reference=(MARIA, stranger)))
    assert isinstance(verdict, Match)
    assert verdict.candidate_id == 2


def test_a_reference_outside_the_family_that_has_the_number_is_a_contradiction() -> None:
    stranger = Person(7, ("ion stan",))
    assert isinstance(
        by_sender(SenderEvidence(by_phone=(ANDREI, MARIA), by_reference=(stranger,))), Unmatched
    )


def test_several_references_without_anything_else_name_nobody() -> None:
    assert isinstance(by_sender(SenderEvidence(by_reference=(ANDREI, MARIA))), Unmatched)


def test_a_message_that_contradicts_itself_is_never_of_high_confidence() -> None:
    verdict = by_sender(SenderEvidence(by_email=(ANDREI,), by_reference=(MARIA,)))
    assert isinstance(verdict, Unmatched)
    assert ids(verdict) == [1, 2]
    named = by_sender(
        SenderEvidence(by_email=(ANDREI,), by_reference=(MARIA,), name="maria popescu", by_name=(MARIA,))
    )
    assert isinstance(named, Match)
    assert (named.candidate_id, named.is_high) == (2, False)


def test_a_namesake_who_does_not_wait_makes_a_name_ambiguous() -> None:
    other = Person(8, ("andrei popescu",), waits=False)
    verdict = by_sender(SenderEvidence(name="andrei popescu", by_name=(ANDREI, other)))
    assert isinstance(verdict, Unmatched)
    assert ids(verdict) == [1, 8]


def test_who_does_not_wait_is_never_matched_by_name() -> None:
    other = Person(8, ("andrei popescu",), waits=False)
    assert isinstance(by_sender(SenderEvidence(name="andrei popescu", by_name=(other,))), Unmatched)


def test_a_stranger_is_nobody() -> None:
    assert by_sender(SenderEvidence(name="ion stan")) == Unmatched("No candidate fits the sender.")


def test_no_reason_that_a_person_reads_holds_an_id() -> None:
    people = tuple(Person(4711 + at, ("andrei popescu",)) for at in range(3))
    for evidence in (
        SenderEvidence(by_phone=people),
        SenderEvidence(by_email=people[:1], by_reference=people[1:2]),
        SenderEvidence(name="andrei popescu", by_name=people),
    ):
        verdict = by_sender(evidence)
        assert "471" not in verdict.explanation
        assert not any("471" in each.why for each in verdict.runners_up)


NAMES = ("andrei popescu", "andrei m popescu", "a popescu", "andrei ionescu", "popescu ana", "sandu popescu")


def test_neither_order_nor_another_candidate_turns_doubt_into_somebody_else() -> None:
    """Adding somebody may make a match doubtful; it never moves it to anybody but the one who was added."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(2_000):
        people = [
            Person(at, (chance.choice(NAMES),), waits=chance.random() < 0.8)
            for at in range(1, chance.randint(2, 7))
        ]
        groups = [tuple(chance.sample(people, min(len(people), chance.randint(0, 2)))) for _ in range(3)]
        asked = chance.choice(NAMES)

        def verdict(
            known: list[Person], asked: str = asked, groups: list[tuple[Person, ...]] = groups
        ) -> object:
            fitting = [tuple(one for one in group if one in known) for group in groups]
            found = by_sender(SenderEvidence(*fitting, name=asked, by_name=tuple(known)))
            return found.candidate_id if isinstance(found, Match) else None

        before, added = verdict(people[:-1]), people[-1]
        after = verdict(people)
        if not any(added in group for group in groups):
            assert after in (before, None, added.candidate_id), (people, groups, asked)
            assert not (before is None and after not in (None, added.candidate_id)), (people, groups, asked)
        shuffled = chance.sample(people, len(people))
        assert verdict(shuffled) == after, (people, groups, asked)


TEXT = "Curriculum vitae\nȘtefan Țepeș\nE-mail: Stefan.Tepes@example.com\nTel. 0740 123 456"
FOLDED = "curriculum vitae stefan tepes e-mail: stefan.tepes@example.com tel. 0740 123 456"


def test_what_stands_in_the_text_is_believed() -> None:
    claim = Extracted("Ștefan", "Țepeș", "stefan.tepes@example.com", "+40740123456")
    assert verified(claim, TEXT, FOLDED, Extracted("stefan", "tepes")) == claim


def test_what_does_not_stand_in_the_text_is_dropped_however_plausible() -> None:
    claim = Extracted("Vlad", "Tepe", "vlad@example.com", "+40740999999")
    assert verified(claim, TEXT, FOLDED, Extracted("vlad", "tepe")) == Extracted()


def test_a_few_digits_are_no_phone() -> None:
    assert verified(Extracted(phone="123"), TEXT, FOLDED, Extracted()).phone is None
