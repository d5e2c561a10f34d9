"""A look through a lead file before it is imported, against nobody known and against everybody known.

    python -m benchmarks.preview [--rows 100000]

The file, PostgreSQL and the way of measuring are those of ``benchmarks.leads``. The look runs as the service
runs it, in a process of its own with its reading child, and writes its pages to the blob store. The second
one finds every lead among the candidates. Ends with one JSON line.
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
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop
from chassis.blobs import ObjectBlobs
from chassis.clock import SystemClock
from chassis.database import open_pool
from chassis.ids import new_id
from chassis.servers import PostgresServer
from chassis.transaction import Transactions
from contracts import Actor, BlobRef
from contracts.intake import LeadsPreviewRequested, PositionDetails
from intake.adapters.lead_files import SeparateReader
from intake.adapters.postgres import PostgresImports, PostgresKnownPeople, PostgresPositions
from intake.adapters.preview_files import PreviewFiles
from intake.handlers.preview import look_through_leads
from intake.ports import LeadsImport

from benchmarks.leads import fresh_schema, in_own_process, peak_mib, watch_memory
from benchmarks.made_up_leads import lead_file

MOST_SECONDS = 20.0
MOST_MEMORY_MIB = 400


async def look(url: str, blobs_url: str, file: BlobRef) -> None:
    """In a process of its own: what the service does with ``LeadsPreviewRequested``. Prints what it took."""
    pool = await open_pool(url, "intake", "bench", 4)
    begin = Transactions(pool, SystemClock(), lambda: None).begin
    positions, imports, actor = PostgresPositions(), PostgresImports(), Actor(kind="recruiter", id="1")
    async with begin() as tx:
        position_id = await positions.add(tx, PositionDetails(title="Sales"))
        handed_in = LeadsImport(new_id(), position_id, file, "leads.csv", actor)
        await imports.add(tx, handed_in)
    requested = LeadsPreviewRequested(
        import_id=handed_in.import_id, position_id=position_id, file=file, file_name="leads.csv", actor=actor
    )
    blobs = ObjectBlobs(blobs_url)
    peaks: dict[int, float] = {}
    watching = asyncio.create_task(watch_memory(peaks))
    started, cpu = time.perf_counter(), time.process_time()
    await look_through_leads(
        requested,
        begin,
        SeparateReader(blobs),
        imports,
        positions,
        PostgresKnownPeople(),
        PreviewFiles(blobs),
    )
    taken: dict[str, Any] = {
        "seconds": time.perf_counter() - started,
        "service_cpu": time.process_time() - cpu,
        "reader_cpu": sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]),
        "service_mib": peak_mib(os.getpid()),
        "reader_mib": max(peaks.values()),
    }
    watching.cancel()
    said = await pool.fetchval("SELECT data FROM outbox WHERE type LIKE '%leads_import.previewed%'")
    taken["counts"] = json.loads(said)["counts"]
    await pool.execute("DELETE FROM outbox")
    await pool.close()
    print(json.dumps(taken))


async def measure(rows: int, folder: Path) -> None:
    body = lead_file(rows)
    blobs_url = (folder / "blobs").as_uri()
    file = await ObjectBlobs(blobs_url).put("leads", body, "text/csv")
    print(f"{rows:,} leads, {len(body) / 1e6:.0f} MB of UTF-16LE", flush=True)
    server = PostgresServer(folder / "postgres")
    server.start()
    try:
        ours = await fresh_schema(server, "ours")
        empty = await asyncio.to_thread(look_apart, ours.url, blobs_url, file)
        await asyncio.to_thread(in_own_process, ours.url, blobs_url, file)
        known = await asyncio.to_thread(look_apart, ours.url, blobs_url, file)
    finally:
        server.stop()
    report(rows, empty, known)


def look_apart(url: str, blobs_url: str, file: BlobRef) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.preview", "--one", url, blobs_url, file.model_dump_json()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return taken


def report(rows: int, empty: dict[str, Any], known: dict[str, Any]) -> None:
    for name, taken, verdict in (("nobody known", empty, "create"), ("all known", known, "update")):
        if taken["counts"][verdict] != rows:
            raise SystemExit(f"{taken['counts']} instead of {rows} rows to {verdict}")
        each = {part: taken[f"{part}_cpu"] / rows * 1e6 for part in ("service", "reader")}
        print(
            f"{name:13} {rows / taken['seconds']:10,.0f} rows/s   {taken['seconds']:.2f} s; CPU per row:"
            f" service {each['service']:.0f} us, reader {each['reader']:.0f} us; peak MiB: service"
            f" {taken['service_mib']:.0f}, reader {taken['reader_mib']:.0f}"
        )
    seconds = max(empty["seconds"], known["seconds"])
    memory = max(taken["service_mib"] + taken["reader_mib"] for taken in (empty, known))
    good = seconds < MOST_SECONDS and memory < MOST_MEMORY_MIB
    print(
        f"target        {MOST_SECONDS:10.0f} s        {MOST_MEMORY_MIB} MiB   {'met' if good else 'MISSED'}"
    )
    figure = {
        "name": "preview",
        "figure": round(rows / seconds),
        "unit": "rows/s",
        "memory_mib": round(memory),
    }
    print(json.dumps(figure))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        url, blobs_url, file = given.one
        uvloop.run(look(url, blobs_url, BlobRef.model_validate_json(file)))
        return
    with tempfile.TemporaryDirectory(prefix=f"preview-{uuid4().hex[:8]}-") as folder:
        uvloop.run(measure(given.rows, Path(folder)))


if __name__ == "__main__":
    main()
