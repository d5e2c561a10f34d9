"""Whose an address or number is by a recruiter's word, and the ways in which one number is written."""

from __future__ import annotations

from uuid import UUID

import pytest
from contracts import Actor
from contracts.cv_matching import InboundUnmatched, MatchMethod, MatchRequested, UnmatchedAssigned
from contracts.messaging import Channel, SenderLinked
from cv_matching.domain.contents import Extracted
from cv_matching.domain.kinds import Kind
from cv_matching.handlers.linking import know_sender
from cv_matching.ports import Reading, SenderLink
from cv_matching_support import files
from cv_matching_support.ports import ScriptedReading, TextInMemory
from cv_matching_support.stores import Store, a_card
from cv_matching_support.world import World

CV = files.a_pdf("Curriculum vitae")
LINK = UUID(int=77)
RECRUITER = Actor(kind="recruiter", id="1")


async def link(world: World, channel: Channel, sender: str) -> None:
    linked = SenderLinked(
        candidate_id=1,
        link_id=LINK,
        channel=channel,
        sender=sender,
        message_ids=list({item.message_id for item in world.items.items.values()}),
        actor=RECRUITER,
    )
    await know_sender(linked, world.tx, world.directory, world.items)


@pytest.mark.parametrize(
    ("channel", "linked", "sender", "method"),
    [
        (Channel.EMAIL, "Work@Example.com", "work@example.com", MatchMethod.EXACT_EMAIL),
        (Channel.WHATSAPP, "40740999999@s.whatsapp.net", "40740999999", MatchMethod.EXACT_PHONE),
        (Channel.WHATSAPP, "181234567890123@lid", "181234567890123@lid", MatchMethod.EXACT_PHONE),
    ],
)
async def test_a_linked_sender_is_the_candidate(
    channel: Channel, linked: str, sender: str, method: MatchMethod
) -> None:
    world = World(documents=TextInMemory("Curriculum vitae\nAna Pop"))
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await link(world, channel, linked)
    await world.receive(sender, CV, channel=channel)
    await world.work()
    assert [(cv.method, cv.confidence) for cv in world.matched] == [(method, "high")]


@pytest.mark.parametrize(
    ("text", "matched", "needs_review"),
    [("Ana Pop\nAgent", 11, False), (None, 11, True), ("Ion Stan\nAgent", None, None)],
)
async def test_what_had_come_from_a_sender_is_matched_again_once_they_are_linked(
    text: str | None, matched: int | None, needs_review: bool | None
) -> None:
    """A file that still fits nobody says then whose sender it is."""
    world = World(documents=TextInMemory(text), reading=ScriptedReading(Extracted("Ion", "Stan")))
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("work@example.com", CV)
    await world.work()
    assert [event.candidate_id for event in world.tx.said(InboundUnmatched)] == [None]
    asked = len(world.tx.said(MatchRequested))
    await link(world, Channel.EMAIL, "work@example.com")
    [again] = world.tx.said(MatchRequested)[asked:]
    await world.match(again)
    await world.match(again)
    assert [(cv.application_id, cv.needs_review) for cv in world.matched] == (
        [(matched, needs_review)] if matched else []
    )
    settled = world.tx.said(UnmatchedAssigned)
    assert [one.application_id for one in settled] == ([matched] if matched else [])
    if matched is None:
        last = world.tx.said(InboundUnmatched)[-1]
        assert last.candidate_id == 1
        assert "but the CV names somebody else" in last.explanation


class LinkedMeanwhile(TextInMemory):
    """A recruiter links the sender while the file is being read."""

    def __init__(self, world: World, text: str) -> None:
        super().__init__(text)
        self.world = world

    async def read(self, body: bytes, kind: Kind) -> Reading:
        await link(self.world, Channel.EMAIL, "work@example.com")
        return await super().read(body, kind)


async def test_a_sender_who_is_linked_while_their_file_is_read_is_not_a_stranger_any_more() -> None:
    world = World()
    world.documents = LinkedMeanwhile(world, "Ana Pop\nAgent")
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("work@example.com", CV)
    await world.work()
    assert world.tx.said(InboundUnmatched) == []
    await world.work()
    assert [cv.application_id for cv in world.matched] == [11]


async def test_a_link_outlives_a_revised_profile_and_goes_along_with_a_merge(store: Store) -> None:
    async with store.begin() as tx:
        directory = store.directory
        await directory.keep_candidate(tx, a_card(1, "ana pop"))
        await directory.keep_candidate(tx, a_card(2, "ana pop"))
        for _ in range(2):
            await directory.keep_link(tx, SenderLink(LINK, 2, "email", "work@example.com"))
        await directory.keep_candidate(tx, a_card(2, "ana pop", "other@example.com"))
        assert await directory.with_email(tx, "work@example.com") == (2,)
        await store.merges.merged(tx, UUID(int=1), 1, 2)
        assert await directory.with_email(tx, "work@example.com") == (1,)
        [known] = await directory.people(tx, [1])
        assert known.emails == {"work@example.com", "other@example.com"}
        await directory.forget_link(tx, LINK)
        assert await directory.with_email(tx, "work@example.com") == ()


@pytest.mark.parametrize(
    ("on_file", "sender"),
    [
        ("+525512345678", "5215512345678"),
        ("+5491123456789", "541123456789"),
        ("+5511987654321", "551187654321"),
        ("+491711234567", "491711234567"),
    ],
)
async def test_a_number_of_two_forms_is_known_by_the_other_one(on_file: str, sender: str) -> None:
    world = World(documents=TextInMemory("Ana Pop"))
    await world.candidate(1, "Ana Pop", 11, phone=on_file)
    await world.receive(sender, CV, channel=Channel.WHATSAPP)
    await world.work()
    assert [cv.method for cv in world.matched] == [MatchMethod.EXACT_PHONE]


async def test_a_number_in_a_cv_is_of_the_country_of_whoever_is_in_question() -> None:
    world = World(documents=TextInMemory("Jörg Müller\nMobil 0171 1234567"))
    await world.candidate(1, "Jorg Muller", 11, phone="+491711234567")
    await world.receive("other@example.com", CV, sender_name="Jörg Müller")
    await world.work()
    assert [(cv.method, cv.score) for cv in world.matched] == [(MatchMethod.FUZZY_NAME, 100)]


async def test_the_id_of_a_hidden_number_is_nobodys_number() -> None:
    """Its digits may happen to be a number that somebody has."""
    world = World(documents=TextInMemory("Curriculum vitae\nAna Pop"))
    await world.candidate(1, "Ana Pop", 11, phone="+40740123456")
    await world.receive("40740123456@lid", CV, channel=Channel.WHATSAPP)
    await world.work()
    assert world.matched == []


async def test_a_linked_id_of_a_hidden_number_does_not_speak_against_the_number_in_the_cv() -> None:
    world = World(documents=TextInMemory("Ana Pop\n0740 555 555"))
    await world.candidate(1, "Ana Pop", 11)
    await link(world, Channel.WHATSAPP, "181234567890123@lid")
    await world.receive("other@example.com", CV, sender_name="Ana Pop")
    await world.work()
    assert [cv.method for cv in world.matched] == [MatchMethod.FUZZY_NAME]
