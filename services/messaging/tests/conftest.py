"""Rooms for the handlers of messaging: the same tests run in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from chassis.database import open_pool
from chassis.testing_rooms import MemoryRoom, PostgresRoom
from chassis.testing_servers import Migrated
from messaging.adapters.postgres_access import PostgresChannels, PostgresGrants
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_mailbox import PostgresMailboxBook, PostgresSentMail
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_objections import PostgresObjections
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates

from .memory_mailbox import MailDesk
from .memory_messages import MemoryInbounds, MemoryMessages, MemoryTemplates
from .memory_pipeline import MemoryObjections, MemoryPipeline
from .office import Office


@pytest.fixture
async def postgres_room(migrated: Migrated) -> AsyncIterator[PostgresRoom]:
    own = await migrated("messaging")
    pool = await open_pool(own.url, own.schema, "test", 4)
    yield PostgresRoom(pool)
    await pool.close()


@pytest.fixture
def on_postgres(postgres_room: PostgresRoom) -> Office:
    return Office(
        postgres_room,
        PostgresPipeline(),
        PostgresTemplates(),
        PostgresMessages(),
        PostgresInbounds(),
        PostgresObjections(),
        desk=MailDesk(PostgresMailboxBook(), PostgresChannels(), PostgresGrants(), PostgresSentMail()),
    )


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "postgres":
        real: Office = request.getfixturevalue("on_postgres")
        return real
    pipeline, inbounds = MemoryPipeline(), MemoryInbounds()
    messages = MemoryMessages(inbounds=inbounds)
    return Office(MemoryRoom(), pipeline, MemoryTemplates(), messages, inbounds, MemoryObjections(pipeline))
