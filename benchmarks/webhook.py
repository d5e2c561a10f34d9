"""Signed 4 KB deliveries into the gateway until durable, over 32 connections.

    python -m benchmarks.webhook [--requests 20000] [--connections 32]

Starts its own NATS and PostgreSQL (fsync on) from their wheels in a throw-away folder, then the real gateway
process, and beside it the least that could do the job: a bare Starlette handler that checks the signature and
commits one asyncpg INSERT per request, with no event, no outbox and no relay. Every delivery is different.
The load comes from a process of its own on the same machine. CPU is the server process alone.
At the end it counts the rows: a 200 without a row fails the run. Ends with one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import multiprocessing
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import uvloop
from chassis.migrations import upgrade
from chassis.provisioner import provision
from chassis.servers import (
    NatsServer,
    PostgresServer,
    ServiceDatabase,
    end_with_parent,
    free_port,
    make_database,
    provide_schema,
)

SECRET = "wsec_benchmark"
PATH = "/webhooks/elevenlabs/"
BODY_BYTES = 4_096
PEER_TABLE = "CREATE TABLE deliveries (sha256 bytea PRIMARY KEY, body bytea NOT NULL)"


@dataclass(frozen=True)
class Figure:
    """``cpu_us`` is the server process's CPU per request in microseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def a_request(number: int, salt: str) -> bytes:
    """A whole HTTP request: a transcript-like body, signed now."""
    filling = f'{{"type":"post_call_transcription","event_timestamp":1795000000,"n":"{salt}{number}","data":"'
    body = (filling + "x" * (BODY_BYTES - len(filling) - 2) + '"}').encode()
    stamp = int(time.time())
    digest = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"ElevenLabs-Signature: t={stamp},v0={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _connection(port: int, requests: list[bytes], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while requests:
        request = requests.pop()
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - begun)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode().splitlines()[0])
    writer.close()


async def _load(port: int, count: int, connections: int, salt: str) -> tuple[float, list[float]]:
    requests = [a_request(number, salt) for number in range(count)]
    seconds: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_connection(port, requests, seconds) for _ in range(connections)))
    return time.perf_counter() - begun, seconds


def load(port: int, count: int, connections: int) -> tuple[float, list[float]]:
    """Runs in a process of its own; answers wall time and the latency of each request, in seconds."""
    return uvloop.run(_load(port, count, connections, secrets.token_hex(8)))


def measure(process: subprocess.Popen[bytes], port: int, count: int, connections: int) -> Figure:
    with multiprocessing.get_context("spawn").Pool(1) as other:
        other.apply(load, (port, max(count // 10, connections), connections))
        before = cpu_seconds(process.pid)
        wall, seconds = other.apply(load, (port, count, connections))
        spent = cpu_seconds(process.pid) - before
    cuts = statistics.quantiles(seconds, n=100)
    return Figure(count / wall, cuts[49] * 1_000, cuts[98] * 1_000, spent / count * 1e6)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until a signed delivery is accepted."""
    deadline = time.monotonic() + 30
    while True:
        try:
            load(port, 1, 1)
            return
        except (OSError, RuntimeError, asyncio.IncompleteReadError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def start(
    module: str, database: ServiceDatabase, nats_url: str, folder: Path, port: int
) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "DATABASE_SCHEMA": database.schema,
        "NATS_URL": nats_url,
        "BLOBS_URL": (folder / "blobs").as_uri(),
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "ELEVENLABS_WEBHOOK_SECRET": SECRET,
    }
    return subprocess.Popen([sys.executable, "-m", module], env=environment, preexec_fn=end_with_parent())


async def prepare(admin_url: str, nats_url: str) -> dict[str, ServiceDatabase]:
    """One database each, so that neither works on the other's tables."""
    found = {}
    for name in ("gateway", "peer"):
        url = await make_database(admin_url, name)
        found[name] = await provide_schema(url, "service", role=name, password=secrets.token_hex(8))
    await asyncio.to_thread(upgrade, "gateway", found["gateway"].url, "service")
    await _execute(found["peer"], PEER_TABLE)
    client = await nats.connect(nats_url)
    await provision(client.jetstream(), [])
    await client.close()
    return found


async def _execute(database: ServiceDatabase, statement: str) -> object:
    connection = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def run(
    module: str, database: ServiceDatabase, nats_url: str, folder: Path, count: int, connections: int
) -> Figure:
    port = free_port()
    process = start(module, database, nats_url, folder, port)
    try:
        wait_for(port, process)
        figure = measure(process, port, count, connections)
    finally:
        process.terminate()
        process.wait(15)
    stored = asyncio.run(_execute(database, "SELECT count(*) FROM deliveries"))
    if not isinstance(stored, int) or stored < count:
        raise SystemExit(f"{module}: {stored} rows for {count} answers with 200")
    speed = f"{figure.rate:8,.0f} requests/s   p50 {figure.p50_ms:6.2f} ms   p99 {figure.p99_ms:6.2f} ms"
    print(f"{module:24} {speed}   {figure.cpu_us:6.0f} us CPU per request")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=32)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recruitflow-bench-") as place:
        folder = Path(place)
        postgres, bus = PostgresServer(folder / "postgres"), NatsServer(folder / "nats")
        postgres.start()
        bus.start()
        try:
            databases = asyncio.run(prepare(postgres.url(), bus.url))
            shape = (bus.url, folder, given.requests, given.connections)
            peer = run("benchmarks.webhook_peer", databases["peer"], *shape)
            ours = run("gateway.main", databases["gateway"], *shape)
        finally:
            bus.stop()
            postgres.stop()
    print(
        json.dumps(
            {
                "name": "webhook",
                "figure": round(ours.rate),
                "unit": "deliveries/s until durable",
                "peer": round(peer.rate),
                "ratio": round(ours.rate / peer.rate, 3),
                "p50_ms": round(ours.p50_ms, 2),
                "p99_ms": round(ours.p99_ms, 2),
                "cpu_us_per_request": round(ours.cpu_us),
                "peer_p50_ms": round(peer.p50_ms, 2),
                "peer_p99_ms": round(peer.p99_ms, 2),
                "peer_cpu_us_per_request": round(peer.cpu_us),
                "connections": given.connections,
                "requests": given.requests,
            }
        )
    )


if __name__ == "__main__":
    main()
