"""With years of calls behind it the gate still reads only what it is asked about."""

from __future__ import annotations

import pytest
from calling.adapters import postgres_callees

from .conftest import MORNING, Office

_PEOPLE = """
INSERT INTO applications SELECT n, n, 1 + n % 50, 'call_queued', 1 FROM generate_series(1, 10000) n;
INSERT INTO batches SELECT gen_random_uuid(), 1, 'batch', 'submitted', NULL, now();
INSERT INTO candidates
SELECT n, 'Ana', 'Exemplu', '+4070' || lpad(n::text, 7, '0'), NULL, '[]', NULL
FROM generate_series(1, 10000) n;
INSERT INTO queue (application_id, candidate_id, position_id, purpose, round, state, not_before, due_at,
                   queued_at)
SELECT n, n, 1 + n % 50, 'screening', 1, 'waiting', now(), now(), now() FROM generate_series(1, 10000) n;
"""
_CALLS = """
INSERT INTO attempts (call_id, batch_id, application_id, candidate_id, position_id, attempt_number, round,
                      purpose, state, to_number, created_at)
SELECT gen_random_uuid(), (SELECT batch_id FROM batches), n, n, 1 + n % 50, k, 1, 'screening',
       CASE WHEN k = 2 THEN 'withdrawn' ELSE 'no_answer' END, '+4070' || lpad(n::text, 7, '0'), $1
FROM generate_series(1, 10000) n, generate_series(1, 3) k
"""


@pytest.mark.parametrize("asked", [1, 50])
async def test_who_is_judged_costs_no_look_at_everybody_who_was_ever_called(
    office: Office, asked: int
) -> None:
    async with office.transactions.begin() as tx:
        await tx.db.execute(_PEOPLE)
        await tx.db.execute(_CALLS, MORNING)
        await tx.db.execute("ANALYZE attempts, applications, queue, candidates")
        applications = list(range(1, 10_001, 20))[:asked]
        plan = await tx.db.fetch("EXPLAIN " + postgres_callees.ASKED, applications, [None] * asked)
    lines = [row[0] for row in plan]
    assert any("attempts_numbered" in line for line in lines)
    assert not [line for line in lines if "Seq Scan on attempts" in line], "\n".join(lines)
