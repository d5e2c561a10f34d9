"""Message templates: what recruiters save, what they are told of it, and that nothing older is lost."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.ids import new_id
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Refused
from contracts.messaging import (
    ListMessageTemplates,
    MessageTemplateSaved,
    PreviewMessage,
    SaveMessageTemplate,
    ShowMessageTemplate,
)
from messaging.domain.letters import PLACEHOLDERS
from messaging.domain.templates import LONGEST_WHATSAPP

from .template_desk import A_WHATSAPP, EMAIL, OTHER, RECRUITER, REQUEST, WHATSAPP, WORDS, Desk, said


@pytest.fixture
def desk(postgres_room: PostgresRoom) -> Desk:
    return Desk(postgres_room)


async def test_ten_templates_are_there_in_two_languages_and_words_for_when_they_are_off(desk: Desk) -> None:
    listed = await desk.listed()
    kinds = {(one.message_type, one.channel) for one in listed}
    assert (len(listed), len(kinds)) == (20, 10)
    assert {one.language for one in listed} == {"ro", "en"}
    assert all(one.is_active and one.body == one.seed_body for one in listed)
    reply = await desk.asks(said(ListMessageTemplates))
    assert isinstance(reply, Accepted)
    without = {
        (one["message_type"], one["channel"], one["language"]): one["body"]
        for one in reply.result["fallbacks"]
    }
    assert len(without) == 20
    assert all("{reference}" in words for words in without.values())


async def test_saving_makes_a_revision_and_keeps_the_older_words(desk: Desk) -> None:
    before = await desk.now()
    assert await desk.saved(body=f" {WORDS}\r\n\r\nMulțumim! \n") == before.revision + 1
    now = await desk.now()
    assert (now.body, now.subject) == (f"{WORDS}\n\nMulțumim!", "")
    assert (now.updated_by, now.updated_at) == ("Ioana Exemplu", desk.room.clock.now())
    assert (now.revisions[0].body, now.revisions[0].saved_by) == (now.body, "Ioana Exemplu")
    assert [(one.revision, one.body) for one in now.revisions[1:]] == [
        (one.revision, one.body) for one in before.revisions
    ]
    assert now.seed_body == before.body
    [event] = await desk.room.said(MessageTemplateSaved)
    assert event == MessageTemplateSaved(
        template_id=now.template_id,
        revision=now.revision,
        is_active=True,
        actor=RECRUITER,
        **A_WHATSAPP,
    )


async def test_saving_what_reads_the_same_makes_no_revision(desk: Desk) -> None:
    now = await desk.now()
    assert await desk.saved(body=f"{now.body}\n") == now.revision
    assert (await desk.now()).revisions == now.revisions
    assert await desk.room.said(MessageTemplateSaved) == []


async def test_switching_one_off_is_a_revision_and_so_is_switching_it_on(desk: Desk) -> None:
    now = await desk.now()
    await desk.saved(body=now.body, is_active=False)
    await desk.saved(body=now.body)
    states = [one.is_active for one in (await desk.now()).revisions]
    assert states == [True, False, *(one.is_active for one in now.revisions)]


async def test_one_in_another_language_is_made_and_is_no_revision_of_any(desk: Desk) -> None:
    assert await desk.shown(language="de") is None
    assert await desk.saved(language="DE ", expected_revision=0) == 1
    made = await desk.now(language="de")
    assert (made.body, made.seed_body, len(made.revisions)) == (WORDS, None, 1)
    assert len(await desk.listed()) == 21
    taken = await desk.saves(language="de", expected_revision=0, body="Noch einmal {reference}")
    assert isinstance(taken, Refused)
    assert taken.code == "saved_meanwhile"


async def test_who_saves_over_what_another_saved_meanwhile_is_refused(desk: Desk) -> None:
    seen = (await desk.now()).revision
    await desk.saved(body="Unu {reference}", expected_revision=seen)
    reply = await desk.saves(body="Doi {reference}", expected_revision=seen)
    assert isinstance(reply, Refused)
    assert reply.code == "saved_meanwhile"
    assert (await desk.now()).body == "Unu {reference}"


async def test_of_recruiters_who_save_at_once_one_is_kept_and_the_others_hear_of_it(desk: Desk) -> None:
    seen = (await desk.now()).revision
    for language, expected in (("ro", seen), ("hu", 0)):
        replies = await desk.at_once(
            *(
                said(
                    SaveMessageTemplate,
                    **{**A_WHATSAPP, "language": language},
                    body=f"Text {number}",
                    expected_revision=expected,
                )
                for number in range(4)
            )
        )
        kept = [reply for reply in replies if isinstance(reply, Accepted)]
        refused = {reply.code for reply in replies if isinstance(reply, Refused)}
        assert (len(kept), refused) == (1, {"saved_meanwhile"})
        assert (await desk.now(language=language)).revision == expected + 1


async def test_the_same_command_twice_saves_once(desk: Desk) -> None:
    seen = (await desk.now()).revision
    command = SaveMessageTemplate(
        command_id=new_id(), actor=RECRUITER, **A_WHATSAPP, body=WORDS, expected_revision=seen
    )
    first = await desk.asks(command)
    await desk.saved(body="Altceva")
    assert await desk.asks(command) == first
    assert (await desk.now()).body == "Altceva"
    assert len(await desk.room.said(MessageTemplateSaved)) == 2


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("Salariu: {salary}.", "unknown_placeholder", "Nothing fills {salary}."),
        ("Bună, {firstname}", "unknown_placeholder", "Nothing fills {firstname}. Did you mean {first_name}?"),
        ("Bună, { First Name }", "unknown_placeholder", "Did you mean {first_name}?"),
        ("Bună, {}", "unknown_placeholder", "Nothing fills {}."),
        ("Bună, {{first_name}}", "doubled_braces", "Write {first_name} with one brace on each side"),
        ("Bună, {{{first_name}}}", "unbalanced_braces", "There is a { without its }"),
        ("Bună, {first_name", "unbalanced_braces", "There is a { without its }, at “Bună, {first_name”."),
        ("Bună, first_name}", "unbalanced_braces", "There is a } without its {"),
        ("Bună, {first\nname}", "unknown_placeholder", "Nothing fills {first\nname}."),
        ("", "no_text", "a body without words"),
        ("  \n", "no_text", "a body without words"),
        ("{first_name} {reference} 12 !", "no_text", "a body without words"),
        ("Bună\x00 ziua", "text_damaged", "control characters"),
        ("a" * 5000, "too_long", "WhatsApp takes 4,096"),
        ("a" * 3800 + "{position_title} {first_name}", "too_long", "shorten it by"),
    ],
)
async def test_words_that_can_not_be_sent_are_refused_with_the_reason(
    desk: Desk, body: str, code: str, says: str
) -> None:
    before = await desk.now()
    reply = await desk.saves(body=body)
    assert isinstance(reply, Refused)
    assert (reply.code, says in reply.message) == (code, True), reply
    if code == "unknown_placeholder":
        assert all(f"{{{name}}}" in reply.message for name in PLACEHOLDERS)
    assert await desk.now() == before
    if body.strip():
        assert reply.message == " ".join((await desk.previews(body=body))["problems"])


async def test_everything_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    reply = await desk.saves(channel=EMAIL, subject="{x}", body="{{reference}} {y} {")
    assert isinstance(reply, Refused)
    assert reply.code == "subject_unknown_placeholder"
    for told in ("In the subject: Nothing fills {x}.", "not {{reference}}", "Nothing fills {y}.", "without"):
        assert told in reply.message


@pytest.mark.parametrize("fields", [{"language": "romanian"}, {"language": "r1"}, {"language": ""}])
async def test_a_language_has_two_letters(desk: Desk, fields: dict[str, Any]) -> None:
    reply = await desk.saves(**fields)
    assert isinstance(reply, Refused)
    assert reply.code == "bad_language"


async def test_a_subject_is_for_email_and_may_be_left_out(desk: Desk) -> None:
    await desk.saved(subject="Ignored {whatever}")
    assert (await desk.now()).subject == ""
    await desk.saved(channel=EMAIL, subject=" CV\r\nBcc: x@example.com ")
    assert (await desk.now(channel=EMAIL)).subject == "CV Bcc: x@example.com"
    await desk.saved(channel=EMAIL, subject="")
    seen = await desk.previews(channel=EMAIL)
    assert seen["subject"].startswith("Candidatura dumneavoastră [RF-")
    long = await desk.saves(channel=EMAIL, subject="s" * 301)
    assert isinstance(long, Refused)
    assert long.code == "subject_too_long"


async def test_whatever_is_accepted_for_whatsapp_fits_into_a_message(desk: Desk) -> None:
    room = LONGEST_WHATSAPP - len("\n\nCod candidatură: RF-0000000")
    await desk.saved(body="a" * room)
    assert (await desk.previews())["length"] == LONGEST_WHATSAPP
    over = await desk.saves(body="a" * (room + 1))
    assert isinstance(over, Refused)
    assert "shorten it by 1." in over.message
    await desk.saved(channel=EMAIL, body="a" * 10_000)
    assert isinstance(await desk.saves(channel=EMAIL, body="a" * 10_001), Refused)


async def test_a_message_that_is_written_by_hand_has_no_template(desk: Desk) -> None:
    other = {**A_WHATSAPP, "message_type": OTHER}
    for question in (
        said(SaveMessageTemplate, **other, body=WORDS),
        said(ShowMessageTemplate, **other),
        said(PreviewMessage, message_type=OTHER, channel=WHATSAPP, body=WORDS),
    ):
        reply = await desk.asks(question)
        assert isinstance(reply, Refused)
        assert reply.code == "no_templates"


async def test_an_application_that_nobody_knows_can_not_be_previewed(desk: Desk) -> None:
    reply = await desk.asks(
        said(PreviewMessage, message_type=REQUEST, channel=WHATSAPP, application_id=99_999)
    )
    assert isinstance(reply, Refused)
    assert reply.code == "not_found"
