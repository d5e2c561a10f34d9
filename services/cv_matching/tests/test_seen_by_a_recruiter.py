"""Nothing stays where nobody looks, and whoever looks is told why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chassis.testing import NOON
from contracts.cv_matching import InboundUnmatched, MatchRequested
from contracts.messaging import Channel
from cv_matching.domain.contents import Extracted
from cv_matching.domain.kinds import Kind
from cv_matching.handlers.matching import TRIES_WHERE_NAMED, WAITS
from cv_matching.ports import Reading
from cv_matching_support import files
from cv_matching_support.ports import ScriptedReading, TextInMemory
from cv_matching_support.world import World

CV = files.a_pdf("Curriculum vitae")
ANA = "ana@example.com"
THEIRS, COUSIN = "pop@example.com", "cousin@example.com"


class BreaksDown(TextInMemory):
    """Opening any file fails in a way that nobody thought of."""

    async def read(self, body: bytes, kind: Kind) -> Reading:
        raise RuntimeError("out of everything")


class WithHiddenWords(TextInMemory):
    async def read(self, body: bytes, kind: Kind) -> Reading:
        return replace(await super().read(body, kind), hidden_text=True)


async def test_a_file_that_can_not_be_worked_on_is_tried_again_and_then_shown_to_a_recruiter() -> None:
    """Given up by the bus it would wait where nobody looks."""
    world = World(documents=BreaksDown())
    await world.candidate(1, "Ana Pop", 11, email=ANA)
    await world.receive(ANA, CV)
    [request] = world.tx.said(MatchRequested)
    for wait in WAITS[:TRIES_WHERE_NAMED]:
        await world.match(request)
        [timer] = world.tx.timers
        assert (timer.event, timer.at) == (request, NOON + wait)
    assert world.tx.said(InboundUnmatched) == []
    await world.match(request)
    assert "could not be looked at" in world.unmatched.explanation


async def test_a_file_that_can_be_worked_on_again_is_matched_as_if_nothing_had_been() -> None:
    world = World(documents=BreaksDown())
    await world.candidate(1, "Ana Pop", 11, email=ANA)
    await world.receive(ANA, CV)
    await world.work()
    world.documents = TextInMemory("Curriculum vitae\nAna Pop")
    await world.work()
    [cv] = world.matched
    assert (cv.confidence, cv.review_reasons) == ("high", [])


@pytest.mark.parametrize("body", [files.an_archive(), b"a note, not a document", b""])
async def test_what_can_not_be_a_cv_still_says_whose_address_it_came_from(body: bytes) -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email=ANA)
    await world.receive(ANA, body)
    await world.work()
    assert world.unmatched.candidate_id == 1
    [near] = world.unmatched.runners_up
    assert (near.candidate_id, near.why) == (1, "The sender's address is the candidate's.")


@pytest.mark.parametrize(
    ("text", "sender", "shown", "reason"),
    [
        ("Alexandru Pop\nAgent", COUSIN, "Alexandru Pop", "The sender is known by name only."),
        (f"Agent\n{THEIRS}", THEIRS, None, "Their name does not stand at the top of the CV."),
        ("Alexadru Pop\nAgent", THEIRS, None, "The name in the CV is not quite theirs."),
        (None, THEIRS, None, "Nothing in the file could be checked."),
        (f"Some\n{THEIRS}", COUSIN, None, "Only the CV itself says whose it is."),
    ],
)
async def test_what_waits_for_a_look_says_why_in_a_sentence_of_its_own(
    text: str | None, sender: str, shown: str | None, reason: str
) -> None:
    world = World(documents=TextInMemory(text), reading=ScriptedReading(Extracted(email=THEIRS)))
    await world.candidate(1, "Alexandru Pop", 11, email=THEIRS)
    await world.receive(sender, CV, channel=Channel.EMAIL, sender_name=shown)
    await world.work()
    [cv] = world.matched
    assert cv.needs_review
    assert cv.review_reasons == [reason]


async def test_words_that_nobody_sees_are_a_reason_to_look_only_where_somebody_looks() -> None:
    for name, reasons in (("Ana Pop", []), ("Alexadru Pop", ["The file holds words that nobody sees."])):
        world = World(documents=WithHiddenWords(f"{name}\nAgent"))
        await world.candidate(1, "Ana Pop" if name == "Ana Pop" else "Alexandru Pop", 11, email=THEIRS)
        await world.receive(THEIRS, CV)
        await world.work()
        [cv] = world.matched
        assert cv.review_reasons[1:] == reasons
