"""The pages' tables folded anew from the stream, after a new version that shows more of the past.

recruiter_ui's own code does it, in its own role, while it runs. Rows are only replaced when the stream holds
everything that was said: what it no longer holds would be gone from the pages.
"""

from __future__ import annotations

import asyncpg
from chassis.database import connect, plain_url
from contracts.streams import EVENTS
from nats.js import JetStreamContext

from ops.instance import Instance
from ops.say import Say, Trouble
from ops.topology import SERVICES

_SAID = " + ".join(f"(SELECT count(*) FROM {one}.outbox WHERE sent_at IS NOT NULL)" for one in SERVICES)


async def catch_up_with_version(instance: Instance, js: JetStreamContext, say: Say) -> None:
    """After a migration of the pages' tables, once; RecruitFlow starts also where that can't be done yet."""
    if not instance.pages_to_fold.exists():
        return
    try:
        with say.step("Folding the pages' tables anew, for this version shows more of the past"):
            await fold_anew(instance, js)
    except Trouble as trouble:
        say.line(f"{trouble}, then: recruitflow pages rebuild")
        return
    instance.pages_to_fold.unlink()


async def fold_anew(instance: Instance, js: JetStreamContext) -> int:
    """Answers how many facts the pages show now."""
    from recruiter_ui.rebuild import Rebuild  # the pages' whole package: only here

    await _complete(instance.ground.admin_url, js)
    database = instance.ground.database("recruiter_ui")
    db = await connect(database.url, database.schema, "recruiter_ui_rebuild")
    try:
        rebuild = Rebuild(db, database.schema)
        await rebuild.prepare()
        await rebuild.catch_up(js)
        await rebuild.swap(js)
    finally:
        await db.close()
    return rebuild.facts


async def _complete(admin_url: str, js: JetStreamContext) -> None:
    db = await asyncpg.connect(plain_url(admin_url))
    try:
        said = await db.fetchval(f"SELECT {_SAID}")
    finally:
        await db.close()
    held = (await js.stream_info(EVENTS.name)).state.messages
    if held < said:
        raise Trouble(
            f"The stream holds {held} of {said} events: the pages would lose the others. "
            "Make it whole first: recruitflow streams rebuild"
        )
