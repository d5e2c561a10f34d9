"""What the outside world saw: every call dialled, every message sent, every webhook delivered.

Entries that mean the same effect on a person (``sameness``) are counted, so that a test can say: nobody was
called or written to twice.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from chassis.clock import Clock

from sandbox.store import Document, Store


class Ledger:
    """Append only, on disk, in the order in which things were accepted."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def write(self, kind: str, provider: str, body: Document, sameness: str | None = None) -> int:
        """Answers the entry's number. A repeated ``sameness`` is marked as a duplicate."""
        if sameness is not None:
            sameness = f"{provider}:{kind}:{sameness}"
            first = self._store.db.execute(
                "select min(seq) from ledger where sameness = ?", (sameness,)
            ).fetchone()
            if first[0] is not None:
                body = {**body, "duplicate_of": first[0]}
        row = self._store.db.execute(
            "insert into ledger (at, kind, provider, sameness, body) values (?, ?, ?, ?, ?) returning seq",
            (self._clock.now().timestamp(), kind, provider, sameness, json.dumps(body, ensure_ascii=False)),
        ).fetchone()
        return int(row[0])

    def entries(
        self, kind: str | None = None, provider: str | None = None, after: int = 0, limit: int = 100_000
    ) -> list[dict[str, Any]]:
        rows = self._store.db.execute(
            "select seq, at, kind, provider, body from ledger where seq > ?"
            " and kind = coalesce(?, kind) and provider = coalesce(?, provider) order by seq limit ?",
            (after, kind, provider, limit),
        )
        return [_entry(row) for row in rows]

    def newest(self, count: int) -> list[dict[str, Any]]:
        rows = self._store.db.execute(
            "select seq, at, kind, provider, body from ledger where kind <> 'request'"
            " order by seq desc limit ?",
            (count,),
        )
        return [_entry(row) for row in rows]

    def duplicates(self) -> list[dict[str, Any]]:
        """Entries that repeated an effect on a person."""
        return [entry for entry in self.entries() if "duplicate_of" in entry]

    def duplicate_count(self) -> int:
        row = self._store.db.execute(
            "select count(*) from ledger where json_extract(body, '$.duplicate_of') is not null"
        ).fetchone()
        return int(row[0])

    def counts(self) -> dict[str, int]:
        rows = self._store.db.execute(
            "select provider, kind, count(*) from ledger group by 1, 2 order by 1, 2"
        )
        return dict(Counter({f"{provider}.{kind}": count for provider, kind, count in rows}))


def _entry(row: tuple[int, float, str, str, str]) -> dict[str, Any]:
    seq, at, kind, provider, body = row
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"seq": seq, "at": moment, "kind": kind, "provider": provider, **json.loads(body)}
