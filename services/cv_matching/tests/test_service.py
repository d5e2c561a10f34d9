"""The whole service on real NATS and PostgreSQL: a message with files in, a verdict out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
from chassis.blobs import ObjectBlobs
from chassis.provisioner import consumers_of, provision
from chassis.testing import NOON, eventually
from chassis.testing_servers import Migrated
from contracts import Actor, Envelope, Event, parse_reply
from contracts.cv_matching import (
    AssignUnmatched,
    CvDetached,
    CvMatched,
    InboundUnmatched,
    MatchMethod,
    UnmatchedAssigned,
)
from contracts.intake import ApplicationOpened, ApplicationStatus, ApplicationStatusChanged, CandidateProfile
from contracts.messaging import Attachment, Channel, MessageReceived, SenderLinked, SenderUnlinked
from cv_matching.handlers import handlers
from cv_matching.main import build
from cv_matching.settings import Settings
from cv_matching_support import files
from nats.aio.client import Client

QUICK: dict[str, Any] = {
    "http_port": 0,
    "lease_retry_seconds": 0.05,
    "retry_delay_base_seconds": 0.05,
    "watch_every_seconds": 0.2,
    "anthropic_base_url": "http://127.0.0.1:9",
}


@dataclass
class Running:
    client: Client
    blobs: ObjectBlobs

    async def say(self, event: Event) -> None:
        identity = uuid4()
        envelope = Envelope(identity, event.type(), "test", NOON, event, identity)
        await self.client.jetstream().publish(envelope.subject, envelope.data(), headers=envelope.headers())

    async def receive(self, sender: str, *bodies: bytes) -> UUID:
        """Answers the message's id."""
        message_id, attachments = uuid4(), []
        for body in bodies:
            ref = await self.blobs.put(f"inbound/{uuid4()}", body, "application/octet-stream")
            attachments.append(Attachment(file=ref, file_name="cv.pdf", content_type=ref.content_type))
        await self.say(
            MessageReceived(
                message_id=message_id,
                channel=Channel.EMAIL,
                sender=sender,
                attachments=attachments,
                external_id=str(message_id),
                received_at=NOON,
            )
        )
        return message_id

    async def said(self, kind: type[Event]) -> list[Any]:
        """Every event of a kind that is on the stream."""
        js = self.client.jetstream()
        state = (await js.stream_info("EVENTS")).state
        found = []
        for sequence in range(1, state.last_seq + 1):
            message = await js.get_msg("EVENTS", sequence)
            if (message.headers or {}).get("ce-type") == kind.type():
                found.append(kind.model_validate_json(message.data or b""))
        return found


@pytest.fixture
async def running(migrated: Migrated, fresh_bus: str, tmp_path: Path) -> AsyncIterator[Running]:
    own = await migrated("cv_matching")
    client = await nats.connect(fresh_bus)
    await provision(client.jetstream(), consumers_of(handlers))
    settings = Settings(
        database_url=own.url,
        database_schema=own.schema,
        nats_url=fresh_bus,
        blobs_url=tmp_path.as_uri(),
        **QUICK,
    )
    service = build(settings)
    serving = asyncio.create_task(service.serve())
    yield Running(client, ObjectBlobs(tmp_path.as_uri()))
    service.stop()
    await serving
    await client.close()


async def an_awaiting_candidate(running: Running, number: int, email: str) -> None:
    profile = CandidateProfile(full_name="Ana Pop", first_name="Ana", last_name="Pop", email=email)
    ids = {"candidate_id": number, "application_id": 100 + number}
    await running.say(ApplicationOpened(**ids, position_id=1, profile=profile))
    await running.say(
        ApplicationStatusChanged(
            **ids,
            position_id=1,
            sequence=1,
            previous=ApplicationStatus.QUALIFIED,
            current=ApplicationStatus.AWAITING_CV,
            actor=Actor.system(),
            reason="",
        )
    )


async def test_a_cv_is_matched_and_what_can_not_be_told_goes_to_a_recruiter(running: Running) -> None:
    await an_awaiting_candidate(running, 1, "ana@example.com")
    await running.receive("ana@example.com", files.a_pdf("Curriculum vitae\nAna Pop"))
    await running.receive("stranger@example.com", files.a_picture(300))

    [matched] = await eventually(lambda: running.said(CvMatched), what="the CV is matched")
    assert (matched.application_id, matched.method) == (101, MatchMethod.EXACT_EMAIL)
    [unmatched] = await eventually(lambda: running.said(InboundUnmatched), what="the picture is unmatched")
    assert unmatched.explanation.startswith("No candidate fits the sender.")

    command = AssignUnmatched(
        command_id=uuid4(),
        actor=Actor(kind="recruiter", id="1"),
        item_id=unmatched.item_id,
        application_id=101,
    )
    subject, body = command.nats_subject(), command.model_dump_json().encode()
    first = await running.client.request(subject, body, timeout=5)
    again = await running.client.request(subject, body, timeout=5)
    assert first.data == again.data
    assert parse_reply(first.data).status == "accepted"

    async def methods() -> list[str]:
        return [each.method for each in await running.said(CvMatched)]

    assert await eventually(methods, lambda each: len(each) == 2) == ["exact_email", "manual"]


async def test_a_file_of_a_stranger_is_theirs_once_a_recruiter_says_who_they_are(running: Running) -> None:
    """And theirs no more when that is taken back; told on the bus each time."""
    await an_awaiting_candidate(running, 1, "ana@example.com")
    message_id = await running.receive("work@example.com", files.a_pdf("Curriculum vitae\nIoana Ionescu"))
    picture = await running.receive("work@example.com", files.a_picture(300))

    async def unmatched() -> list[InboundUnmatched]:
        return [one for one in await running.said(InboundUnmatched) if one.message_id == picture]

    await eventually(unmatched, what="the picture is nobody's")
    said: dict[str, Any] = {
        "candidate_id": 1,
        "link_id": uuid4(),
        "channel": Channel.EMAIL,
        "sender": "work@example.com",
        "message_ids": [message_id, picture],
        "actor": Actor(kind="recruiter", id="1"),
    }
    await running.say(SenderLinked(**said))
    [matched] = await eventually(lambda: running.said(CvMatched), what="the picture is theirs")
    assert (matched.application_id, matched.needs_review) == (101, True)
    [settled] = await eventually(lambda: running.said(UnmatchedAssigned), what="and nobody's no more")
    assert settled.item_id == matched.item_id
    await running.say(SenderUnlinked(**said))
    [detached] = await eventually(lambda: running.said(CvDetached), what="it is taken from them")
    assert (detached.cv_id, detached.cvs_left) == (matched.cv_id, 0)
    await eventually(unmatched, lambda each: len(each) == 2, what="the picture is nobody's again")


async def test_hostile_files_each_end_with_a_reason_and_the_service_lives(running: Running) -> None:
    hostile = (
        files.a_bomb_docx(80),
        files.a_lying_docx(),
        files.a_pdf("Ana Pop")[:150],
        b"%PDF-1.7" + b"\xff" * 1000,
        files.a_macro_docx(),
        files.an_archive(),
        b"MZ" + bytes(100),
        b"",
    )
    await running.receive("stranger@example.com", *hostile)

    async def reasons() -> list[str]:
        return [each.explanation for each in await running.said(InboundUnmatched)]

    found = await eventually(reasons, lambda each: len(each) == len(hostile), within=30)
    assert all(reason.endswith(".") for reason in found)

    await an_awaiting_candidate(running, 2, "ana@example.com")
    await running.receive("ana@example.com", files.a_pdf("Curriculum vitae\nAna Pop"))
    await eventually(lambda: running.said(CvMatched), what="the next CV is matched")


async def test_a_file_is_matched_against_all_that_was_said_before_it(running: Running) -> None:
    for number in range(1, 60):
        await an_awaiting_candidate(running, number, f"ana{number}@example.com")
    await running.receive("ana59@example.com", files.a_pdf("Curriculum vitae\nAna Pop"))
    [matched] = await eventually(lambda: running.said(CvMatched), what="the last candidate is known")
    assert matched.candidate_id == 59
