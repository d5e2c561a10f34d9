"""Whether the document agrees with what the message says of its sender: an address is not a CV."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cv_matching.domain.agreement import ContentEvidence, Judged, by_content, judge
from cv_matching.domain.paper import Paper, name_on, name_words
from cv_matching.domain.verdicts import Match, Method, Person, Unmatched
from people import fold

ANA = Person(1, ("ana popescu",), frozenset({"ana@example.com"}), frozenset({"+40740123456"}))
ION = Person(2, ("ion popescu",), frozenset({"ana@example.com"}), frozenset({"+40740123456"}))
SENT_BY_ANA = Match(1, Method.EXACT_EMAIL, "The sender's address is the candidate's.", is_high=True)
NAMED_ANA = Match(1, Method.FUZZY_NAME, "The sender's name is like the candidate's.", score=100)
SHARED = Unmatched("The sender's address fits 2 people.", pool=(ANA, ION), pool_method=Method.EXACT_EMAIL)


def paper(*lines: str, emails: tuple[str, ...] = (), phones: tuple[str, ...] = ()) -> Paper:
    return Paper(tuple(name_words(fold(line)) for line in lines), frozenset(emails), frozenset(phones))


def matched(judged: Judged) -> Match:
    assert isinstance(judged.verdict, Match)
    return judged.verdict


@pytest.mark.parametrize(
    "lines",
    [
        ("Curriculum vitae", "Ana Popescu"),
        ("POPESCU ANA-MARIA",),
        ("Nume: Popescu", "Prenume: Ana Maria"),
        ("Ana", "Popescu", "Str. Florilor 3"),
        ("Nume și prenume: Ana Popescu",),
        ("Ана Попеску",),
        ("Anuța Popescu",),
        ("Curriculum vitae al candidatei Ana Popescu, agent de vânzări",),
    ],
)
def test_a_known_sender_whose_name_stands_at_the_top_is_certain_without_a_model(
    lines: tuple[str, ...],
) -> None:
    judged = judge(SENT_BY_ANA, ANA, paper(*lines), None)
    assert matched(judged).is_high
    assert not judged.ask
    assert matched(judged).explanation.endswith("and the CV bears their name.")


@pytest.mark.parametrize(
    "lines",
    [
        ("Ion Popescu", "ana.popescu@example.com"),
        ("Ion Popescu", "Aleea Ana Ipătescu 4"),
        ("Experiență", "Agent de vânzări"),
        ("Ioana Popescu",),
        (*(f"Rând {at}" for at in range(20)), "Referințe: Ana Popescu"),
    ],
)
def test_a_known_sender_whose_name_does_not_stand_there_is_not(lines: tuple[str, ...]) -> None:
    judged = judge(SENT_BY_ANA, ANA, paper(*lines[:14]), None)
    assert not matched(judged).is_high
    assert judged.ask


def test_an_initial_is_not_enough_to_be_certain_and_needs_no_model() -> None:
    judged = judge(SENT_BY_ANA, ANA, paper("A. Popescu"), None)
    assert (matched(judged).is_high, matched(judged).score, judged.ask) == (False, 92, False)


def test_a_scan_from_a_known_sender_is_attached_for_a_look() -> None:
    judged = judge(SENT_BY_ANA, ANA, None, "The file holds no text: it may be a scan.")
    assert not matched(judged).is_high
    assert "look whether it is their CV" in matched(judged).explanation


def test_a_scan_by_the_name_of_somebody_else_is_nobodys() -> None:
    judged = judge(SENT_BY_ANA, ANA, None, "No text.", file_words=("cv", "ion", "popescu"))
    assert isinstance(judged.verdict, Unmatched)
    assert judged.verdict.candidate_id == 1
    assert matched(judge(SENT_BY_ANA, ANA, None, "No text.", file_words=("cv", "ana"))).candidate_id == 1


def test_a_scan_of_which_only_the_senders_name_speaks_is_nobodys() -> None:
    judged = judge(NAMED_ANA, ANA, None, "No text.")
    assert isinstance(judged.verdict, Unmatched)
    assert [each.candidate_id for each in judged.verdict.runners_up] == [1]


def test_a_reference_that_was_passed_on_names_nobody_without_text() -> None:
    referred = Match(1, Method.SUBJECT_ID, "The reference in the message is the candidate's.", is_high=True)
    assert isinstance(judge(referred, ANA, None, "No text.", shown="vlad stan").verdict, Unmatched)
    assert matched(judge(referred, ANA, None, "No text.", shown="popescu ana")).candidate_id == 1


def test_of_a_couple_with_one_mailbox_the_document_names_one() -> None:
    judged = judge(SHARED, None, paper("Ion Popescu", "ana@example.com"), None)
    assert (matched(judged).candidate_id, matched(judged).is_high) == (2, False)
    assert matched(judged).method is Method.EXACT_EMAIL
    both = judge(SHARED, None, paper("Ion Popescu", "Ana Popescu"), None)
    assert isinstance(both.verdict, Unmatched)


def test_whom_the_model_reads_as_somebody_else_is_not_the_sender() -> None:
    judged = judge(SENT_BY_ANA, ANA, paper("Experiență"), None)
    verdict = by_content(ContentEvidence(name="vlad stan"), judged)
    assert isinstance(verdict, Unmatched)
    assert verdict.candidate_id == 1
    assert "names somebody else" in verdict.explanation


def test_whom_the_model_reads_as_the_sender_is_certain() -> None:
    judged = judge(SENT_BY_ANA, ANA, paper("Experiență"), None)
    verdict = by_content(ContentEvidence(name="popescu ana"), judged)
    assert isinstance(verdict, Match)
    assert verdict.is_high


def test_a_bride_keeps_her_given_name_and_a_friend_of_that_name_is_on_file_herself() -> None:
    judged = judge(SENT_BY_ANA, ANA, paper("Ana Ionescu"), None)
    married = by_content(ContentEvidence(name="ana ionescu"), judged)
    assert isinstance(married, Match)
    assert (married.candidate_id, married.is_high) == (1, False)
    friend = Person(3, ("ana ionescu",))
    found = by_content(ContentEvidence(name="ana ionescu", by_name=(friend,)), judged)
    assert isinstance(found, Match)
    assert found.candidate_id == 3


def test_a_namesakes_number_speaks_against_the_name() -> None:
    judged = judge(NAMED_ANA, ANA, paper("Ana Popescu", phones=("+40740999999",)), None)
    assert isinstance(judged.verdict, Unmatched)
    assert matched(judge(NAMED_ANA, ANA, paper("Ana Popescu"), None)).candidate_id == 1
    mine = paper("Ana Popescu", phones=("+40740123456", "+40740999999"))
    assert matched(judge(NAMED_ANA, ANA, mine, None)).candidate_id == 1


NOBODY = Judged(Unmatched("No candidate fits the sender."))


def test_the_email_in_a_cv_names_its_owner_for_review() -> None:
    found = by_content(
        ContentEvidence(name="ana popescu", emails=ANA.emails, by_contact=(ANA,), by_name=(ANA,)), NOBODY
    )
    assert isinstance(found, Match)
    assert (found.candidate_id, found.method, found.is_high) == (1, Method.CV_CONTENT, False)


def test_a_fathers_cv_with_the_family_phone_is_not_the_daughters() -> None:
    found = by_content(ContentEvidence(name="ion popescu", phones=ANA.phones, by_contact=(ANA,)), NOBODY)
    assert isinstance(found, Unmatched)
    assert [each.candidate_id for each in found.runners_up] == [1]


def test_the_given_name_in_the_cv_tells_who_of_a_family_it_is() -> None:
    found = by_content(ContentEvidence(name="ion popescu", phones=ANA.phones, by_contact=(ANA, ION)), NOBODY)
    assert isinstance(found, Match)
    assert found.candidate_id == 2


def test_the_reason_says_whose_the_contact_data_in_the_cv_are() -> None:
    """A recruiter sees name, phone and address side by side with what is on file."""
    at_rest = replace(ANA, waits=False)
    twin = replace(at_rest, candidate_id=5)
    for name, people, reason in (
        ("vlad stan", (ANA,), "somebody's of another name."),
        ("ana popescu", (at_rest,), "somebody's of whom no CV is waited for."),
        ("ana popescu", (at_rest, twin), "that of 2 people of this name."),
    ):
        found = by_content(ContentEvidence(name=name, phones=ANA.phones, by_contact=people), NOBODY)
        assert isinstance(found, Unmatched)
        assert found.explanation.endswith(reason), found.explanation


def test_the_name_in_a_cv_is_enough_when_it_stands_out_and_only_of_somebody_who_waits() -> None:
    for waits in (True, False):
        known = Person(1, ("ana popescu",), waits=waits)
        found = by_content(ContentEvidence(name="popescu ana", by_name=(known,)), NOBODY)
        assert isinstance(found, Match) is waits


def test_two_of_one_name_in_a_cv_are_ambiguous_and_both_named() -> None:
    twin = Person(5, ("ana popescu",), waits=False)
    found = by_content(ContentEvidence(name="ana popescu", by_name=(ANA, twin)), NOBODY)
    assert isinstance(found, Unmatched)
    assert [each.candidate_id for each in found.runners_up] == [1, 5]


def test_a_street_is_no_second_half_of_a_name() -> None:
    eminescu = Person(7, ("mihai popescu",))
    assert name_on(paper("Maria Popescu", "Str. Mihai Eminescu"), eminescu) == 0


@pytest.mark.parametrize(
    "lines", [("", "Ana Popescu"), ("2026", "Popescu", "Ana"), ("", "", ""), ("Ana", "", "Popescu")]
)
def test_a_line_without_words_is_no_obstacle(lines: tuple[str, ...]) -> None:
    assert name_on(paper(*lines), ANA) in (0, 100)
    assert matched(judge(SENT_BY_ANA, ANA, paper(*lines), None)).candidate_id == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("Ion Popescu", "Căsătorit cu Ana Popescu"),
        ("CURRICULUM VITAE", "Mihai Georgescu", "Referință", "Ana Popescu"),
        ("Nume: Popescu Ion", "Persoană de contact", "Ana Popescu", "0740 123 456"),
    ],
)
def test_a_known_sender_who_stands_below_somebody_else_is_not_certain(lines: tuple[str, ...]) -> None:
    """The top line is the owner's; a wife and a referee come after."""
    judged = judge(SENT_BY_ANA, ANA, paper(*lines), None)
    assert not matched(judged).is_high
    assert judged.ask
    taken_for_the_owner = by_content(ContentEvidence(name="ana popescu", by_name=(ANA,)), judged)
    assert isinstance(taken_for_the_owner, Match)
    assert not taken_for_the_owner.is_high


def test_a_mother_and_a_daughter_of_one_name_are_not_told_apart_by_their_mailbox() -> None:
    """The name is both's: where the number is not the one on file, a recruiter looks."""
    the_daughters = paper("Ana Popescu", emails=("fiica@example.com",), phones=("+40740999999",))
    judged = judge(SENT_BY_ANA, ANA, the_daughters, None)
    assert (matched(judged).is_high, judged.ask) == (False, False)
    for theirs in ({"phones": tuple(ANA.phones)}, {"emails": tuple(ANA.emails)}):
        both = paper("Ana Popescu", **{"phones": ("+40740999999",), **theirs})
        assert matched(judge(SENT_BY_ANA, ANA, both, None)).is_high
