"""On what people are not to be contacted. A wish that was taken back stays, marked as lifted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chassis import Tx
from contracts import Actor

from intake.domain.contact import ContactChannel, Wish
from intake.ports import Ban

# One lock for the whole table: writing a wish down takes it alone, taking wishes over is shared.
_KEY = "hashtextextended(current_schema() || '.do_not_contact', 0)"
_ALONE = f"SELECT pg_advisory_xact_lock({_KEY})"
_SHARED = f"SELECT pg_advisory_xact_lock_shared({_KEY})"

_COLUMNS = "candidate_id, channel, since, source, reason, actor, same_as"
_OF = f"SELECT {_COLUMNS} FROM do_not_contact WHERE candidate_id = $1 AND lifted_at IS NULL ORDER BY channel"  # noqa: S608 constants
_FORBID = f"""
INSERT INTO do_not_contact AS known ({_COLUMNS})
SELECT candidate_id, channel, since, source, reason, actor, same_as
FROM jsonb_to_recordset($1) AS wanted (candidate_id bigint, channel text, since timestamptz, source text,
                                       reason text, actor jsonb, same_as bigint)
ON CONFLICT (candidate_id, channel) DO UPDATE
SET since = EXCLUDED.since, source = EXCLUDED.source, reason = EXCLUDED.reason, actor = EXCLUDED.actor,
    same_as = EXCLUDED.same_as, lifted_at = NULL
WHERE known.lifted_at IS NOT NULL OR (known.same_as IS NOT NULL AND EXCLUDED.same_as IS NULL)
RETURNING {_COLUMNS}
"""  # noqa: S608 constants
_ALLOW = f"""
WITH kept AS (
    SELECT coalesce(merged_into, candidate_id) AS candidate_id FROM candidates WHERE candidate_id = $1
), theirs AS (
    SELECT candidate_id FROM kept
    UNION SELECT c.candidate_id FROM candidates c JOIN kept k ON c.merged_into = k.candidate_id
)
UPDATE do_not_contact SET lifted_at = $3
WHERE (candidate_id IN (SELECT candidate_id FROM theirs) OR same_as IN (SELECT candidate_id FROM theirs))
  AND channel = ANY($2::text[]) AND lifted_at IS NULL
RETURNING {_COLUMNS}
"""  # noqa: S608 constants
# How they were reached before a merge gave them another number or address: it is theirs all the same.
_FORMER = """
SELECT f.candidate_id, f.before->>'phone' AS phone, f.before->>'whatsapp_number' AS whatsapp_number,
       f.before->>'email' AS email, NULL::bigint AS merged_into
FROM (
    SELECT merged_id AS candidate_id, before->(merged_id::text) AS before FROM merges WHERE undone_at IS NULL
    UNION ALL
    SELECT kept_id, before->(kept_id::text) FROM merges WHERE undone_at IS NULL
) f
"""
_SHARING = f"""
WITH reached AS (
    SELECT candidate_id, phone, whatsapp_number, email, merged_into
    FROM candidates WHERE candidate_id = ANY($1::bigint[])
    UNION ALL {_FORMER} WHERE f.candidate_id = ANY($1::bigint[])
)
SELECT DISTINCT o.candidate_id
FROM reached n CROSS JOIN LATERAL (
    SELECT candidate_id FROM candidates WHERE phone IN (n.phone, n.whatsapp_number)
    UNION ALL SELECT candidate_id FROM candidates WHERE whatsapp_number IN (n.phone, n.whatsapp_number)
    UNION ALL SELECT candidate_id FROM candidates WHERE email = n.email
    UNION ALL SELECT candidate_id FROM candidates WHERE merged_into IN (n.candidate_id, n.merged_into)
    UNION ALL SELECT n.merged_into WHERE n.merged_into IS NOT NULL
) o
WHERE o.candidate_id <> ALL($1::bigint[])
ORDER BY 1
"""  # noqa: S608 constants
# Wishes are few and people many: it begins with whoever said one. A lifted wish is taken over again only when
# it is somebody else's, or was said anew since.
_INHERIT = f"""
WITH wishes AS (
    SELECT b.*, o.phone, o.whatsapp_number, o.email, o.merged_into
    FROM do_not_contact b JOIN candidates o USING (candidate_id) WHERE b.lifted_at IS NULL
    UNION ALL
    SELECT b.*, o.phone, o.whatsapp_number, o.email, o.merged_into
    FROM do_not_contact b JOIN ({_FORMER}) o USING (candidate_id) WHERE b.lifted_at IS NULL
), fresh AS (
    SELECT candidate_id, phone, whatsapp_number, email, merged_into
    FROM candidates WHERE candidate_id = ANY($1::bigint[])
), reached AS (
    SELECT f.candidate_id AS taker, w.* FROM fresh f JOIN wishes w ON w.phone = f.phone
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.phone = f.whatsapp_number
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.whatsapp_number = f.phone
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.whatsapp_number = f.whatsapp_number
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.email = f.email
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.merged_into = f.candidate_id
    UNION ALL SELECT f.candidate_id, w.* FROM fresh f JOIN wishes w ON w.candidate_id = f.merged_into
)
INSERT INTO do_not_contact AS known ({_COLUMNS})
SELECT DISTINCT ON (taker, channel)
       taker, channel, since, source, reason, actor, coalesce(same_as, candidate_id)
FROM reached
WHERE taker <> candidate_id AND taker IS DISTINCT FROM same_as
ORDER BY taker, channel, since, candidate_id
ON CONFLICT (candidate_id, channel) DO UPDATE
SET since = EXCLUDED.since, source = EXCLUDED.source, reason = EXCLUDED.reason, actor = EXCLUDED.actor,
    same_as = EXCLUDED.same_as, lifted_at = NULL
WHERE known.lifted_at IS NOT NULL
  AND (EXCLUDED.since > known.lifted_at OR known.same_as IS DISTINCT FROM EXCLUDED.same_as)
RETURNING {_COLUMNS}
"""  # noqa: S608 constants


class PostgresContacts:
    async def of(self, tx: Tx, candidate_id: int) -> list[Ban]:
        return _bans(await tx.db.fetch(_OF, candidate_id))

    async def forbid(self, tx: Tx, bans: Sequence[Ban]) -> list[Ban]:
        await tx.db.execute(_ALONE)
        rows = [
            {
                "candidate_id": ban.wish.candidate_id,
                "channel": ban.wish.channel.value,
                "since": ban.wish.since.isoformat(),
                "source": ban.wish.source,
                "reason": ban.wish.reason,
                "actor": ban.actor.model_dump(mode="json"),
                "same_as": ban.wish.same_as,
            }
            for ban in bans
        ]
        return _bans(await tx.db.fetch(_FORBID, rows))

    async def allow(self, tx: Tx, candidate_id: int, channels: Sequence[ContactChannel]) -> list[Ban]:
        await tx.db.execute(_ALONE)
        return _bans(await tx.db.fetch(_ALLOW, candidate_id, [channel.value for channel in channels], tx.now))

    async def sharing(self, tx: Tx, candidate_ids: Sequence[int]) -> list[int]:
        return [row[0] for row in await tx.db.fetch(_SHARING, list(candidate_ids))]

    async def inherit(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Ban]:
        if not candidate_ids:
            return []
        await tx.db.execute(_SHARED)
        if not await tx.db.fetchval("SELECT EXISTS (SELECT 1 FROM do_not_contact WHERE lifted_at IS NULL)"):
            return []
        return _bans(await tx.db.fetch(_INHERIT, list(candidate_ids)))


def _bans(rows: Iterable[Any]) -> list[Ban]:
    found = [
        Ban(
            Wish(
                candidate_id=row["candidate_id"],
                channel=ContactChannel(row["channel"]),
                since=row["since"],
                source=row["source"],
                reason=row["reason"],
                same_as=row["same_as"],
            ),
            Actor.model_validate(row["actor"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda ban: (ban.wish.candidate_id, ban.wish.channel))
