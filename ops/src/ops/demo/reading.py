"""The read model made again from the stream, beside the live one, and compared row for row."""

from __future__ import annotations

import json

import asyncpg
from chassis.history import stored
from contracts.envelope import parse_envelope
from contracts.streams import EVENTS
from nats.js import JetStreamContext
from recruiter_ui.adapters.read_model import write_rows
from recruiter_ui.domain.tables import READ_TABLES
from recruiter_ui.projection import fold_batch

from ops.demo.invariants import Finding
from ops.instance import Instance

_AT_ONCE = 500


async def rebuilt_equals_live(instance: Instance, js: JetStreamContext) -> Finding:
    """Rebuilt into temporary tables of the service's own role; the live tables are only read."""
    database = instance.ground.database("recruiter_ui")
    db = await asyncpg.connect(database.url)
    try:
        for name in ("json", "jsonb"):
            await db.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        for table in READ_TABLES:
            await db.execute(
                f"CREATE TEMP TABLE {table.name} (LIKE {database.schema}.{table.name} INCLUDING ALL)"
            )
        await db.execute("SET search_path = pg_temp")
        envelopes = [parse_envelope(one.headers, one.data) async for one in stored(js, EVENTS.name, "evt.>")]
        for start in range(0, len(envelopes), _AT_ONCE):
            await write_rows(db, fold_batch(envelopes[start : start + _AT_ONCE]))
        rows, different = 0, {}
        for table in READ_TABLES:
            rows += await db.fetchval(f"SELECT count(*) FROM {table.name}")
            here, live = (
                f"SELECT * FROM pg_temp.{table.name}",
                f"SELECT * FROM {database.schema}.{table.name}",
            )
            difference = f"({here} EXCEPT {live}) UNION ALL ({live} EXCEPT {here})"
            if count := await db.fetchval(f"SELECT count(*) FROM ({difference}) AS difference"):
                different[table.name] = count
    finally:
        await db.close()
    detail = f"{rows} rows in {len(READ_TABLES)} tables; different: {different or 'none'}"
    return Finding("the read model rebuilt equals the live one", not different, detail)
