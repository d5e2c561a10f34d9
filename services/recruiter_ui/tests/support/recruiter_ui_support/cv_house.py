"""A house of received files in every state, for the pages of the CV inbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from contracts import Accepted, BlobRef, Command
from contracts.cv_matching import (
    CvSource,
    FileReading,
    MatchMethod,
)
from contracts.intake import ApplicationStatus as S
from contracts.messaging import Attachment, Channel, MessageReceived

from recruiter_ui_support.cv_stories import Files, read_text, runners_up
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden

RADU, STEFAN, ELENA, CLOSED = 1, 2, 3, 4
DECISION = UUID(int=77)


class House:
    """A running service, its story, and the files in it."""

    def __init__(self, ui: Running) -> None:
        self.ui = ui
        self.told = Storyteller(datetime.now(UTC) - timedelta(hours=2))
        self.files = Files(self.told)
        self.sure: UUID
        self.nobodys: UUID
        self.apart: UUID
        self.scan: UUID

    async def happens(self, *facts: Any) -> None:
        known = len(self.told.envelopes)
        self.told.at = max(self.told.at, datetime.now(UTC))
        for fact in facts:
            fact()
        await self.ui.told(self.told.envelopes[known:])


async def a_house(ui: Running) -> House:
    house = House(ui)
    told, files = house.told, house.files
    reading = await read_text(ui)
    told.position(1, "Șofer livrare cat. B")
    for number, name in ((RADU, "Radu Crăciunescu"), (STEFAN, "Ștefan Crăciun"), (ELENA, "Elena Pop")):
        told.person(number, name, 1)
        told.becomes(number, S.CV_RECEIVED if number == RADU else S.AWAITING_CV, score=70, qualified=True)
    told.person(CLOSED, "Raluca Crăciunescu", 1)
    told.becomes(CLOSED, S.CLOSED)
    house.scan = files.may_be(
        ELENA,
        score=None,
        source=CvSource.EMAIL_ATTACHMENT,
        method=MatchMethod.CV_CONTENT,
        file_name="scan.jpg",
        review_reasons=["Nothing in the file could be checked."],
        reading=FileReading(kind="image", note="The file holds no text: it may be a scan."),
    )
    told.later(minutes=5)
    house.sure = files.may_be(RADU, reading=reading, runners_up=runners_up((STEFAN, 38), (CLOSED, 31)))
    house.nobodys = files.is_nobodys(reading=reading, runners_up=runners_up((RADU, 64)))
    house.apart = files.is_kept_apart()
    await ui.told(told.envelopes)
    return house


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="cv-i rv[^"]*" id="f-([0-9a-f-]+)"', page)


def form_of(page: str) -> dict[str, str]:
    start = page.index('id="decide"')
    return {name: hidden(page[start:], name) for name in ("csrf", "command_id", "file", "tab", "before")}


def accepted(**more: str) -> Any:
    return lambda command: Accepted(result={"decision_id": str(DECISION), **more})


async def posted(
    house: House,
    client: httpx2.AsyncClient,
    kind: type[Command],
    path: str,
    form: dict[str, str],
    answer: Any,
) -> httpx2.Response:
    async with house.ui.answering(kind, answer):
        return await client.post(path, data=form)


def a_letter_with(told: Storyteller, file: BlobRef, sender: str, at: datetime) -> UUID:
    message_id: UUID = told.new_id()
    attachment = Attachment(file=file, file_name="CV prietena.pdf", content_type=file.content_type)
    told.say(
        MessageReceived(
            message_id=message_id,
            channel=Channel.EMAIL,
            sender=sender,
            subject="CV",
            body="Scriu de pe adresa unei prietene.",
            attachments=[attachment],
            external_id=str(message_id),
            received_at=at,
        )
    )
    return message_id
