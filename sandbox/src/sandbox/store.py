"""What the sandbox remembers, in one SQLite file, so that a kill loses nothing it has promised.

Documents of a kind have an id, a group (whose they are) and an order. Whatever one request or one scheduled
step changes is one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
create table if not exists documents (
  kind text not null, id text not null, grouped text not null default '', body text not null,
  position integer not null, primary key (kind, id)) without rowid;
create index if not exists documents_by_group on documents (kind, grouped, position);
create table if not exists bodies (id text primary key, content_type text not null, content blob not null);
create table if not exists counters (name text primary key, value integer not null);
create table if not exists agenda (
  id integer primary key autoincrement, at real not null, kind text not null, key text, body text not null);
create index if not exists agenda_by_time on agenda (at, id);
create unique index if not exists agenda_by_key on agenda (key) where key is not null;
create table if not exists ledger (
  seq integer primary key autoincrement, at real not null, kind text not null, provider text not null,
  sameness text, body text not null);
create index if not exists ledger_by_sameness on ledger (sameness) where sameness is not null;
"""

_TABLES = ("documents", "bodies", "counters", "agenda", "ledger")


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a file or a mail."""

    content: bytes
    content_type: str


class Store:
    """One connection, used from one event loop; commits survive the death of the process."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=normal")
        self.db.executescript(_SCHEMA)
        self._depth = 0

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing. No ``await`` may stand inside. An inner block joins the outer one."""
        if self._depth == 0:
            self.db.execute("begin immediate")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self.db.execute("rollback")
            raise
        self._depth -= 1
        if self._depth == 0:
            self.db.execute("commit")

    def put(self, kind: str, id: str, body: Document, group: str = "") -> None:
        """Write a document; a new one comes after all others of its kind, an old one keeps its place."""
        position = self.number("position")
        self.db.execute(
            "insert into documents (kind, id, grouped, body, position) values (?, ?, ?, ?, ?)"
            " on conflict (kind, id) do update set body = excluded.body, grouped = excluded.grouped",
            (kind, id, group, json.dumps(body, ensure_ascii=False), position),
        )

    def get(self, kind: str, id: str) -> Document | None:
        row = self.db.execute("select body from documents where kind = ? and id = ?", (kind, id)).fetchone()
        return json.loads(row[0]) if row else None

    def must(self, kind: str, id: str) -> Document:
        """The document; ``KeyError`` where it is missing."""
        body = self.get(kind, id)
        if body is None:
            raise KeyError(f"{kind} {id}")
        return body

    def find(self, kind: str, group: str | None = None, newest_first: bool = False) -> list[Document]:
        direction = "desc" if newest_first else "asc"
        narrowed = "" if group is None else " and grouped = ?"
        sql = f"select body from documents where kind = ?{narrowed} order by position {direction}"  # noqa: S608
        arguments = (kind,) if group is None else (kind, group)
        rows = self.db.execute(sql, arguments)
        return [json.loads(body) for (body,) in rows]

    def count(self, kind: str) -> int:
        row = self.db.execute("select count(*) from documents where kind = ?", (kind,)).fetchone()
        return int(row[0])

    def delete(self, kind: str, id: str) -> bool:
        return self.db.execute("delete from documents where kind = ? and id = ?", (kind, id)).rowcount > 0

    def put_body(self, id: str, content: bytes, content_type: str) -> None:
        self.db.execute("insert or replace into bodies values (?, ?, ?)", (id, content_type, content))

    def body(self, id: str) -> Body | None:
        row = self.db.execute("select content, content_type from bodies where id = ?", (id,)).fetchone()
        return Body(row[0], row[1]) if row else None

    def delete_body(self, id: str) -> None:
        self.db.execute("delete from bodies where id = ?", (id,))

    def number(self, name: str) -> int:
        """1, 2, 3, ... for each name."""
        row = self.db.execute(
            "insert into counters values (?, 1)"
            " on conflict (name) do update set value = value + 1 returning value",
            (name,),
        ).fetchone()
        return int(row[0])

    def last_number(self, name: str) -> int:
        row = self.db.execute("select value from counters where name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def empty(self) -> None:
        """Forget everything."""
        with self.atomic():
            for table in _TABLES:
                self.db.execute(f"delete from {table}")  # noqa: S608

    def close(self) -> None:
        self.db.close()
