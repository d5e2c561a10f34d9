"""What people wrote that afternoon: every kind of message, both ways, on top of the town's story."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import BlobRef
from contracts.messaging import (
    Attachment,
    Channel,
    MessageComposed,
    MessageDelivered,
    MessageRead,
    MessageReceived,
    MessageSent,
    MessagesMarked,
    MessageType,
)

from recruiter_ui_support.stories import RECRUITER, Storyteller

STRANGER = "+40700000992"
ANDREEA, NGOZI, LUCA, TOMASZ, LARISA, ANNELIESE, GHEORGHE, IOANA = 14, 5, 15, 7, 16, 18, 21, 13
PHOTO = BlobRef(key="inbound/photo", size=184_320, content_type="image/jpeg")
LONG = BlobRef(key="inbound/long", size=46_000, content_type="text/plain; charset=utf-8")


class Talks:
    """Tells messages of the town's people."""

    def __init__(self, told: Storyteller) -> None:
        self.told = told

    def they_write(
        self,
        number: int | None,
        body: str,
        *,
        channel: Channel = Channel.WHATSAPP,
        sender: str | None = None,
        read: bool = False,
        **more: Any,
    ) -> UUID:
        message_id = self.told.new_id()
        known = sender or (
            f"person{number}@example.com" if channel is Channel.EMAIL else f"+40700000{number:03d}"
        )
        self.told.say(
            MessageReceived(
                candidate_id=number,
                application_id=number,
                message_id=message_id,
                channel=channel,
                sender=known,
                body=body,
                external_id=f"in-{message_id}",
                **{"received_at": self.told.at} | more,
            )
        )
        if read:
            self.reads(message_id, candidate=number)
        return message_id

    def reads(self, *message_ids: UUID, candidate: int | None = None) -> None:
        self.told.say(
            MessagesMarked(candidate_id=candidate, message_ids=list(message_ids), read=True, actor=RECRUITER)
        )

    def we_write(self, number: int | None, body: str, *, by_hand: bool = True, **more: Any) -> UUID:
        message_id = self.told.new_id()
        kind: dict[str, Any] = {
            "channel": more.pop("channel", Channel.WHATSAPP),
            "message_type": more.pop("message_type", MessageType.OTHER),
        }
        ids = {"candidate_id": number, "application_id": number, "message_id": message_id}
        seen = more.pop("seen", True)
        self.told.say(MessageComposed(**ids, **kind, body=body, actor=RECRUITER if by_hand else None, **more))
        if not more.get("leaves_at"):
            self.told.later(seconds=1).say(
                MessageSent(**ids, **kind, external_id=f"x{message_id}", sent_at=self.told.at)
            )
            self.told.say(MessageDelivered(**ids, delivered_at=self.told.at))
            if seen:
                self.told.later(minutes=1).say(MessageRead(**ids, read_at=self.told.at))
        return message_id


def an_afternoon_of_talks(told: Storyteller, now: datetime) -> Talks:
    """From four hours before ``now``; the newest a few minutes ago."""
    talks = Talks(told)
    told.at = now - timedelta(hours=30)
    talks.they_write(GHEORGHE, "Da, puteți păstra CV-ul.", read=True)
    told.later(minutes=9)
    talks.they_write(IOANA, "La 16:30 e perfect.", read=True)
    told.at = now - timedelta(hours=4)
    talks.they_write(
        ANNELIESE,
        "Anbei mein Lebenslauf. Vielen Dank!",
        channel=Channel.EMAIL,
        subject="Re: Ihre Bewerbung",
        read=True,
        attachments=[
            Attachment(file=PHOTO, file_name="Zeugnis.jpg", content_type="image/jpeg"),
            Attachment(
                file=BlobRef(key="cvs/sample", size=88_400, content_type="application/pdf"),
                file_name="Lebenslauf_Vogt.pdf",
                content_type="application/pdf",
            ),
        ],
    )
    told.later(minutes=14)
    talks.they_write(LARISA, "Mulțumesc, îl trimit duminică.", read=True)
    told.later(minutes=3)
    talks.we_write(LARISA, "Perfect, Larisa. Vă așteptăm CV-ul.", seen=False)
    told.later(minutes=50)
    talks.they_write(
        TOMASZ,
        "I missed your call, I was driving. Can you try after 17:00?",
        channel=Channel.EMAIL,
        subject="Your call",
    )
    told.later(minutes=40)
    talks.they_write(None, "Buna ziua, m-ati sunat de pe acest numar?", sender=STRANGER)
    told.later(minutes=11)
    talks.they_write(
        LUCA,
        "In allegato trovate il mio curriculum. Resto a disposizione.\n\nCordiali saluti,\nLuca Ferrante",
        channel=Channel.EMAIL,
        subject="Re: Your application, customer support",
    )
    _andreea(talks, now)
    return talks


def _andreea(talks: Talks, now: datetime) -> None:
    told = talks.told
    told.at = now - timedelta(minutes=40)
    talks.we_write(
        ANDREEA,
        "Bună ziua, Andreea. Sunt asistentul de recrutare Nordvale. Ne-am bucurat că am vorbit despre postul "
        "de reprezentant vânzări. Ne puteți trimite CV-ul? Preferați un om? Răspundeți OM.",
        by_hand=False,
        message_type=MessageType.CV_REQUEST,
    )
    told.later(minutes=1)
    talks.they_write(ANDREEA, "Bună, e ok, mă uit acum.", read=True)
    told.later(minutes=4)
    talks.they_write(NGOZI, "I would rather speak to a person about the shifts, please.")
    told.later(seconds=20)
    talks.they_write(NGOZI, "Is it true that there are three of them?")
    told.at = now - timedelta(minutes=7)
    talks.they_write(ANDREEA, "Bună! Pot trimite CV-ul diseară? Sunt la serviciu până la 18.")
