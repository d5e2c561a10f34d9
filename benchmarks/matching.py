"""Whose CV is it? Precision, recall and wrong matches of the chain, and how long it takes.

    python -m benchmarks.matching [--seed N] [--awaiting 1000 100000] [--letters 6000 36000]

A made-up town (``made_up_people``), its messages (``made_up_letters``) and a throw-away PostgreSQL. Every
message goes through the service's own handler with the real directory. Documents are text already; the model
is a stand-in that speaks through the real adapter (``matching_ground``). The chain is timed alone, one at a
time, without the model: who fits the sender, what the document says, whom its name and contact data fit.
Where the machine is crowded (load average over twice its processors) the time in their queue is taken off for
the target, and both are printed. Ends with one JSON line, and with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from chassis.blobs import MemoryBlobs
from chassis.servers import PostgresServer
from chassis.testing import NOON
from chassis.tx import Database
from contracts import BlobRef
from contracts.cv_matching import CvMatched, InboundUnmatched, MatchRequested
from cv_matching.adapters.claude import ClaudeReading
from cv_matching.adapters.directory import PostgresDirectory
from cv_matching.domain.agreement import by_content, judge
from cv_matching.domain.chain import by_sender
from cv_matching.domain.contents import Extracted
from cv_matching.domain.names import close_keys
from cv_matching.handlers.evidence import (
    content_evidence,
    file_words,
    named_by,
    read_claim,
    read_paper,
    sender_evidence,
)
from cv_matching.handlers.matching import match_received_file
from cv_matching.ports import Item

from benchmarks.made_up_letters import Letter, Letters
from benchmarks.made_up_people import People
from benchmarks.matching_ground import (
    DatabaseTx,
    FirstCvs,
    OneItem,
    TextOnly,
    careful_fields,
    pool_of,
    provide,
    serve_reader,
    settle_in,
    start_reader,
)
from benchmarks.matching_report import Tally, report, verdict

TIMED = 3_000
AT_ONCE = 4


def item_of(letter: Letter, number: int, body: bytes) -> Item:
    return Item(
        item_id=UUID(int=number),
        message_id=UUID(int=number),
        position=0,
        channel=letter.channel,
        sender=letter.sender,
        sender_name=letter.sender_name,
        subject=letter.subject,
        body=letter.body,
        file=BlobRef(key=f"inbound/{number}", size=len(body)),
        file_name=letter.file_name,
        received_at=NOON,
    )


async def decide(
    letter: Letter, number: int, pool: asyncpg.Pool, reading: ClaudeReading
) -> tuple[CvMatched | None, str]:
    blobs = MemoryBlobs()
    body = b"%PDF-1.7\n" + (letter.text or "").encode()
    await blobs.put(f"inbound/{number}", body, "application/pdf")
    async with pool.acquire() as connection:
        tx = DatabaseTx(connection=connection)
        item = item_of(letter, number, body)
        await match_received_file(
            MatchRequested(item_id=item.item_id),
            tx.begin,
            OneItem(item),
            PostgresDirectory(),
            FirstCvs(),
            blobs,
            TextOnly(),
            reading,
        )
    matched = tx.said(CvMatched)
    if matched:
        return matched[0], matched[0].explanation
    [unmatched] = tx.said(InboundUnmatched)
    return None, unmatched.explanation


async def time_chain(letter: Letter, number: int, connection: Database) -> float:
    """Milliseconds of the chain without reading and model; what the stand-in would answer is given."""
    claim = Extracted(**careful_fields(letter.text or ""))
    item, directory, tx = item_of(letter, number, b""), PostgresDirectory(), DatabaseTx(connection=connection)
    started = time.perf_counter()
    evidence = await sender_evidence(tx, item, directory)
    verdict = by_sender(evidence)
    paper = read_paper(letter.text, evidence, item.sender) if letter.text else None
    judged = judge(
        verdict, named_by(verdict, evidence), paper, None, file_words(item.file_name), evidence.name
    )
    if judged.ask and letter.text:
        by_content(await content_evidence(tx, read_claim(claim, letter.text), directory), judged)
    return (time.perf_counter() - started) * 1000


def waited(backend: int) -> float:
    """Milliseconds that this process and its server process stood in the processors' queue (schedstat)."""
    stats = [Path(f"/proc/{process}/schedstat").read_text().split()[1] for process in ("self", backend)]
    return sum(map(int, stats)) / 1e6


async def measure(seed: int, awaiting: int, count: int, server: PostgresServer, reader: str) -> Tally:
    chance = random.Random(f"{seed} {awaiting}")
    started = time.perf_counter()
    people = People(chance, awaiting)
    letters = Letters(chance, people)
    post = [letters.next() for _ in range(count)]
    service = await provide(server, f"town{awaiting}")
    tally, todo = Tally(), iter(enumerate(post, 1))
    async with pool_of(service) as pool, ClaudeReading(api_key="x", base_url=reader, model="m") as reading:
        await settle_in(pool, people.all.values())
        on_file = len(people.waiting) + len(people.idle)
        print(f"\n{len(people.waiting):,} awaiting, {on_file:,} on file, {count:,} messages", flush=True)
        print(f"settled in    {time.perf_counter() - started:7.1f} s", flush=True)
        async with pool.acquire() as connection:
            backend = connection.get_server_pid()
            for number, letter in enumerate(post[:TIMED], 1):
                before = waited(backend)
                tally.milliseconds.append(await time_chain(letter, number, connection))
                tally.undisturbed.append(max(0.0, tally.milliseconds[-1] - (waited(backend) - before)))
            tally.crowded = os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
            await explain(connection)

        async def work() -> None:
            for number, letter in todo:
                tally.count(letter, *await decide(letter, number, pool, reading))

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    print(f"all decided   {time.perf_counter() - started:7.1f} s", flush=True)
    return tally


async def explain(connection: asyncpg.Connection) -> None:
    """How the commonest name is looked for."""
    rows = await connection.fetch(
        "explain (analyze, costs off, timing off) select candidate_id, name from candidates"
        " where name_keys && $1::text[]",
        close_keys("maria popescu"),
    )
    for row in rows:
        print(f"  Maria Popescu: {row[0]}")


async def run(seed: int, sizes: list[int], letters: list[int], examples: int) -> bool:
    print(f"seed {seed}; the model is a stand-in by the sandbox's rules, behind the real adapter")
    reader, url = start_reader()
    tallies: dict[int, Tally] = {}
    with tempfile.TemporaryDirectory(prefix=f"matching-{uuid4().hex[:8]}-") as folder:
        server = PostgresServer(Path(folder) / "postgres")
        server.start()
        try:
            for awaiting, count in zip(sizes, letters, strict=True):
                tallies[awaiting] = await measure(seed, awaiting, count, server, url)
                report(awaiting, tallies[awaiting], examples)
        finally:
            server.stop()
            reader.terminate()
            reader.wait()
    print()
    return verdict(tallies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--awaiting", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--letters", type=int, nargs="+", default=[6_000, 36_000])
    parser.add_argument("--examples", type=int, default=5, help="of wrong and missed ones to print")
    parser.add_argument("--reader", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.reader:
        serve_reader()
        return
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    if not asyncio.run(run(seed, given.awaiting, given.letters, given.examples)):
        sys.exit(1)


if __name__ == "__main__":
    main()
