"""Writing to a person over HTTP: own words, templates, and what is done with a message until it has left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Refused
from contracts.messaging import (
    Channel,
    MessageTakenBack,
    MessageType,
    SendHeldMessage,
    SendTemplate,
    SettleMessage,
    TakeBackMessage,
    WriteMessage,
)
from recruiter_ui_support.messages_out import ASKED, NO_WAY, SILENT_ONE, UNFIT, WRITTEN, messages_out
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.town import a_town
from recruiter_ui_support.visiting import hidden, log_in


@dataclass
class Town:
    ui: Running
    told: Storyteller
    ids: dict[str, UUID]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Town:
    now = datetime.now(UTC)
    told = a_town(now)
    ids = messages_out(told, now)
    await ui.told(told.envelopes)
    return Town(ui, told, ids)


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Town) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def page_of(recruiter: httpx2.AsyncClient, address: str) -> str:
    answer = await recruiter.get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


async def posts(
    recruiter: httpx2.AsyncClient, address: str, page: str, partial: bool = False, **fields: str
) -> httpx2.Response:
    form = {"csrf": hidden(page, "csrf"), "command_id": str(uuid4()), **fields}
    return await recruiter.post(address, data=form, headers={"HX-Request": "true"} if partial else {})


def words(**changed: str) -> dict[str, str]:
    back = f"/applications/{ASKED}"
    fields = {"candidate_id": str(ASKED), "application_id": str(ASKED), "channel": "whatsapp", "back": back}
    return {**fields, "body": "Bună, Ana!\r\nMai aveți nevoie de timp?", **changed}


async def test_own_words_go_to_messaging_and_back_to_the_page(
    recruiter: httpx2.AsyncClient, town: Town
) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    reply = Accepted(result={"message_id": str(town.ids["waits"]), "leaves_at": "2026-11-20T12:00:00Z"})
    async with town.ui.answering(WriteMessage, lambda command: reply):
        answer = await posts(recruiter, "/messages/write", page, **words())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/applications/{ASKED}")
    command = town.ui.received[-1]
    assert isinstance(command, WriteMessage)
    assert (command.candidate_id, command.application_id, command.channel) == (ASKED, ASKED, Channel.WHATSAPP)
    assert command.body == "Bună, Ana!\nMai aveți nevoie de timp?"
    assert command.actor == RECRUITER


@pytest.mark.parametrize("partial", [False, True])
async def test_words_that_can_not_be_sent_come_back_with_the_reason(
    recruiter: httpx2.AsyncClient, town: Town, partial: bool
) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    refused = Refused(code="no_subject", message="Give the email a subject: there is no conversation yet.")
    async with town.ui.answering(WriteMessage, lambda command: refused):
        answer = await posts(recruiter, "/messages/write", page, partial, **words(channel="email"))
    assert answer.status_code == (200 if partial else 422)
    text = unescape(answer.text)
    assert "Give the email a subject" in text
    assert "Mai aveți nevoie de timp?" in text
    assert 'value="email" required checked' in text


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"body": "  "}, "Write something first."),
        ({"body": "x" * 4_097}, "That is too long for WhatsApp: 4,097 characters."),
        ({"body": "x" * 20_001, "channel": "email"}, "That is too long for Email: 20,001 characters."),
    ],
)
async def test_what_is_no_message_is_not_even_asked_for(
    recruiter: httpx2.AsyncClient, town: Town, changed: dict[str, str], problem: str
) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    before = len(town.ui.received)
    answer = await posts(recruiter, "/messages/write", page, **words(**changed))
    assert answer.status_code == 422
    assert problem in unescape(answer.text)
    assert len(town.ui.received) == before


async def test_an_owner_who_is_silent_loses_no_word(recruiter: httpx2.AsyncClient, town: Town) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    answer = await posts(recruiter, "/messages/write", page, **words())
    assert answer.status_code == 422
    assert "Messaging is not answering; nothing was changed." in answer.text
    assert "Mai aveți nevoie de timp?" in unescape(answer.text)


async def test_who_can_not_be_written_to_has_no_form_and_the_page_says_why(
    recruiter: httpx2.AsyncClient,
) -> None:
    page = await page_of(recruiter, f"/applications/{SILENT_ONE}")
    assert "Nothing can be written to Sanda Stop: asked for no WhatsApp and asked for no email." in page
    page = await page_of(recruiter, f"/applications/{NO_WAY}")
    assert "Nothing can be written to Ilinca Nicicum: no phone number and no email address." in page


@pytest.mark.parametrize(
    ("number", "offered", "absent"),
    [
        (ASKED, ["Reminder 1, before its time"], ["Reminder 2", "The rejection", 'value="cv_request"']),
        (UNFIT, ["The rejection", "The CV request for later roles"], ["Reminder 1, before"]),
        (SILENT_ONE, [], ["Reminder 1, before", "act-template"]),
    ],
)
async def test_a_page_offers_what_the_status_calls_for(
    recruiter: httpx2.AsyncClient, number: int, offered: list[str], absent: list[str]
) -> None:
    page = await page_of(recruiter, f"/applications/{number}")
    assert all(words in page for words in offered)
    assert not any(words in page for words in absent)


async def test_a_template_is_sent_on_the_channels_that_are_ticked(
    recruiter: httpx2.AsyncClient, town: Town
) -> None:
    page = await page_of(recruiter, f"/applications/{UNFIT}")
    fields = {"type": "rejection", "on-rejection": "email", "sequence": "2"}
    async with town.ui.answering(SendTemplate, lambda command: Accepted(result={"message_ids": []})):
        answer = await posts(recruiter, f"/applications/{UNFIT}/template", page, **fields)
    assert answer.status_code == 303
    command = town.ui.received[-1]
    assert isinstance(command, SendTemplate)
    assert (command.message_type, command.channels) == (MessageType.REJECTION, [Channel.EMAIL])


async def test_a_refusal_says_when_it_was_sent(recruiter: httpx2.AsyncClient, town: Town) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    said = "Reminder 1 was sent by email on 18 November at 14:00 already."
    fields = {"type": "cv_followup_1", "on-cv_followup_1": "email"}
    async with town.ui.answering(SendTemplate, lambda command: Refused(code="sent_before", message=said)):
        answer = await posts(recruiter, f"/applications/{ASKED}/template", page, **fields)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    nothing = await posts(recruiter, f"/applications/{ASKED}/template", page, type="cv_followup_1")
    assert "Choose at least one channel." in nothing.text


async def test_every_state_of_a_message_is_said(recruiter: httpx2.AsyncClient) -> None:
    page = await page_of(recruiter, f"/applications/{WRITTEN}")
    for said in ("read", "delivered", "not sent", "Gmail refused it: HTTP 400", "unknown", "held until"):
        assert said in page
    assert "their time: it is night there" in page
    assert "Irina Dobre wrote" in page


async def test_a_message_that_waits_is_taken_back_and_stands_in_the_form_again(
    recruiter: httpx2.AsyncClient, town: Town
) -> None:
    address, waits = f"/applications/{WRITTEN}", town.ids["waits"]
    page = await page_of(recruiter, address)
    assert page.count("/take-back") == 2
    assert page.count("/send-now") == 1, "the night is not skipped"
    async with town.ui.answering(TakeBackMessage, lambda command: Accepted(result={"subject": None})):
        answer = await posts(recruiter, f"/messages/{waits}/take-back", page, back=address, was="composed")
    assert answer.headers["Location"] == f"{address}?draft={waits}"
    town.told.say(
        MessageTakenBack(
            candidate_id=WRITTEN,
            application_id=WRITTEN,
            message_id=waits,
            channel=Channel.WHATSAPP,
            message_type=MessageType.OTHER,
            actor=RECRUITER,
        )
    )
    await town.ui.told(town.told.envelopes[-1:])
    again = await page_of(recruiter, answer.headers["Location"])
    assert ">Bună, Vlad! Vă sun mâine.</textarea>" in again
    assert "taken back" in again
    assert ">Bună, Vlad! Vă sun mâine.</textarea>" not in await page_of(
        recruiter, f"/applications/{ASKED}?draft={waits}"
    )


async def test_what_has_left_already_is_said(recruiter: httpx2.AsyncClient, town: Town) -> None:
    address = f"/applications/{WRITTEN}"
    page = await page_of(recruiter, address)
    left = Refused(code="has_left", message="It has left already.")
    night = town.ids["night"]
    async with town.ui.answering(SendHeldMessage, lambda command: left):
        answer = await posts(recruiter, f"/messages/{night}/send-now", page, back=address)
    assert answer.status_code == 422
    assert "It has left already." in answer.text
    assert f'href="{address}"' in answer.text


@pytest.mark.parametrize(("pressed", "sent"), [("yes", True), ("no", False)])
async def test_who_looked_says_whether_it_arrived(
    recruiter: httpx2.AsyncClient, town: Town, pressed: str, sent: bool
) -> None:
    address = f"/applications/{WRITTEN}"
    page = await page_of(recruiter, address)
    async with town.ui.answering(SettleMessage, lambda command: Accepted()):
        answer = await posts(
            recruiter, f"/messages/{town.ids['lost']}/settle", page, back=address, sent=pressed, was="none"
        )
    assert answer.status_code == 303
    command = town.ui.received[-1]
    assert isinstance(command, SettleMessage)
    assert (command.message_id, command.sent) == (town.ids["lost"], sent)


async def test_nobody_is_sent_to_another_site(recruiter: httpx2.AsyncClient, town: Town) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    reply = Accepted(result={"message_id": str(town.ids["lost"]), "leaves_at": "2026-11-20T12:00:00Z"})
    async with town.ui.answering(WriteMessage, lambda command: reply):
        answer = await posts(recruiter, "/messages/write", page, **words(back="https://evil.example.com/"))
    assert answer.headers["Location"] == "/"


async def test_an_answer_that_comes_back_is_still_the_answer_to_that_message(
    recruiter: httpx2.AsyncClient, town: Town
) -> None:
    page = await page_of(recruiter, f"/applications/{ASKED}")
    refused = Refused(code="no_subject", message="Give the email a subject: there is no conversation yet.")
    answered = str(uuid4())
    async with town.ui.answering(WriteMessage, lambda command: refused):
        answer = await posts(recruiter, "/messages/write", page, **words(reply_to=answered))
    assert hidden(answer.text, "reply_to") == answered
