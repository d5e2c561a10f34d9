"""What the matching benchmark stands on: PostgreSQL with everybody in it, and somebody who reads CVs.

The reader speaks the Messages API through the product's own adapter, in a process of its own. It reads labels
and names of two lines as a careful reader would, the rest by the sandbox's rules, and errs once in a hundred:
it names a referee, or somebody whom the text does not name.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import asyncpg
from chassis import Tx
from chassis.database import open_pool
from chassis.migrations import upgrade
from chassis.servers import PostgresServer, ServiceDatabase, end_with_parent, make_database, provide_schema
from chassis.testing import NOON, InMemoryTx
from chassis.tx import Database
from contracts.cv_matching import CvMatched, FileReading
from cv_matching.domain.kinds import Kind
from cv_matching.domain.names import name_keys
from cv_matching.ports import Cv, Item, ItemState, Reading
from people import fold, fold_email
from sandbox.anthropic.cv_fields import cv_fields

from benchmarks.made_up_people import Somebody

_NAMED = re.compile(r"[A-ZȘȚ][a-zășțâî]+ [A-ZȘȚ][a-zășțâî]+")


@dataclass
class DatabaseTx(InMemoryTx):
    """What is published stays in memory; what is asked goes to PostgreSQL."""

    connection: Database | None = None

    @property
    def db(self) -> Database:
        assert self.connection is not None
        return self.connection


class TextOnly:
    """Fills ``Documents``: reading files is not what is measured. A body after the signature is its text."""

    async def read(self, body: bytes, kind: Kind) -> Reading:
        text = body.partition(b"\n")[2].decode()
        return Reading(text or None, None if text else "The file holds no text: it may be a scan.")


class OneItem:
    """Fills ``Items`` with a single file, which is there from the beginning."""

    def __init__(self, item: Item) -> None:
        self.item = item

    async def add(self, tx: Tx, item: Item) -> bool:
        return False

    async def get(self, tx: Tx, item_id: UUID) -> Item | None:
        return self.item if item_id == self.item.item_id else None

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None:
        self.item = replace(self.item, state=state, settled_before=True)

    async def tell(self, tx: Tx, item_id: UUID, explanation: str) -> None:
        self.item = replace(self.item, settled_before=True)

    async def wait_again(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        """Nobody is linked to anybody here."""
        return []

    async def count_try(self, tx: Tx, item_id: UUID) -> None:
        self.item = replace(self.item, tries=self.item.tries + 1)

    async def keep_reading(self, tx: Tx, item_id: UUID, reading: FileReading) -> None:
        self.item = replace(self.item, reading=reading)


class FirstCvs:
    """Fills ``Cvs``: each is the first of its application, and what is said of it stays in ``tx``."""

    async def add(self, tx: Tx, cv: Cv) -> tuple[UUID, int] | None:
        return cv.cv_id, 1

    async def keep_said(self, tx: Tx, said: CvMatched) -> None: ...


async def provide(server: PostgresServer, name: str) -> ServiceDatabase:
    database = await make_database(server.url(), name)
    service = await provide_schema(database, "cv_matching", role=f"{name}_role", password="bench")
    await asyncio.to_thread(upgrade, "cv_matching", service.url, service.schema)
    return service


@asynccontextmanager
async def pool_of(service: ServiceDatabase) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(service.url, service.schema, "bench", 4)
    yield pool
    await pool.close()


async def settle_in(pool: asyncpg.Pool, people: Iterable[Somebody]) -> None:
    """Everybody on file, as the service would have written them down."""
    known = [each for each in people if each.recorded]
    cards = [(one.number, fold(one.recorded or "")) for one in known]
    async with pool.acquire() as connection:
        await connection.copy_records_to_table(
            "candidates",
            records=[(number, name, NOON, name_keys(name)) for number, name in cards],
            columns=["candidate_id", "name", "as_of", "name_keys"],
        )
        contacts = {(one.number, "email", fold_email(one.email)) for one in known}
        contacts |= {(one.number, "phone", one.phone) for one in known}
        await connection.copy_records_to_table(
            "contacts", records=list(contacts), columns=["candidate_id", "kind", "value"]
        )
        await connection.copy_records_to_table(
            "applications",
            records=[
                (one.number, one.number, "awaiting_cv" if one.waits else "pending_call", 1) for one in known
            ],
            columns=["application_id", "candidate_id", "status", "sequence"],
        )
        await connection.execute("analyze candidates, contacts, applications")


def careful_fields(text: str) -> dict[str, str | None]:
    read = {key: cv_fields(text)[key] for key in ("first_name", "last_name", "email", "phone")}
    labelled = dict(re.findall(r"^(Nume|Prenume): (.+)$", text, re.MULTILINE))
    lines = text.splitlines()
    if len(labelled) == 2:
        read |= {"first_name": labelled["Prenume"], "last_name": labelled["Nume"]}
    elif len(lines) > 1 and re.fullmatch(r"[^\W\d]+\.?", lines[0]) and re.fullmatch(r"[^\d:,]+", lines[1]):
        read |= {"first_name": lines[0], "last_name": lines[1]}
    return read


class _Reader(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = asked["messages"][0]["content"].removeprefix("<cv>\n").removesuffix("\n</cv>")
        read = careful_fields(text)
        slip = zlib.crc32(text.encode()) % 200
        if slip == 0:
            read |= {"first_name": "Ana", "last_name": "Popescu"}
        elif slip == 1 and (others := _NAMED.findall(text)):
            read["first_name"], read["last_name"] = others[-1].split()
        answer = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": asked["model"],
            "content": [{"type": "text", "text": json.dumps(read)}], "stop_reason": "end_turn",
            "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


def serve_reader() -> None:
    """Prints its port, then reads until it is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Reader)
    print(server.server_port, flush=True)
    server.serve_forever()


def start_reader() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.matching", "--reader"],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(),
    )
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}"
