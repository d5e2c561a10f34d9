"""With very many messages no page of the inbox looks at every one of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from recruiter_ui.domain.conversations import Place, Talk, sender_key
from recruiter_ui.pages import conversation_actions as actions
from recruiter_ui.queries import conversations as query

MESSAGES, PEOPLE, STRANGERS = 100_000, 12_000, 3_000
HEAVY = 7
"""Somebody who wrote two thousand times, the last of them just now."""

FREQUENT = "search by a word of every fourth message"
"""What so many match may be read in any way."""

_PEOPLE = """
INSERT INTO candidates (candidate_id, first_seen_at, full_name, language, phone, email, search, merged_into)
SELECT n, now(), 'Person ' || n, 'ro', '+4070' || lpad(n::text, 7, '0'), 'p' || n || '@example.com',
    'person ' || n || ' 4070' || lpad(n::text, 7, '0') || ' p' || n || '@example.com',
    CASE WHEN n % 100 = 0 THEN n - 1 END
FROM generate_series(1, $1::int) AS n
"""
_APPLICATIONS = """
INSERT INTO applications (application_id, opened_at, candidate_id, position_id, status, last_activity_at)
SELECT n, now(), n, 1, 'awaiting_cv', now() FROM generate_series(1, $1::int) AS n
"""
_MESSAGES = """
INSERT INTO messages (message_id, inbound, candidate_id, application_id, channel, written_at, written_event,
    subject, body, sender, sender_name, recipient, is_read, deleted, delivery_rank, delivery_at, delivery)
SELECT gen_random_uuid(), theirs, person, person, channel, at, gen_random_uuid(), NULL,
    'Bună ziua, mesajul ' || n || ' despre ' || (ARRAY['salariu','program','CV-ul','interviu'])[1 + n % 4]
        || repeat(' cuvinte', n % 40),
    CASE WHEN theirs THEN '+4079' || lpad((n % $3)::text, 7, '0') END, NULL,
    CASE WHEN NOT theirs THEN '+4079' || lpad((n % $3)::text, 7, '0') END,
    CASE WHEN n % 25 <> 0 THEN true END, CASE WHEN n % 1000 = 3 THEN true END, 3, at, 'sent'
FROM (SELECT n, n % 2 = 0 AS theirs, 'whatsapp' AS channel, now() - n * interval '40 seconds' AS at,
        CASE WHEN n <= 4000 THEN 7 WHEN n % 10 = 0 THEN NULL ELSE 1 + (n * 7919) % $2 END AS person
    FROM generate_series(1, $1::int) AS n) AS made
"""


@pytest.fixture
async def db(fresh_schema: ServiceDatabase) -> AsyncIterator[asyncpg.Connection[Any]]:
    await asyncio.to_thread(upgrade, "recruiter_ui", fresh_schema.url, fresh_schema.schema)
    path = {"search_path": fresh_schema.schema}
    connection = await asyncpg.connect(fresh_schema.url, server_settings=path)
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=str)
    await connection.execute(_PEOPLE, PEOPLE)
    await connection.execute(_APPLICATIONS, PEOPLE)
    await connection.execute("INSERT INTO positions (position_id, title) VALUES (1, 'Șofer')")
    await connection.execute(_MESSAGES, MESSAGES, PEOPLE, STRANGERS)
    await connection.execute("VACUUM ANALYZE")
    yield connection
    await connection.close()


class Watched:
    """Runs statements and keeps their plans."""

    def __init__(self, db: asyncpg.Connection[Any]) -> None:
        self.db = db
        self.scans: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def run(statement: str, *arguments: Any) -> Any:
            for (line,) in await self.db.fetch(f"EXPLAIN {statement}", *arguments):
                if "Seq Scan on messages" in line:
                    self.scans.append(statement)
            return await getattr(self.db, name)(statement, *arguments)

        return run


async def _ask(statement: str, db: Any) -> None:
    await db.fetchval(statement, UUID(int=1))


async def test_no_page_of_the_inbox_looks_at_every_message(db: asyncpg.Connection[Any]) -> None:
    first = await query.conversations(db, 40)
    last = Place(first[-1]["at"], first[-1]["message_id"])
    stranger = Talk(sender="+40790000010")
    people = await query.keys_of(db, Talk(HEAVY))
    said = await query.thread(db, people, 41)
    middle = Place(said[-1]["at"], said[-1]["message_id"])
    asked = {
        "the list": lambda it: query.conversations(it, 40),
        "its next page": lambda it: query.conversations(it, 40, before=last),
        "the unread ones": lambda it: query.conversations(it, 40, unread=True),
        "how many are unread": query.unread_total,
        "search by name": lambda it: query.search(it, "Person 4711", 40),
        "search by number": lambda it: query.search(it, "0790000123", 40),
        "search by a rare word": lambda it: query.search(it, "mesajul 77777", 40),
        FREQUENT: lambda it: query.search(it, "salariu", 40),
        "a thread": lambda it: query.thread(it, people, 41),
        "what was said before": lambda it: query.thread(it, people, 41, before=middle),
        "a stranger's thread": lambda it: query.thread(it, [f"s{sender_key(stranger.sender)}"], 41),
        "one row of the list": lambda it: query.one_conversation(it, people, HEAVY),
        "whose a sender is": lambda it: query.whose_now(it, stranger.sender),
        "what was deleted": lambda it: query.deletions(it, 100),
        **{
            f"whether it is seen: {statement}": partial(_ask, statement)
            for statement in (actions.DELETED, actions.RESTORED, actions.LINKED, actions.UNLINKED)
        },
    }
    slow, scanned = {}, {}
    for what, ask in asked.items():
        watched = Watched(db)
        await ask(watched)
        if watched.scans:
            scanned[what] = watched.scans[0][:200]
        took = []
        for _ in range(3):
            began = time.perf_counter()
            await ask(db)
            took.append(time.perf_counter() - began)
        print(f"{what}: {min(took) * 1000:.1f} ms")
        if min(took) > 0.25:
            slow[what] = round(min(took), 3)
    assert scanned.keys() <= {FREQUENT}
    assert slow == {}


async def test_the_pages_of_the_list_show_everybody_once(db: asyncpg.Connection[Any]) -> None:
    await db.execute("DELETE FROM messages WHERE written_at < now() - interval '150 hours'")
    seen, place = list[str](), None
    while True:
        rows = await query.conversations(db, 500, before=place)
        seen += [str(row["candidate_id"] or row["sender"]) for row in rows]
        if len(rows) < 500:
            break
        place = Place(rows[-1]["at"], rows[-1]["message_id"])
    everybody = await db.fetchval(
        """SELECT count(DISTINCT COALESCE('c' || COALESCE(w.merged_into, m.person_id), m.conversation))
           FROM messages m LEFT JOIN candidates w ON w.candidate_id = m.person_id
           WHERE m.inbound AND m.deleted IS NOT TRUE"""
    )
    assert len(seen) == len(set(seen)) == everybody
