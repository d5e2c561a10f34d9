"""What cv_matching does when a message with files comes in: events in, events out."""

from __future__ import annotations

import pytest
from chassis.blobs import MemoryBlobs
from chassis.testing import NOON
from contracts import Actor
from contracts.cv_matching import CvSource, InboundUnmatched, MatchMethod, MatchRequested, UnmatchedAssigned
from contracts.intake import (
    ApplicationStatus,
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
)
from contracts.messaging import Channel
from contracts.references import reference
from cv_matching.domain.contents import Extracted
from cv_matching.handlers.following import (
    know_candidate,
)
from cv_matching.handlers.matching import WAITS
from cv_matching.ports import ItemState, ModelDeclined, ModelUnavailable
from cv_matching_support import files
from cv_matching_support.ports import ScriptedReading, TextInMemory
from cv_matching_support.world import World

CV = files.a_pdf("Curriculum vitae")
ANAS = "Curriculum vitae\nAna Pop\nTelefon 0740 123 456"


async def test_a_cv_from_the_candidates_address_is_matched_whatever_its_case() -> None:
    world = World(documents=TextInMemory(ANAS))
    await world.candidate(1, "Ana Pop", 11, email="Ana.Pop@example.com")
    await world.receive("ana.pop@EXAMPLE.com", CV)
    await world.work()
    [cv] = world.matched
    assert (cv.candidate_id, cv.application_id, cv.method) == (1, 11, MatchMethod.EXACT_EMAIL)
    assert (cv.confidence, cv.needs_review, cv.source) == ("high", False, CvSource.EMAIL_ATTACHMENT)
    assert world.reading.asked == 0


@pytest.mark.parametrize("sender", ["40740123456", "+40740123456", "40740123456@s.whatsapp.net"])
async def test_a_cv_by_whatsapp_is_matched_by_its_number(sender: str) -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, phone="+40740123456")
    await world.receive(sender, CV, channel=Channel.WHATSAPP)
    await world.work()
    [cv] = world.matched
    assert (cv.method, cv.source) == (MatchMethod.EXACT_PHONE, CvSource.WHATSAPP_MEDIA)


async def test_a_cv_of_somebody_added_by_hand_is_theirs_though_they_have_no_application() -> None:
    world = World()
    profile = CandidateProfile(
        full_name="Ana Pop", first_name="Ana", last_name="Pop", email="ana@example.com", source="manual"
    )
    added = CandidateAdded(candidate_id=1, profile=profile, actor=Actor.system())
    await know_candidate(added, world.tx, world.directory)
    await world.receive("ANA@example.com", CV)
    await world.work()
    assert world.matched == []
    assert await world.directory.with_email(world.tx, "ana@example.com") == (1,)


async def test_the_whatsapp_number_counts_beside_the_phone() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, phone="+40740123456", whatsapp_number="+40740123457")
    await world.receive("40740123457", CV, channel=Channel.WHATSAPP)
    await world.work()
    assert [cv.application_id for cv in world.matched] == [11]


@pytest.mark.parametrize("place", ["subject", "body"])
async def test_a_reference_in_subject_or_body_is_enough(place: str) -> None:
    world = World(documents=TextInMemory(ANAS))
    await world.candidate(1, "Ana Pop", 11)
    said = f"Re: your CV [{reference(11)}]"
    if place == "subject":
        await world.receive("other@example.com", CV, subject=said)
    else:
        await world.receive("other@example.com", CV, body=said)
    await world.work()
    [cv] = world.matched
    assert (cv.method, cv.confidence) == (MatchMethod.SUBJECT_ID, "high")


async def test_a_name_is_matched_for_review() -> None:
    world = World(documents=TextInMemory("Ștefan Țepeș\nAgent de vânzări"))
    await world.candidate(1, "Ștefan Țepeș", 11)
    await world.receive("other@example.com", CV, sender_name="TEPES STEFAN")
    await world.work()
    [cv] = world.matched
    assert (cv.method, cv.confidence, cv.needs_review) == (MatchMethod.FUZZY_NAME, "medium", True)


async def test_a_name_counts_only_while_a_cv_is_waited_for() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, status=ApplicationStatus.CALL_QUEUED)
    await world.receive("other@example.com", CV, sender_name="Ana Pop")
    await world.work()
    assert world.matched == []


async def test_the_content_of_the_cv_is_the_last_resort() -> None:
    world = World(
        documents=TextInMemory("Ana Pop\nana.pop@example.com"),
        reading=ScriptedReading(Extracted("Ana", "Pop", "ana.pop@example.com")),
    )
    await world.candidate(1, "Ana Pop", 11, email="ana.pop@example.com")
    await world.receive("cousin@example.com", CV, sender_name="Cousin")
    await world.work()
    [cv] = world.matched
    assert (cv.method, cv.needs_review) == (MatchMethod.CV_CONTENT, True)


async def test_what_the_model_makes_up_matches_nobody() -> None:
    world = World(
        documents=TextInMemory("Curriculum vitae of somebody"),
        reading=ScriptedReading(Extracted("Ana", "Pop", "ana.pop@example.com", "+40740123456")),
    )
    await world.candidate(1, "Ana Pop", 11, email="ana.pop@example.com", phone="+40740123456")
    await world.receive("stranger@example.com", CV)
    await world.work()
    assert world.matched == []
    assert world.unmatched.candidate_id is None


async def test_a_cv_goes_to_every_open_application_of_the_person() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, 12, 13, 14, email="ana@example.com")
    await world.status(1, 12, ApplicationStatus.CLOSED)
    await world.status(1, 13, ApplicationStatus.CV_RECEIVED)
    await world.receive("ana@example.com", CV)
    await world.work()
    assert [cv.application_id for cv in world.matched] == [11, 13, 14]
    assert len({cv.cv_id for cv in world.matched}) == 3


async def test_a_known_person_without_open_application_is_named_in_the_unmatched_list() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, status=ApplicationStatus.CLOSED, email="ana@example.com")
    await world.receive("ana@example.com", CV)
    await world.work()
    assert world.matched == []
    assert world.unmatched.candidate_id == 1
    assert "The candidate has no open application" in world.unmatched.explanation
    assert [each.candidate_id for each in world.unmatched.runners_up] == [1]


async def test_a_family_that_shares_a_phone_is_left_to_the_recruiter() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, phone="+40740123456")
    await world.candidate(2, "Ion Pop", 12, phone="+40740123456")
    await world.receive("40740123456", CV, channel=Channel.WHATSAPP)
    await world.work()
    assert world.matched == []
    assert world.unmatched.explanation.startswith("The sender's number fits 2 people.")
    assert [each.candidate_id for each in world.unmatched.runners_up] == [1, 2]


async def test_each_attachment_is_an_item_of_its_own() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive(
        "ana@example.com", CV, files.a_picture(30), b"<html>not a cv</html>", files.a_picture(300)
    )
    await world.work()
    assert len(world.matched) == 2
    explanations = [event.explanation for event in world.tx.said(InboundUnmatched)]
    assert len(explanations) == 2
    assert any("web page" in each for each in explanations)
    assert any("signature" in each for each in explanations)


async def test_the_same_message_again_adds_nothing() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("ana@example.com", CV)
    await world.receive("ana@example.com", CV)
    assert len(world.tx.said(MatchRequested)) == 1


async def test_matching_the_same_item_again_changes_nothing() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("ana@example.com", CV)
    await world.work()
    await world.work()
    assert len(world.matched) == 1


async def test_a_message_without_files_is_none_of_our_business() -> None:
    world = World()
    await world.receive("ana@example.com")
    assert world.tx.published == []


async def test_a_model_that_is_away_is_asked_again_later_and_at_last_a_recruiter_decides() -> None:
    world = World(documents=TextInMemory("Some\nAna Pop"), reading=ScriptedReading(ModelUnavailable("529")))
    await world.receive("other@example.com", CV)
    [request] = world.tx.said(MatchRequested)
    told = []
    for wait in WAITS:
        await world.match(request)
        [timer] = world.tx.timers
        assert timer.event == request
        assert timer.at == NOON + wait
        told.append(len(world.tx.said(InboundUnmatched)))
    assert told == [0, 0, 1, 1, 1, 1]
    await world.match(request)
    meanwhile, at_last = world.tx.said(InboundUnmatched)
    assert "is asked again" in meanwhile.explanation
    assert meanwhile.reading is not None
    assert meanwhile.reading.text is not None
    assert "could not be reached" in at_last.explanation


async def test_a_model_that_comes_back_finishes_the_job() -> None:
    world = World(documents=TextInMemory("Some\nAna Pop"), reading=ScriptedReading(ModelUnavailable("529")))
    await world.candidate(1, "Ana Pop", 11)
    await world.receive("other@example.com", CV)
    await world.work()
    world.reading.answer = Extracted("Ana", "Pop")
    await world.work()
    assert [cv.application_id for cv in world.matched] == [11]


async def test_what_a_recruiter_was_told_of_meanwhile_is_settled_when_its_person_is_found() -> None:
    world = World(documents=TextInMemory("Some\nAna Pop"), reading=ScriptedReading(ModelUnavailable("401")))
    await world.candidate(1, "Ana Pop", 11)
    await world.receive("other@example.com", CV)
    for _ in range(4):
        await world.work()
    assert len(world.tx.said(InboundUnmatched)) == 1
    world.reading.answer = Extracted("Ana", "Pop")
    await world.work()
    [settled] = world.tx.said(UnmatchedAssigned)
    assert (settled.application_id, settled.item_id) == (11, world.matched[0].item_id)


async def test_a_model_that_declines_leaves_the_file_to_the_recruiter() -> None:
    world = World(documents=TextInMemory("Ana Pop"), reading=ScriptedReading(ModelDeclined("it refused")))
    await world.receive("other@example.com", CV)
    await world.work()
    assert "it refused" in world.unmatched.explanation
    assert world.tx.timers == []


async def test_a_scan_from_a_stranger_says_that_it_holds_no_text() -> None:
    world = World()
    await world.receive("other@example.com", CV)
    await world.work()
    assert "scan" in world.unmatched.explanation
    assert world.reading.asked == 0


async def test_a_picture_is_never_shown_to_the_model() -> None:
    world = World()
    await world.receive("other@example.com", files.a_picture(300))
    await world.work()
    assert "no text is read" in world.unmatched.explanation
    assert world.reading.asked == 0


async def test_a_file_that_is_gone_is_said_to_be_gone() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("ana@example.com", CV)
    world.blobs = MemoryBlobs()
    await world.work()
    assert "not in the store" in world.unmatched.explanation
    assert world.unmatched.candidate_id == 1


async def test_an_address_that_was_corrected_is_known_under_the_new_one_only() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    profile = CandidateProfile(
        full_name="Ana Pop", first_name="Ana", last_name="Pop", email="pop@example.com"
    )
    await know_candidate(CandidateProfileRevised(candidate_id=1, profile=profile), world.tx, world.directory)
    await world.receive("pop@example.com", CV)
    await world.work()
    assert [cv.method for cv in world.matched] == [MatchMethod.EXACT_EMAIL]
    assert await world.directory.with_email(world.tx, "ana@example.com") == ()


async def test_a_file_is_never_without_a_state_that_a_recruiter_can_see() -> None:
    world = World()
    await world.receive("other@example.com", CV, b"", b"MZ", files.a_macro_docx(), files.an_archive())
    await world.work()
    assert {each.state for each in world.items.items.values()} == {ItemState.UNMATCHED}
    assert len(world.tx.said(InboundUnmatched)) == 5
