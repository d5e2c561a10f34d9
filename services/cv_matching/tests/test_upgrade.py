"""Tables that were filled before decisions were kept go on working: found, decided, taken back."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
from chassis.database import open_pool
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from chassis.testing import NOON
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted
from contracts.cv_matching import CvDetached, CvMatched, MatchMethod
from cv_matching_support.deciding import ANA, ION, Desk, decision_of

_FILE = '{"key": "k", "size": 3, "content_type": "application/pdf", "sha256": null}'


async def fill(db: asyncpg.Connection[asyncpg.Record]) -> tuple[UUID, UUID]:
    """As the second migration left it: two people, a file of Ana's twice attached, and one of nobody's."""
    for number, name, email in ((ANA, "ana pop", "ana@example.com"), (ION, "ion pop", "ion@example.com")):
        await db.execute(
            "INSERT INTO candidates (candidate_id, name, words, name_key, given_names, as_of)"
            " VALUES ($1, $2, $3, $2, $4, $5)",
            number,
            name,
            name.split(),
            name.split()[0],
            NOON,
        )
        await db.execute(
            "INSERT INTO contacts (candidate_id, kind, value) VALUES ($1, 'email', $2)", number, email
        )
    for number, candidate_id in ((71, ANA), (72, ANA), (81, ION)):
        await db.execute("INSERT INTO applications VALUES ($1, $2, 'awaiting_cv', 1)", number, candidate_id)
    items = uuid4(), uuid4()
    for item_id, state in zip(items, ("matched", "unmatched"), strict=True):
        await db.execute(
            "INSERT INTO items (item_id, message_id, position, channel, sender, body, file, file_name,"
            " received_at, state, explanation, settled_at)"
            " VALUES ($1, $1, 0, 'email', 'x@example.com', '', $2, 'cv.pdf', $3, $4, 'A name.', $3)",
            item_id,
            _FILE,
            NOON,
            state,
        )
    for number in (71, 72):
        await db.execute(
            "INSERT INTO cvs (cv_id, item_id, candidate_id, application_id, method, source, file, file_name,"
            " needs_review, received_at)"
            " VALUES ($1, $2, $3, $4, 'fuzzy_name', 'email_attachment', $5, 'cv.pdf', true, $6)",
            uuid4(),
            items[0],
            ANA,
            number,
            _FILE,
            NOON,
        )
    return items


async def test_what_was_there_before_is_found_given_away_and_put_back(fresh_schema: ServiceDatabase) -> None:
    await asyncio.to_thread(upgrade, "cv_matching", fresh_schema.url, fresh_schema.schema, "0002")
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    theirs, nobodys = await fill(db)
    await db.close()
    await asyncio.to_thread(upgrade, "cv_matching", fresh_schema.url, fresh_schema.schema)
    pool = await open_pool(fresh_schema.url, fresh_schema.schema, "test", 2)
    desk = Desk(PostgresRoom(pool))
    async with desk.room.begin() as tx:
        assert await desk.directory.with_email(tx, "ion@example.com") == (ION,)
        assert [one.candidate_id for one in await desk.directory.named_like(tx, "pop ana")] == [ANA]
    given = decision_of(await desk.assign(nobodys, 71))
    moved = decision_of(await desk.reassign(await desk.cv_id(theirs, 71), 81))
    left = [(one.application_id, one.cvs_left) for one in await desk.room.said(CvDetached)]
    for decision in (moved, given):
        assert isinstance(await desk.undo(decision), Accepted)
    said = [one for one in await desk.room.said(CvMatched) if one.item_id == theirs]
    await pool.close()
    assert left == [(71, 1), (72, 1)]
    assert [(one.application_id, one.method, one.needs_review, one.number) for one in said] == [
        (81, MatchMethod.MANUAL, False, 1),
        (71, MatchMethod.FUZZY_NAME, True, 1),
        (72, MatchMethod.FUZZY_NAME, True, 1),
    ]
