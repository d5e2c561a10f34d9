"""Messaging with its ports, driven by events, as a test sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import Begin
from chassis.blobs import MemoryBlobs
from chassis.testing_rooms import Room
from contracts import Accepted, Actor, Refused
from contracts.cv_matching import CvDetached, CvMatched, CvSource, MatchMethod
from contracts.gateway import WhapiWebhookReceived
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
    ContactAllowed,
    ContactChannel,
    ContactForbidden,
    OutcomeConfirmed,
    PositionDetails,
    PositionOpened,
    PositionRevised,
    PositionStatus,
)
from contracts.messaging import (
    Channel,
    FollowUpDue,
    MessageComposed,
    MessageSendDue,
    MessageType,
    SendHeldMessage,
    SendTemplate,
    SettleMessage,
    TakeBackMessage,
    WhatsAppMediaAnnounced,
    WriteMessage,
)
from messaging.domain.holding import HoldingRules
from messaging.domain.whapi_inbox import PERSON
from messaging.handlers import ask_for_cv, fetch_media, follow_pipeline, held, receive_whatsapp, send
from messaging.handlers.poll_inbox import InboxMetrics, Poller, PollRules, poll_inbox
from messaging.handlers.send import SendingMetrics
from messaging.handlers.sending_by_hand import send_template
from messaging.handlers.take_email import EmailTaker
from messaging.handlers.writing import write_message
from messaging.ports import Inbounds, Messages, Objections, Pipeline, SendingRules, Templates
from messaging.ports.access import ConnectionRules

from .memory_mailbox import MailDesk, MemorySentMail
from .outside import Mailbox, Postbox

RECRUITER = Actor(kind="recruiter", id="7", name="Irina Dobre")
EMAIL = "ana.proba@example.com"
PHONE = "+40700000011"


def someone(**changed: Any) -> CandidateProfile:
    profile = CandidateProfile(
        full_name="Ana Probă", first_name="Ana", last_name="Probă", phone=PHONE, email=EMAIL
    )
    return profile.model_copy(update=changed)


@dataclass
class Office:
    room: Room
    pipeline: Pipeline
    templates: Templates
    messages: Messages
    inbounds: Inbounds
    objections: Objections
    mail: Postbox = field(default_factory=lambda: Postbox("mail"))
    whatsapp: Postbox = field(default_factory=lambda: Postbox("wa"))
    mailbox: Mailbox = field(default_factory=Mailbox)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    metrics: InboxMetrics = field(default_factory=InboxMetrics)
    sending: SendingMetrics = field(default_factory=SendingMetrics)
    grace: float = 0.0
    holding: HoldingRules = field(default_factory=HoldingRules)
    sequence: int = 0
    desk: MailDesk = field(default_factory=MailDesk)
    list_every: timedelta = timedelta()
    """Everything is listed at every poll, where a test does not say otherwise."""

    async def opens(
        self, profile: CandidateProfile | None = None, *, application: int = 1, candidate: int = 10
    ) -> None:
        opened = PositionOpened(position_id=5, details=PositionDetails(title="Șofer"), actor=Actor.system())
        application_opened = ApplicationOpened(
            candidate_id=candidate,
            application_id=application,
            position_id=5,
            profile=profile or someone(),
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_position(opened, tx, self.pipeline)
            await follow_pipeline.learn_application(application_opened, tx, self.pipeline, self.objections)

    async def wishes(self, channel: str, *, candidate: int = 10) -> None:
        """The candidate asked not to be contacted there."""
        event = ContactForbidden(
            candidate_id=candidate,
            channel=ContactChannel(channel),
            since=self.room.clock.now(),
            source="phone",
            reason="asked for it",
            actor=Actor.system(),
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_wish(event, tx, self.pipeline)

    async def may_be_contacted(self, channel: str) -> None:
        event = ContactAllowed(
            candidate_id=10, channel=ContactChannel(channel), reason="wrote to us", actor=Actor.system()
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_wish(event, tx, self.pipeline)

    async def position_is(self, status: str, *, revision: int = 2) -> None:
        event = PositionRevised(
            position_id=5,
            revision=revision,
            details=PositionDetails(title="Șofer", status=PositionStatus(status)),
            actor=Actor.system(),
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_revision(event, tx, self.pipeline)

    async def revises(
        self, profile: CandidateProfile, cause: Any, *, candidate: int, before: CandidateProfile
    ) -> None:
        event = CandidateProfileRevised(candidate_id=candidate, profile=profile, before=before, cause=cause)
        async with self.room.begin() as tx:
            await follow_pipeline.learn_profile(event, tx, self.pipeline, self.objections)

    async def merges(self, kept: int, merged: int, *, number: int = 1) -> None:
        event = CandidatesMerged(
            candidate_id=kept, merged_candidate_id=merged, merge_id=UUID(int=number), actor=Actor.system()
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_merge(event, tx, self.pipeline)

    async def unmerges(self, kept: int, merged: int, *, number: int = 1) -> None:
        event = CandidatesUnmerged(
            candidate_id=kept, merged_candidate_id=merged, merge_id=UUID(int=number), actor=Actor.system()
        )
        async with self.room.begin() as tx:
            await follow_pipeline.learn_unmerge(event, tx, self.pipeline)

    async def stands(
        self, status: str, *, application: int = 1, sequence: int | None = None, **fields: Any
    ) -> None:
        """intake says so."""
        self.sequence += 1
        event = ApplicationStatusChanged(
            candidate_id=10,
            application_id=application,
            position_id=5,
            sequence=sequence or self.sequence,
            previous=ApplicationStatus.SCORING,
            current=ApplicationStatus(status),
            actor=Actor.system(),
            reason="test",
            **fields,
        )
        async with self.room.begin() as tx:
            await ask_for_cv.ask_for_cv_when_judged(
                event, tx, self.pipeline, self.messages, self.templates, self.rules
            )

    async def confirmed(self, status: str, *, sequence: int | None = None, **fields: Any) -> None:
        """A recruiter agreed with the proposed outcome."""
        event = OutcomeConfirmed(
            candidate_id=10,
            application_id=1,
            position_id=5,
            sequence=sequence or self.sequence,
            status=ApplicationStatus(status),
            actor=Actor(kind="recruiter", id="7"),
            **fields,
        )
        async with self.room.begin() as tx:
            await ask_for_cv.ask_for_cv_when_confirmed(
                event, tx, self.pipeline, self.messages, self.templates, self.rules
            )

    async def has_a_qualified_candidate(self) -> None:
        await self.opens()
        await self.stands("qualified")

    async def has_asked(self) -> None:
        await self.has_a_qualified_candidate()
        await self.sends()
        await self.stands("awaiting_cv")

    async def cv_matched(self) -> None:
        event = CvMatched(
            candidate_id=10,
            application_id=1,
            cv_id=UUID(int=1),
            item_id=UUID(int=2),
            method=MatchMethod.EXACT_EMAIL,
            confidence="high",
            needs_review=False,
            explanation="same address",
            file={"key": "inbound/1/0", "size": 10},  # type: ignore[arg-type]
            file_name="cv.pdf",
            source=CvSource.EMAIL_ATTACHMENT,
            received_at=self.room.clock.now(),
        )
        async with self.room.begin() as tx:
            await ask_for_cv.stop_asking(event, tx, self.pipeline)

    async def cv_detached(self, cvs_left: int = 0) -> None:
        event = CvDetached(
            candidate_id=10,
            application_id=1,
            cv_id=UUID(int=1),
            item_id=UUID(int=2),
            because="reassigned",
            cvs_left=cvs_left,
            actor=Actor(kind="recruiter", id="1", name="Irina"),
        )
        async with self.room.begin() as tx:
            await ask_for_cv.forget_cv(event, tx, self.pipeline)

    async def follow_up_due(self, number: int) -> None:
        event = FollowUpDue(candidate_id=10, application_id=1, number=number)
        async with self.room.begin() as tx:
            await ask_for_cv.follow_up(event, tx, self.pipeline, self.messages, self.templates, self.rules)

    async def sends(self, begin: Begin | None = None, *, application: int = 1) -> None:
        """Every message composed for the application is handled (again)."""
        for composed in await self.room.said(MessageComposed):
            if composed.application_id == application:
                await self.sends_one(composed, begin)

    @property
    def rules(self) -> SendingRules:
        return SendingRules(self.grace, holding=self.holding)

    async def sends_one(self, composed: MessageComposed | MessageSendDue, begin: Begin | None = None) -> None:
        await send.send(
            composed,
            begin or self.room.begin,
            self.messages,
            self.pipeline,
            self.objections,
            self.mail,
            self.whatsapp,
            self.room.clock,
            self.rules,
            self.sending,
        )

    async def due(self) -> None:
        """Every message whose time has come is handled; what it was held for is looked at again."""
        for timer in await self.room.timers():
            if isinstance(timer.event, MessageSendDue) and timer.at <= self.room.clock.now():
                await self.sends_one(timer.event)

    async def has_sent(
        self, kind: str, *channels: str, application: int = 1, command: Actor = RECRUITER
    ) -> Accepted | Refused:
        """A recruiter has it sent by template."""
        order = SendTemplate(
            command_id=UUID(int=1),
            actor=command,
            application_id=application,
            message_type=MessageType(kind),
            channels=[Channel(channel) for channel in channels],
        )
        return await self.answers(
            send_template, order, self.pipeline, self.messages, self.templates, self.rules
        )

    async def writes(self, body: str = "Bună, Ana!", channel: str = "whatsapp", **fields: Any) -> Any:
        order = WriteMessage(
            command_id=UUID(int=2),
            actor=RECRUITER,
            channel=Channel(channel),
            body=body,
            **({"candidate_id": 10} if "sender" not in fields else {}) | fields,
        )
        return await self.answers(
            write_message,
            order,
            self.pipeline,
            self.messages,
            self.objections,
            self.rules,
        )

    async def takes_back(self, message_id: UUID) -> Accepted | Refused:
        order = TakeBackMessage(command_id=UUID(int=3), actor=RECRUITER, message_id=message_id)
        return await self.answers(held.take_back_message, order, self.messages, self.pipeline)

    async def sends_now(self, message_id: UUID) -> Accepted | Refused:
        order = SendHeldMessage(command_id=UUID(int=4), actor=RECRUITER, message_id=message_id)
        return await self.answers(held.send_held_message, order, self.messages, self.pipeline, self.rules)

    async def finds_out(self, message_id: UUID, *, sent: bool) -> Accepted | Refused:
        order = SettleMessage(command_id=UUID(int=5), actor=RECRUITER, message_id=message_id, sent=sent)
        return await self.answers(held.settle_message, order, self.messages, self.pipeline)

    async def answers(self, handler: Any, order: Any, *ports: Any) -> Any:
        async with self.room.begin() as tx:
            return await handler(order, tx, *ports)

    async def whapi_says(self, body: dict[str, Any] | str, delivery: int = 1) -> None:
        event = WhapiWebhookReceived(
            delivery_id=UUID(int=delivery),
            kind="messages",
            body=body if isinstance(body, str) else json.dumps(body),
            received_at=self.room.clock.now(),
        )
        async with self.room.begin() as tx:
            await receive_whatsapp.receive_whatsapp(
                event, tx, self.blobs, self.pipeline, self.inbounds, self.messages, self.objections
            )

    async def fetches(self, begin: Begin | None = None) -> None:
        for announced in await self.room.said(WhatsAppMediaAnnounced):
            await fetch_media.fetch_media(
                announced,
                begin or self.room.begin,
                self.inbounds,
                self.whatsapp,
                self.blobs,
                self.room.clock,
            )

    async def polls(self, begin: Begin | None = None) -> None:
        await poll_inbox(begin or self.room.begin, self.poller())

    def poller(self) -> Poller:
        desk = self.desk
        sent_mail = desk.sent_mail or MemorySentMail(self.messages)
        taker = EmailTaker(
            self.inbounds, self.pipeline, self.objections, self.messages, sent_mail, self.blobs
        )
        return Poller(
            inbox=self.mailbox,
            book=desk.book,
            taker=taker,
            channels=desk.channels,
            grants=desk.grants,
            connection=ConnectionRules("environment"),
            rules=PollRules(self.list_every),
            metrics=self.metrics,
        )

    def waits(self, **span: float) -> None:
        self.room.clock.wait(timedelta(**span))


def a_text(body: str = "Bună ziua", **changed: Any) -> dict[str, Any]:
    """One message of a Whapi delivery."""
    return {
        "id": "wa-in-1",
        "from_me": False,
        "type": "text",
        "chat_id": f"40700000011{PERSON}",
        "timestamp": 1795000000,
        "source": "mobile",
        "text": {"body": body},
        "from": "40700000011",
        "from_name": "Ana",
        **changed,
    }


def a_document(**changed: Any) -> dict[str, Any]:
    document = {
        "id": "pdf-1",
        "mime_type": "application/pdf",
        "file_size": 9,
        "file_name": "CV_Ana.pdf",
        **changed,
    }
    message = a_text()
    del message["text"]
    return {**message, "id": "wa-in-2", "type": "document", "document": document}


def a_post(*messages: dict[str, Any], statuses: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"event": {"type": "messages", "event": "post"}, "channel_id": "TEST-1"}
    if messages:
        body["messages"] = list(messages)
    if statuses:
        body["statuses"] = statuses
    return body


def a_status(external_id: str, status: str) -> dict[str, Any]:
    return {
        "id": external_id,
        "code": 3,
        "status": status,
        "recipient_id": f"40700000011{PERSON}",
        "timestamp": "1795000100",
    }
