"""The chain: the first step that names one person wins, and doubt is never a match."""

from __future__ import annotations

import pytest
from cv_matching.domain.chain import (
    ContentEvidence,
    Match,
    Method,
    SenderEvidence,
    Unmatched,
    by_content,
    by_sender,
    known_sender,
)
from cv_matching.domain.contents import Extracted, verified
from cv_matching.domain.names import NamedCandidate

ANDREI = NamedCandidate(1, "andrei popescu")
MARIA = NamedCandidate(2, "maria popescu")


@pytest.mark.parametrize(
    ("evidence", "method"),
    [
        (SenderEvidence(by_email=(1,)), Method.EXACT_EMAIL),
        (SenderEvidence(by_phone=(1,)), Method.EXACT_PHONE),
        (SenderEvidence(by_reference=(1,)), Method.SUBJECT_ID),
        (
            SenderEvidence(by_email=(1,), by_reference=(1,), name="maria popescu", by_name=(MARIA,)),
            Method.EXACT_EMAIL,
        ),
    ],
)
def test_an_exact_match_is_of_high_confidence(evidence: SenderEvidence, method: Method) -> None:
    verdict = by_sender(evidence)
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method, verdict.is_high) == (1, method, True)
    assert known_sender(verdict) == 1


def test_a_name_is_of_medium_confidence_and_names_the_runners_up() -> None:
    behind = NamedCandidate(9, "a popescu")
    verdict = by_sender(
        SenderEvidence(name="andrei popescu", by_name=(ANDREI, MARIA, behind), namesakes=(1,))
    )
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method, verdict.is_high) == (1, Method.FUZZY_NAME, False)
    assert "candidate 9 (92)" in verdict.explanation
    assert known_sender(verdict) is None


def test_a_phone_shared_by_a_family_is_no_match() -> None:
    verdict = by_sender(SenderEvidence(by_phone=(1, 2)))
    assert isinstance(verdict, Unmatched)
    assert verdict.explanation == "The sender's number fits candidates 1, 2."


def test_a_reference_says_which_of_a_family_it_is() -> None:
    verdict = by_sender(SenderEvidence(by_phone=(1, 2), by_reference=(2,)))
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method) == (2, Method.SUBJECT_ID)


def test_of_several_references_the_one_in_the_family_counts() -> None:
    verdict = by_sender(SenderEvidence(by_phone=(1, 2), by_reference=(2, 7)))
    assert isinstance(verdict, Match)
    assert verdict.candidate_id == 2


def test_a_message_that_contradicts_itself_is_never_of_high_confidence() -> None:
    verdict = by_sender(SenderEvidence(by_email=(1,), by_reference=(2,)))
    assert isinstance(verdict, Unmatched)
    assert "1, 2" in verdict.explanation
    named = by_sender(
        SenderEvidence(
            by_email=(1,), by_reference=(2,), name="maria popescu", by_name=(MARIA,), namesakes=(2,)
        )
    )
    assert isinstance(named, Match)
    assert not named.is_high


def test_a_namesake_who_does_not_wait_makes_a_name_ambiguous() -> None:
    verdict = by_sender(SenderEvidence(name="andrei popescu", by_name=(ANDREI,), namesakes=(1, 8)))
    assert isinstance(verdict, Unmatched)
    assert "1, 8" in verdict.explanation


def test_a_stranger_is_nobody() -> None:
    assert by_sender(SenderEvidence(name="ion stan")) == Unmatched("No candidate fits the sender.")


def test_the_email_in_a_cv_names_its_owner_for_review() -> None:
    verdict = by_content(
        ContentEvidence(name="andrei popescu", by_email=(ANDREI,), given_names={1: "andrei"}), ""
    )
    assert isinstance(verdict, Match)
    assert (verdict.candidate_id, verdict.method, verdict.is_high) == (1, Method.CV_CONTENT, False)


def test_a_fathers_cv_with_the_family_phone_is_not_the_daughters() -> None:
    evidence = ContentEvidence(
        name="ion popescu", by_phone=(MARIA,), by_name=(MARIA,), given_names={2: "maria"}
    )
    verdict = by_content(evidence, "No candidate fits the sender.")
    assert isinstance(verdict, Unmatched)
    assert "the phone in the CV fits candidates 2" in verdict.explanation


def test_the_given_name_in_the_cv_tells_who_of_a_family_it_is() -> None:
    evidence = ContentEvidence(
        name="maria popescu", by_phone=(ANDREI, MARIA), given_names={1: "andrei", 2: "maria"}
    )
    verdict = by_content(evidence, "")
    assert isinstance(verdict, Match)
    assert verdict.candidate_id == 2


def test_the_name_in_a_cv_is_enough_when_it_stands_out() -> None:
    verdict = by_content(ContentEvidence(name="popescu andrei", by_name=(ANDREI, MARIA)), "")
    assert isinstance(verdict, Match)
    assert verdict.candidate_id == 1


def test_two_of_one_name_in_a_cv_are_ambiguous_and_both_named() -> None:
    twin = NamedCandidate(5, "andrei popescu")
    verdict = by_content(ContentEvidence(name="andrei popescu", by_name=(ANDREI, twin)), "No candidate fits.")
    assert isinstance(verdict, Unmatched)
    assert verdict.explanation.startswith("No candidate fits; the name in the CV fits candidates 1, 5")


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
