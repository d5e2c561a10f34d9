"""The ports of cv_matching, filled in memory or by PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chassis import Begin, Tx
from chassis.clock import SystemClock
from chassis.database import open_pool
from chassis.servers import ServiceDatabase
from chassis.testing import NOON, InMemoryTx
from chassis.transaction import Transactions
from cv_matching.adapters.directory import PostgresDirectory
from cv_matching.adapters.files import PostgresCvs, PostgresItems
from cv_matching.adapters.merges import PostgresMerges
from cv_matching.ports import CandidateCard, Cvs, Directory, Items, Merges

from cv_matching_support.ports import MemoryCvs, MemoryDirectory, MemoryItems, MemoryMerges


@dataclass
class Store:
    begin: Begin
    directory: Directory
    items: Items
    cvs: Cvs
    merges: Merges


def memory_store() -> Store:
    @asynccontextmanager
    async def begin() -> AsyncIterator[Tx]:
        yield InMemoryTx()

    merges = MemoryMerges()
    return Store(begin, MemoryDirectory(merges), MemoryItems(), MemoryCvs(), merges)


@asynccontextmanager
async def postgres_store(database: ServiceDatabase) -> AsyncIterator[Store]:
    pool = await open_pool(database.url, database.schema, "test", 2)
    transactions = Transactions(pool, SystemClock(), lambda: None)
    yield Store(transactions.begin, PostgresDirectory(), PostgresItems(), PostgresCvs(), PostgresMerges())
    await pool.close()


def a_card(candidate_id: int, name: str, email: str | None = None, phone: str | None = None) -> CandidateCard:
    return CandidateCard(
        candidate_id=candidate_id,
        name=name,
        emails=(email,) if email else (),
        phones=(phone,) if phone else (),
        as_of=NOON,
    )
