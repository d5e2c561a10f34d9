"""A database that was filled before messages could be held: nothing of it is lost, stuck or sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from chassis.database import open_pool
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Refused
from contracts.messaging import (
    Channel,
    CvRequested,
    MessageComposed,
    MessageSendDue,
    MessageType,
)
from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_objections import PostgresObjections
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates

from .office import EMAIL, PHONE, Office, a_post, a_status

WAITING, UNKNOWN, SENT = UUID(int=1), UUID(int=2), UUID(int=3)

FILLED = f"""
INSERT INTO positions (position_id, revision, title, language, follow_up_interval_hours)
VALUES (5, 1, 'Șofer', 'ro', 48);
INSERT INTO candidates (candidate_id, first_name, email, phone, whatsapp_number, language)
VALUES (10, 'Ana', '{EMAIL}', '{PHONE}', NULL, 'ro'),
       (20, 'Dan', 'dan@example.com', '+40700000012', NULL, 'en');
INSERT INTO applications (application_id, candidate_id, position_id, status, sequence)
VALUES (1, 10, 5, 'qualified', 3), (2, 20, 5, 'awaiting_cv', 4);
INSERT INTO do_not_contact (candidate_id, channel) VALUES (20, 'email');
INSERT INTO requests (application_id, message_type, round, opened_at, settled_at)
VALUES (1, 'cv_request', 1, '2026-11-10', '2026-11-10'), (1, 'cv_request', 2, '2026-11-12', NULL),
       (2, 'cv_request', 1, '2026-11-10', '2026-11-10');
INSERT INTO messages (message_id, application_id, candidate_id, channel, message_type, round, status,
                      recipient, subject, body, external_id, composed_at, sent_at, error_detail)
VALUES ('{UUID(int=11)}', 1, 10, 'email', 'cv_request', 1, 'failed', '{EMAIL}', 'CV', 'CV?', NULL,
        '2026-11-10', NULL, 'Gmail is not connected'),
       ('{UUID(int=12)}', 1, 10, 'whatsapp', 'cv_request', 1, 'failed', '{PHONE}', NULL, 'CV?', NULL,
        '2026-11-10', NULL, 'WhatsApp is not connected'),
       ('{WAITING}', 1, 10, 'email', 'cv_request', 2, 'pending', '{EMAIL}', 'CV', 'CV?', NULL,
        '2026-11-12', NULL, NULL),
       ('{UNKNOWN}', 1, 10, 'whatsapp', 'cv_request', 2, 'unknown', '{PHONE}', NULL, 'CV?', NULL,
        '2026-11-12', NULL, 'lost'),
       ('{SENT}', 2, 20, 'whatsapp', 'cv_request', 1, 'sent', '+40700000012', NULL, 'CV?', 'wa-old',
        '2026-11-10', '2026-11-10', NULL);
INSERT INTO inbound_messages (message_id, channel, external_id, sender, candidate_id, application_id, subject,
                              body, received_at, settled)
VALUES ('{UUID(int=21)}', 'email', 'm1', 'Ana.Proba@example.com', 10, 1, 'Re: CV', 'Mâine', '2026-11-13',
        true);
"""


@pytest.fixture
async def office(fresh_schema: ServiceDatabase) -> AsyncIterator[Office]:
    database = fresh_schema
    await asyncio.to_thread(upgrade, "messaging", database.url, database.schema, "0003")
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    await db.execute(FILLED)
    await db.close()
    await asyncio.to_thread(upgrade, "messaging", database.url, database.schema)
    pool = await open_pool(database.url, database.schema, "test", 4)
    yield Office(
        PostgresRoom(pool),
        PostgresPipeline(),
        PostgresTemplates(),
        PostgresMessages(),
        PostgresInbounds(),
        PostgresObjections(),
        sequence=10,
    )
    await pool.close()


async def is_due(office: Office, message_id: UUID, application: int = 1) -> None:
    due = MessageSendDue(candidate_id=10, application_id=application, message_id=message_id)
    await office.sends_one(due)


async def test_what_waited_leaves_once_and_what_follows_from_it_follows(office: Office) -> None:
    composed_then = MessageComposed(
        candidate_id=10,
        application_id=1,
        message_id=WAITING,
        channel=Channel.EMAIL,
        message_type=MessageType.CV_REQUEST,
        subject="CV",
        body="CV?",
    )
    await office.sends_one(composed_then)
    await is_due(office, WAITING)
    assert [letter.message_id for letter in office.mail.sent] == [WAITING]
    [requested] = await office.room.said(CvRequested)
    assert requested.channels == [Channel.EMAIL]
    [reminder] = await office.room.timers()
    assert reminder.key == "follow-up:1"


async def test_what_waited_is_taken_back_and_held_as_what_is_composed_today(office: Office) -> None:
    office.waits(hours=10)
    await is_due(office, WAITING)
    assert office.mail.sent == []
    assert isinstance(await office.takes_back(WAITING), Accepted)
    office.waits(hours=8)
    await office.due()
    assert office.mail.sent == []


async def test_what_nobody_knows_is_settled_and_may_be_sent_by_hand(office: Office) -> None:
    await is_due(office, WAITING)
    assert isinstance(await office.finds_out(UNKNOWN, sent=False), Accepted)
    await office.stands("awaiting_cv")
    assert isinstance(await office.has_sent("cv_request", "whatsapp"), Accepted)
    office.waits(seconds=10)
    await office.due()
    assert len(office.whatsapp.sent) == 1


async def test_what_was_sent_is_not_sent_again_and_reports_on_it_count(office: Office) -> None:
    again = await office.has_sent("cv_request", "whatsapp", application=2)
    assert isinstance(again, Refused)
    assert again.code == "sent_before"
    await office.stands("qualified", application=2)
    await office.sends(application=2)
    assert office.whatsapp.sent == []
    await office.whapi_says(a_post(statuses=[a_status("wa-old", "read")]))
    async with office.room.begin() as tx:
        kept = await office.messages.find(tx, SENT)
    assert kept is not None
    assert kept.status == "read"


async def test_who_was_not_to_be_written_to_is_not_written_to(office: Office) -> None:
    answer = await office.writes("Bună, Dan!", "email", candidate_id=20, subject="Program")
    assert isinstance(answer, Refused)
    assert answer.code == "forbidden"


async def test_what_they_wrote_is_answered_where_it_came_from(office: Office) -> None:
    answer = await office.writes("Bună, Ana!", "email", reply_to=UUID(int=21), subject="Program")
    assert isinstance(answer, Accepted)
    office.waits(seconds=10)
    await office.due()
    assert [letter.recipient for letter in office.mail.sent] == [EMAIL]
    assert office.room.clock.now() - office.mail.sent[0].composed_at == timedelta(seconds=10)


async def test_what_a_version_that_knows_no_arrivals_takes_in_is_done_and_deleted_too(office: Office) -> None:
    """For as long as old and new run side by side."""
    async with office.room.begin() as tx:
        await tx.db.execute(
            """INSERT INTO inbound_messages (message_id, channel, external_id, sender, sender_key,
                   candidate_id, application_id, subject, body, received_at, settled)
               VALUES ($1, 'email', 'm2', $2, $2, 10, 1, 'Re: CV', 'Azi', $3, true)""",
            UUID(int=22),
            EMAIL,
            tx.now,
        )
        partner = await PostgresConversations().partner(tx, 10)
        assert partner is not None
        read = await PostgresConversations().read_up_to(tx, partner, UUID(int=22))
    assert len(read) == 2
