"""What a recruiter is shown is what is sent: by template, without one, in the candidate's language."""

from __future__ import annotations

import pytest
from contracts.messaging import MessageComposed, MessageType
from contracts.references import find_references, reference
from messaging.domain.letters import Channel
from messaging.domain.letters import MessageType as Kind
from messaging.domain.templates import LONGEST_WHATSAPP, MADE_UP_APPLICATION
from messaging.handlers.wording import words_for

from .office import Office, someone
from .template_desk import EMAIL, FIRST, REJECTED, REQUEST, SECOND, WHATSAPP, WORDS, Desk

UNTIDY = "  {first_name}, {position_title}:\n\n trimiteți CV-ul. {application_pk}  "
EVERY_TYPE = [kind for kind in MessageType if kind is not MessageType.OTHER]


@pytest.fixture
def desk(on_postgres: Office) -> Desk:
    room = on_postgres.room
    return Desk(room)  # type: ignore[arg-type]


async def until(office: Office, kind: MessageType) -> None:
    """Everything before the pipeline composes a message of this type."""
    await office.opens(someone(language="en"))
    if kind in (FIRST, SECOND):
        await office.stands("qualified")
        await office.sends()
        await office.stands("awaiting_cv")
    if kind is SECOND:
        await happens(office, FIRST)
        await office.sends()
        await office.stands("cv_followup_1")


async def happens(office: Office, kind: MessageType) -> list[MessageComposed]:
    """What the pipeline composes when it comes to this type."""
    if kind in (REQUEST, REJECTED):
        await office.stands("qualified" if kind is REQUEST else "not_qualified")
    else:
        await office.follow_up_due(1 if kind is FIRST else 2)
    return [one for one in await office.room.said(MessageComposed) if one.message_type is kind]


@pytest.mark.parametrize("kind", [REQUEST, REJECTED, FIRST, SECOND])
@pytest.mark.parametrize("saved", ["as seeded", "anew", "switched off", "Romanian only"])
async def test_a_preview_shows_exactly_what_is_sent(
    on_postgres: Office, desk: Desk, kind: MessageType, saved: str
) -> None:
    words = {"subject": " Pentru  {first_name}: {position_title}", "body": UNTIDY}
    for channel in (EMAIL, WHATSAPP):
        for language in ("ro", "en"):
            which = {"message_type": kind, "channel": channel, "language": language}
            if saved == "anew":
                await desk.saved(**which, **words)
            elif saved == "switched off" or (saved, language) == ("Romanian only", "en"):
                await desk.saved(**which, body=WORDS, is_active=False)
    await until(on_postgres, kind)
    about = {"message_type": kind, "application_id": 1}
    shown = {channel: await desk.previews(**about, channel=channel) for channel in (EMAIL, WHATSAPP)}
    as_typed = {channel: await desk.previews(**about, **words, channel=channel) for channel in shown}
    sent = await happens(on_postgres, kind)
    assert sent
    for one in sent:
        seen, typed = shown[one.channel], as_typed[one.channel]
        assert (seen["subject"], seen["body"], seen["language"]) == (one.subject, one.body, one.language)
        assert seen["sends_as"] == ("fallback" if saved == "switched off" else "template")
        assert one.language == ("ro" if saved == "Romanian only" else "en")
        assert all(find_references(text) == [1] for text in (one.subject, one.body) if text is not None)
        if saved == "anew":
            assert (typed["subject"], typed["body"]) == (one.subject, one.body)
            assert typed["problems"] == []


async def test_an_email_in_a_conversation_is_shown_with_that_ones_subject(
    on_postgres: Office, desk: Desk
) -> None:
    about = {"message_type": FIRST, "channel": EMAIL, "application_id": 1}
    await on_postgres.opens(someone(language="en"))
    alone = await desk.previews(**about)
    await on_postgres.stands("qualified")
    await on_postgres.sends()
    joined = await desk.previews(**about)
    assert (alone["in_conversation"], joined["in_conversation"]) == (False, True)
    assert joined["subject"] == f"Re: Your CV for Șofer [{reference(1)}]"
    assert joined["body"] == alone["body"]
    await on_postgres.room.pool.execute(  # type: ignore[attr-defined]
        "UPDATE messages SET subject = 'Hello', body = 'Hello'"
    )
    assert (await desk.previews(**about)) == alone, "its subject does not name the application"


@pytest.mark.parametrize("kind", EVERY_TYPE)
@pytest.mark.parametrize("channel", [EMAIL, WHATSAPP])
async def test_every_type_is_composed_by_the_same_words(
    on_postgres: Office, desk: Desk, kind: MessageType, channel: str
) -> None:
    """A rejection among them, which only a recruiter sends."""
    await on_postgres.opens()
    async with on_postgres.room.begin() as tx:
        standing = await on_postgres.pipeline.standing(tx, 1)
        sent = await words_for(tx, on_postgres.templates, standing, Kind(kind.value), Channel(channel))
    seen = await desk.previews(message_type=kind, channel=channel, application_id=1)
    assert (seen["subject"], seen["body"]) == (sent.words.subject, sent.words.body)
    for text in filter(None, (sent.words.subject, sent.words.body)):
        assert find_references(text) == [1]
    assert seen["limit"] == (LONGEST_WHATSAPP if channel is WHATSAPP else None)


async def test_a_made_up_person_stands_in_where_no_application_is_named(desk: Desk) -> None:
    seen = await desk.previews(body="Bună, {first_name}! {position_title}", language="ro")
    assert seen["body"] == (
        f"Bună, Maria! Operator depozit, Cluj-Napoca\n\nCod candidatură: {reference(MADE_UP_APPLICATION)}"
    )
    assert (seen["subject"], seen["length"], seen["problems"]) == (None, len(seen["body"]), [])
    english = await desk.previews(channel=EMAIL, language="en", body="Hi {first_name}", subject="Hi")
    assert english["subject"] == f"Hi [{reference(MADE_UP_APPLICATION)}]"
    assert "Application code" in english["body"]


async def test_problems_are_named_while_somebody_types(desk: Desk) -> None:
    seen = await desk.previews(body="Bună, {first_nam")
    assert seen["problems"] == ["There is a { without its }, at “Bună, {first_nam”."]
    assert "Bună, {first_nam" in seen["body"]


async def test_the_composer_gets_a_templates_words_for_a_person(on_postgres: Office, desk: Desk) -> None:
    await on_postgres.opens(someone(language="en"))
    words = await desk.previews(message_type=REQUEST, channel=EMAIL, application_id=1)
    assert words["body"].startswith("Hello Ana,")
    assert "{" not in words["body"]
    romanian = await desk.previews(message_type=REQUEST, channel=EMAIL, application_id=1, language="ro")
    assert romanian["body"].startswith("Bună ziua, Ana,")
