"""Invented people on their way through the pipeline, as the facts that every service would publish.

Ids and moments are made from a counter, so that the same story is the same events every time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import Actor, BlobRef, Envelope, Event
from contracts.calling import (
    CallCompleted,
    CallDeferred,
    CallNotAnswered,
    CallPlaced,
    CallPurpose,
    NotAnswered,
    Turn,
)
from contracts.cv_matching import CvMatched, CvSource, InboundUnmatched, MatchMethod
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    FormAnswer,
    PositionDetails,
    PositionOpened,
)
from contracts.messaging import (
    Channel,
    CvRequested,
    MessageComposed,
    MessageDelivered,
    MessageReceived,
    MessageSent,
    MessageType,
)
from contracts.scoring import EvaluationCompleted, EvaluationRequested, Outcome

S = ApplicationStatus
RECRUITER = Actor(kind="recruiter", id="1", name="Irina Dobre")
SYSTEM = Actor.system()

TURNS = [
    Turn(
        role="agent",
        text="Bună ziua. Sunt asistentul virtual al firmei Nordvale, un sistem AI.",
        at_seconds=0,
    ),
    Turn(role="user", text="Da, sigur, vă rog.", at_seconds=11),
    Turn(role="agent", text="Ce experiență aveți în vânzări către firme?", at_seconds=18),
    Turn(
        role="user", text="Am lucrat patru ani în vânzări B2B, la un distribuitor din Turda.", at_seconds=24
    ),
    Turn(role="agent", text="Aveți permis de conducere categoria B?", at_seconds=70),
    Turn(role="user", text="Da, am permis categoria B din 2016, conduc zilnic.", at_seconds=76),
]
ASKED_AND_SAID: dict[str, Any] = {
    "campaign_questions": "Aveți permis categoria B?",
    "system_prompt": "Întreabă pe rând.",
    "first_message": "Bună ziua, {candidate_name}.",
}
"""What every position says, so that its people can be called."""


class Storyteller:
    """Collects envelopes; ``at`` is moved by hand."""

    def __init__(self, at: datetime, first_id: int = 0) -> None:
        self.at = at
        self.envelopes: list[Envelope] = []
        self._ids = first_id
        self._sequences: dict[int, tuple[int, ApplicationStatus]] = {}

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=(0x0190 << 112) | self._ids)

    def sequence(self, number: int) -> int:
        """How often this application has moved."""
        return self._sequences[number][0]

    def later(self, **span: float) -> Storyteller:
        self.at += timedelta(**span)
        return self

    def say(self, event: Event) -> Envelope:
        self.at += timedelta(milliseconds=7)
        identity = self.new_id()
        envelope = Envelope(identity, event.type(), event.context, self.at, event, identity)
        self.envelopes.append(envelope)
        return envelope

    def position(self, position_id: int, title: str, **details: Any) -> None:
        given = PositionDetails(title=title, **(ASKED_AND_SAID | details))
        self.say(PositionOpened(position_id=position_id, details=given, actor=RECRUITER))

    def person(self, number: int, name: str, position_id: int, **profile: Any) -> int:
        first, _, last = name.partition(" ")
        given: dict[str, Any] = {
            "full_name": name,
            "first_name": first,
            "last_name": last,
            "phone": f"+40700000{number:03d}",
            "email": f"person{number}@example.com",
            "time_zone": "Europe/Bucharest",
            "campaign_name": "Reprezentant vânzări B2B",
            "form_answers": [
                FormAnswer(question="q1", label="Experiență în vânzări B2B?", answer="da, peste 3 ani"),
                FormAnswer(question="q2", label="Permis categoria B?", answer="da"),
            ],
        }
        self.say(
            ApplicationOpened(
                candidate_id=number,
                application_id=number,
                position_id=position_id,
                profile=CandidateProfile(**(given | profile)),
            )
        )
        self._sequences[number] = (0, S.PENDING_CALL)
        return number

    def becomes(
        self, number: int, current: ApplicationStatus, reason: str = "", actor: Actor = SYSTEM, **side: Any
    ) -> None:
        sequence, previous = self._sequences[number]
        self._sequences[number] = (sequence + 1, current)
        self.say(
            ApplicationStatusChanged(
                candidate_id=number,
                application_id=number,
                position_id=1,
                sequence=sequence + 1,
                previous=previous,
                current=current,
                actor=actor,
                reason=reason or f"became {current.value}",
                **side,
            )
        )

    def is_queued(self, number: int) -> None:
        self.becomes(number, S.CALL_QUEUED, "Calls triggered", RECRUITER)

    def waits_until(self, number: int, until: datetime, reason: str) -> None:
        self.say(CallDeferred(candidate_id=number, application_id=number, until=until, reason=reason))

    def is_called(self, number: int, attempt: int = 1) -> UUID:
        call_id = self.new_id()
        purpose = CallPurpose.SCREENING if attempt == 1 else CallPurpose.RETRY
        self.say(
            CallPlaced(
                candidate_id=number,
                application_id=number,
                call_id=call_id,
                attempt_number=attempt,
                purpose=purpose,
                placed_at=self.at,
            )
        )
        self.becomes(number, S.CALL_IN_PROGRESS, f"Call {attempt} placed")
        return call_id

    def does_not_answer(self, number: int, call_id: UUID, attempt: int, retry_at: datetime | None) -> None:
        self.say(
            CallNotAnswered(
                candidate_id=number,
                application_id=number,
                call_id=call_id,
                attempt_number=attempt,
                outcome=NotAnswered.VOICEMAIL,
                retry_at=retry_at,
            )
        )
        self.becomes(number, S.CALL_QUEUED if retry_at else S.CALL_FAILED, "Nobody answered")

    def talks(self, number: int, call_id: UUID, attempt: int = 1, seconds: int = 252) -> None:
        placed = self.at
        self.later(seconds=seconds)
        self.say(
            CallCompleted(
                candidate_id=number,
                application_id=number,
                call_id=call_id,
                attempt_number=attempt,
                conversation_id=f"conv_{number}",
                transcript="Agent: ...",
                turns=TURNS,
                summary="Four years of B2B sales, negotiates directly, drives daily. No CRM yet.",
                summary_title="Experienced B2B seller",
                duration_seconds=seconds,
                placed_at=placed,
                ended_at=self.at,
            )
        )
        self.becomes(number, S.CALL_COMPLETED, "The call ended")

    def is_judged(
        self, number: int, call_id: UUID, outcome: Outcome, score: int, reasoning: str, **extra: Any
    ) -> None:
        evaluation_id = self.new_id()
        ids = {
            "candidate_id": number,
            "application_id": number,
            "evaluation_id": evaluation_id,
            "call_id": call_id,
        }
        self.say(EvaluationRequested(**ids))
        self.becomes(number, S.SCORING, "Evaluation started")
        self.later(seconds=9)
        qualified = outcome is Outcome.QUALIFIED
        self.say(
            EvaluationCompleted(
                **ids,
                outcome=outcome,
                qualified=qualified,
                score=score,
                reasoning=reasoning,
                model="claude-sonnet-5",
                evaluated_at=self.at,
                **extra,
            )
        )
        status = {
            Outcome.QUALIFIED: S.QUALIFIED,
            Outcome.NOT_QUALIFIED: S.NOT_QUALIFIED,
            Outcome.CALLBACK_REQUESTED: S.CALLBACK_SCHEDULED,
            Outcome.NEEDS_HUMAN: S.NEEDS_HUMAN,
        }[outcome]
        self.becomes(
            number,
            status,
            "Evaluated by the AI",
            score=score,
            qualified=qualified if outcome in (Outcome.QUALIFIED, Outcome.NOT_QUALIFIED) else None,
            score_notes=reasoning,
            callback_at=extra.get("callback_at"),
            needs_human_reason=extra.get("needs_human_notes"),
            proposed=extra.get("proposed", False),
        )

    def is_asked_for_a_cv(
        self, number: int, score: int, channels: tuple[Channel, ...] = tuple(Channel)
    ) -> None:
        for channel in channels:
            message_id = self.new_id()
            ids = {"candidate_id": number, "application_id": number, "message_id": message_id}
            kind = {"channel": channel, "message_type": MessageType.CV_REQUEST}
            subject = "CV-ul dumneavoastră" if channel is Channel.EMAIL else None
            body = "Bună ziua,\n\nNe bucurăm că am vorbit. Ne puteți trimite CV-ul?"
            self.say(MessageComposed(**ids, **kind, subject=subject, body=body))
            self.later(seconds=2)
            self.say(MessageSent(**ids, **kind, external_id=f"x{message_id}", sent_at=self.at))
            self.say(MessageDelivered(**ids, delivered_at=self.at))
        ids = {"candidate_id": number, "application_id": number}
        self.say(CvRequested(**ids, channels=list(channels), for_later=False))
        self.becomes(number, S.AWAITING_CV, "CV request sent", score=score, qualified=True)

    def writes(self, number: int, text: str) -> None:
        self.say(
            MessageReceived(
                candidate_id=number,
                application_id=number,
                message_id=self.new_id(),
                channel=Channel.WHATSAPP,
                sender=f"+40700000{number:03d}",
                body=text,
                external_id=f"in{number}",
                received_at=self.at,
            )
        )

    def sends_a_cv(self, number: int, score: int, file: BlobRef, *, certain: bool = True) -> None:
        self.say(
            CvMatched(
                candidate_id=number,
                application_id=number,
                cv_id=self.new_id(),
                item_id=self.new_id(),
                method=MatchMethod.EXACT_EMAIL if certain else MatchMethod.FUZZY_NAME,
                confidence="high" if certain else "medium",
                needs_review=not certain,
                explanation="Sender address on file"
                if certain
                else "The name is close, the number is not on file",
                file=file,
                file_name=f"CV_{number}.pdf",
                source=CvSource.EMAIL_ATTACHMENT,
                received_at=self.at,
            )
        )
        self.becomes(
            number, S.CV_RECEIVED, "CV received", score=score, qualified=True, cv_received_at=self.at
        )

    def stranger_sends(self, file: BlobRef, name: str = "Scan_0042.pdf") -> UUID:
        item_id = self.new_id()
        self.say(
            InboundUnmatched(
                item_id=item_id,
                channel=Channel.EMAIL,
                sender="someone.else@example.com",
                sender_name="M. Popa",
                subject="CV atașat",
                body_snippet="Bună ziua, vă trimit CV-ul pentru post.",
                attachment_name=name,
                file=file,
                explanation="No address, number, reference or name fits anybody",
                received_at=self.at,
            )
        )
        return item_id
