"""A lead file from the blob store to committed candidates and applications with their events.

    python -m benchmarks.leads [--rows 100000] [--peer-rows 2000]

Starts its own PostgreSQL (fsync on) from its wheel in a throw-away folder and writes a file as Meta exports
it (UTF-16LE, tabs; people made up, always the same). The import then runs as the service runs it, in a
process of its own with its reading child: ``run_leads_import`` with the real ports. Beside it, in the same
run and against the same server, what one writes without thinking: per row an upsert and its event through
an ORM, committed. Memory is the peak of both processes together, PostgreSQL's not counted. Ends with one JSON
line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import uvloop
from chassis.blobs import ObjectBlobs
from chassis.clock import SystemClock
from chassis.database import open_pool
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.servers import PostgresServer, ServiceDatabase, make_database, provide_schema
from chassis.transaction import Transactions
from contracts import Actor, BlobRef
from contracts.intake import LeadsImportRequested, PositionDetails
from intake.adapters.lead_files import SeparateReader
from intake.adapters.postgres import (
    PostgresApplications,
    PostgresCandidates,
    PostgresContacts,
    PostgresDuplicates,
    PostgresImports,
    PostgresImportTraces,
    PostgresKnownPeople,
    PostgresPositions,
)
from intake.adapters.preview_files import RefusedRowsFiles
from intake.handlers.run_import import run_leads_import
from intake.ports import LeadsImport

from benchmarks.leads_peer import import_row_by_row
from benchmarks.made_up_leads import lead_file

TARGET_ROWS_PER_SECOND = 20_000
MOST_MEMORY_MIB = 400


async def run_import(url: str, blobs_url: str, file: BlobRef) -> None:
    """In a process of its own: what the service does with ``LeadsImportRequested``. Prints what it took."""
    pool = await open_pool(url, "intake", "bench", 4)
    begin = Transactions(pool, SystemClock(), lambda: None).begin
    positions, imports = PostgresPositions(), PostgresImports()
    actor = Actor(kind="recruiter", id="1")
    async with begin() as tx:
        position_id = await positions.add(tx, PositionDetails(title="Sales"))
        import_id = new_id()
        await imports.add(tx, LeadsImport(import_id, position_id, file, "leads.csv", actor))
    requested = LeadsImportRequested(
        import_id=import_id, position_id=position_id, file=file, file_name="leads.csv", actor=actor
    )
    blobs = ObjectBlobs(blobs_url)
    files = SeparateReader(blobs)
    peaks: dict[int, float] = {}
    watching = asyncio.create_task(watch_memory(peaks))
    started, cpu = time.perf_counter(), time.process_time()
    await run_leads_import(
        requested,
        begin,
        files,
        imports,
        positions,
        PostgresCandidates(),
        PostgresApplications(),
        PostgresDuplicates(),
        PostgresContacts(),
        PostgresKnownPeople(),
        PostgresImportTraces(),
        blobs,
        RefusedRowsFiles(blobs),
    )
    taken = {
        "seconds": time.perf_counter() - started,
        "service_cpu": time.process_time() - cpu,
        "reader_cpu": sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]),
        "service_mib": peak_mib(os.getpid()),
        "reader_mib": max(peaks.values()),
        "opened": await pool.fetchval("SELECT count(*) FROM applications"),
        "candidates": await pool.fetchval("SELECT count(*) FROM candidates"),
        "events": await pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%application.opened%'"),
        "duplicates": await pool.fetchval("SELECT count(*) FROM possible_duplicates"),
    }
    watching.cancel()
    await pool.close()
    print(json.dumps(taken))


async def watch_memory(peaks: dict[int, float]) -> None:
    """The peak of every child by process id. (``ru_maxrss`` would count what the parent was before exec.)"""
    while True:
        for child in children():
            with suppress(OSError, IndexError):
                peaks[child] = max(peaks.get(child, 0.0), peak_mib(child))
        await asyncio.sleep(0.05)


def children() -> list[int]:
    return [int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def peak_mib(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def fresh_schema(server: PostgresServer, name: str) -> ServiceDatabase:
    database = await make_database(server.url(), name)
    service = await provide_schema(database, "intake", role=f"{name}_role", password="bench")
    await asyncio.to_thread(upgrade, "intake", service.url, service.schema)
    return service


async def measure(rows: int, peer_rows: int, folder: Path) -> None:
    body = lead_file(rows)
    blobs_url = (folder / "blobs").as_uri()
    file = await ObjectBlobs(blobs_url).put("leads", body, "text/csv")
    print(f"{rows:,} leads, {len(body) / 1e6:.0f} MB of UTF-16LE, PostgreSQL with fsync on", flush=True)
    server = PostgresServer(folder / "postgres")
    server.start()
    try:
        ours = await fresh_schema(server, "ours")
        taken = await asyncio.to_thread(in_own_process, ours.url, blobs_url, file)
        peer = await fresh_schema(server, "peer")
        peer_rate = await peer_rate_of(peer, lead_file(peer_rows), peer_rows)
    finally:
        server.stop()
    report(rows, taken, peer_rows, peer_rate)


def in_own_process(url: str, blobs_url: str, file: BlobRef) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.leads",
        "--one-import",
        url,
        blobs_url,
        file.model_dump_json(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    taken: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return taken


async def peer_rate_of(database: ServiceDatabase, body: bytes, rows: int) -> float:
    connection = await asyncpg.connect(database.url)
    position_id: int = await connection.fetchval(
        "INSERT INTO positions (title, status, revision, details, created_at, updated_at)"
        " VALUES ('Sales', 'open', 1, '{}', now(), now()) RETURNING position_id"
    )
    await connection.close()
    started = time.perf_counter()
    await import_row_by_row(database.url, body.decode("utf-16"), position_id)
    return rows / (time.perf_counter() - started)


def report(rows: int, taken: dict[str, float], peer_rows: int, peer_rate: float) -> None:
    for key in ("opened", "candidates", "events"):
        if taken[key] != rows:
            raise SystemExit(f"{taken[key]} {key} instead of {rows}")
    rate = rows / taken["seconds"]
    memory = taken["service_mib"] + taken["reader_mib"]
    print(
        f"import        {rate:10,.0f} rows/s   {taken['seconds']:.2f} s; CPU per row: service"
        f" {taken['service_cpu'] / rows * 1e6:.0f} us, reader {taken['reader_cpu'] / rows * 1e6:.0f} us"
    )
    print(
        f"peak memory   {memory:10,.0f} MiB      service {taken['service_mib']:.0f}, reader"
        f" {taken['reader_mib']:.0f} (limit {MOST_MEMORY_MIB})"
    )
    print(f"duplicates    {taken['duplicates']:10,.0f} pairs    found by phone or email meanwhile")
    print(f"row by row    {peer_rate:10,.0f} rows/s   {peer_rows:,} rows, upserts through an ORM")
    good = rate >= TARGET_ROWS_PER_SECOND and memory < MOST_MEMORY_MIB
    print(f"target        {TARGET_ROWS_PER_SECOND:10,} rows/s   {'met' if good else 'MISSED'}")
    figure = {
        "name": "import",
        "figure": round(rate),
        "unit": "rows/s",
        "peer": round(peer_rate),
        "ratio": round(rate / peer_rate, 1),
        "memory_mib": round(memory),
    }
    print(json.dumps(figure))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer-rows", type=int, default=2_000)
    parser.add_argument("--one-import", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one_import:
        url, blobs_url, file = given.one_import
        uvloop.run(run_import(url, blobs_url, BlobRef.model_validate_json(file)))
        return
    with tempfile.TemporaryDirectory(prefix=f"leads-{uuid4().hex[:8]}-") as folder:
        uvloop.run(measure(given.rows, given.peer_rows, Path(folder)))


if __name__ == "__main__":
    main()
