"""The read model made again from the stream, beside the live one, and compared row for row."""

from __future__ import annotations

from chassis.database import connect
from nats.js import JetStreamContext
from recruiter_ui.rebuild import Rebuild, compare

from ops.demo.invariants import Finding
from ops.instance import Instance


async def rebuilt_equals_live(instance: Instance, js: JetStreamContext) -> Finding:
    """Rebuilt into temporary tables by recruiter_ui's own code and role; the live tables are only read."""
    database = instance.ground.database("recruiter_ui")
    db = await connect(database.url, database.schema, "recruiter_ui_rebuild")
    try:
        rebuild = Rebuild(db, database.schema)
        await rebuild.prepare()
        found = await compare(rebuild, js)
    finally:
        await db.close()
    different = "; ".join(map(str, found)) or "none"
    return Finding(
        "the read model rebuilt equals the live one",
        not found,
        f"{rebuild.facts} facts folded; different: {different}",
    )
