"""Messages of ours in every state, for the pages that show them and let something be done about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.intake import ApplicationStatus as S
from contracts.intake import ContactChannel, ContactForbidden
from contracts.messaging import (
    Channel,
    MessageComposed,
    MessageDelivered,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageRead,
    MessageSent,
    MessageType,
)

from recruiter_ui_support.stories import RECRUITER, SYSTEM, Storyteller

ASKED, UNFIT, WRITTEN, SILENT_ONE, NO_WAY = 701, 702, 703, 704, 705
"""Awaiting a CV; not a fit; with messages in every state; who wants no messages; who can't be reached."""


def composed(
    told: Storyteller, number: int, kind: MessageType, channel: Channel, body: str, **fields: Any
) -> UUID:
    message_id = told.new_id()
    told.say(
        MessageComposed(
            candidate_id=number,
            application_id=number,
            message_id=message_id,
            channel=channel,
            message_type=kind,
            body=body,
            recipient=f"+40700000{number:03d}",
            **fields,
        )
    )
    return message_id


def _about(number: int, message_id: UUID, kind: MessageType, channel: Channel) -> dict[str, Any]:
    ids = {"candidate_id": number, "application_id": number, "message_id": message_id}
    return ids | {"channel": channel, "message_type": kind}


def messages_out(told: Storyteller, now: datetime) -> dict[str, UUID]:
    """The ids of those that wait, and of the one that nobody knows about."""
    told.at = now - timedelta(hours=1)
    for number, name in ((ASKED, "Ana Așteaptă"), (WRITTEN, "Vlad Feluritu"), (SILENT_ONE, "Sanda Stop")):
        told.person(number, name, 1)
        told.becomes(number, S.QUALIFIED, "Evaluated by the AI", score=80, qualified=True)
        told.is_asked_for_a_cv(number, 80)
    told.person(UNFIT, "Nelu Nepotrivit", 1)
    told.becomes(UNFIT, S.NOT_QUALIFIED, "Evaluated by the AI", score=20, qualified=False)
    told.person(NO_WAY, "Ilinca Nicicum", 1, phone=None, email=None)
    told.becomes(NO_WAY, S.NEEDS_HUMAN, "no channel", needs_human_reason="no way to write")
    for channel in ContactChannel:
        told.say(
            ContactForbidden(
                candidate_id=SILENT_ONE,
                channel=channel,
                since=told.at,
                source="message",
                reason="Wrote by WhatsApp: “STOP”",
                actor=SYSTEM,
            )
        )
    other, whatsapp, email = MessageType.OTHER, Channel.WHATSAPP, Channel.EMAIL
    read = composed(told, WRITTEN, MessageType.CV_FOLLOWUP_1, whatsapp, "Nu am primit încă CV-ul.")
    about = _about(WRITTEN, read, MessageType.CV_FOLLOWUP_1, whatsapp)
    told.say(MessageSent(**about, external_id="x1", sent_at=told.at))
    told.say(
        MessageDelivered(candidate_id=WRITTEN, application_id=WRITTEN, message_id=read, delivered_at=told.at)
    )
    told.say(MessageRead(candidate_id=WRITTEN, application_id=WRITTEN, message_id=read, read_at=told.at))
    failed = composed(told, WRITTEN, other, email, "Cu întârziere.", subject="Program", actor=RECRUITER)
    told.say(MessageFailed(**_about(WRITTEN, failed, other, email), reason="Gmail refused it: HTTP 400"))
    lost = composed(told, WRITTEN, MessageType.CV_FOLLOWUP_2, whatsapp, "Vă scriem pentru ultima oară.")
    told.say(
        MessageOutcomeUnknown(
            **_about(WRITTEN, lost, MessageType.CV_FOLLOWUP_2, whatsapp), reason="the chat can't be read"
        )
    )
    told.at = now
    night = composed(
        told,
        WRITTEN,
        MessageType.CV_REQUEST,
        email,
        "Ne puteți trimite CV-ul?",
        subject="CV-ul dumneavoastră",
        leaves_at=now + timedelta(hours=9),
        held_because="quiet_hours",
    )
    waits = composed(
        told,
        WRITTEN,
        other,
        whatsapp,
        "Bună, Vlad! Vă sun mâine.",
        leaves_at=now + timedelta(minutes=9, seconds=30),
        held_because="undo",
        actor=RECRUITER,
    )
    return {"lost": lost, "night": night, "waits": waits}
