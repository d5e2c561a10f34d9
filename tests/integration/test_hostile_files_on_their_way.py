"""Hostile files by both doors, through every service: each ends where a recruiter sees it, with a reason."""

from __future__ import annotations

import base64
import os
import random
import sys
from pathlib import Path
from typing import Any

import asyncpg
from chassis.testing import eventually
from ops.demo.performing import Performance

sys.path.insert(0, str(Path(__file__).parents[2] / "services" / "cv_matching" / "tests" / "support"))

from cv_matching.domain.kinds import KEPT_APART, kind_of
from cv_matching_support import hostile

SAMPLE = 15
SMALL = 2 << 20
"""Bytes of a file; WhatsApp and Gmail carry larger ones, this machine has other tests to run."""
_ENDS = """
SELECT n.external_id, i.state, r.explanation, r.quarantined, r.reading ->> 'kind' AS kind, i.file_name
FROM messaging.inbound_messages n JOIN cv_matching.items i USING (message_id)
LEFT JOIN (
    SELECT item_id, explanation, quarantined, reading FROM recruiter_ui.unmatched
    UNION ALL SELECT item_id, explanation, false, reading FROM recruiter_ui.cvs
) r USING (item_id)
WHERE n.external_id = ANY($1)
"""


async def test_a_sample_by_whatsapp_and_email_is_seen_by_a_recruiter_with_a_reason(
    performance: Performance, db: asyncpg.Connection[Any]
) -> None:
    seed = int(os.environ.get("HOSTILE_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}: HOSTILE_SEED={seed} repeats it")
    makers = list(hostile.by_hand().items())
    random.Random(seed).shuffle(makers)
    bodies: dict[str, bytes] = {}
    for what, make in makers:
        body = make()
        if 0 < len(body) < SMALL:
            bodies[what] = body
        if len(bodies) == SAMPLE:
            break
    sent: dict[str, bytes] = {}
    for number, body in enumerate(bodies.values()):
        file = {"file_name": f"cv{number}.pdf", "content_type": "application/pdf"}
        file["content"] = base64.b64encode(body).decode()
        by_phone = {"phone": "+40700000871", "text": "CV", "file": file}
        sent[(await performance.outside.post("/act/whatsapp", by_phone))["id"]] = body
        by_mail = {"address": "hostile@example.com", "subject": "CV", "text": "CV", "file": file}
        sent[(await performance.outside.post("/act/mail", by_mail))["id"]] = body

    async def ends() -> dict[str, asyncpg.Record]:
        rows = await db.fetch(_ENDS, list(sent))
        return {row["external_id"]: row for row in rows if row["explanation"] is not None}

    found = await eventually(ends, lambda all_: all_.keys() == sent.keys(), within=180, every=0.5)
    for external_id, end in found.items():
        kind = kind_of(sent[external_id])
        assert end["explanation"].endswith(".")
        assert end["kind"] == kind.value
        assert end["quarantined"] == (kind in KEPT_APART)
        assert end["state"] != "waiting"
