"""Conversations by person, the newest first, and what was said in one; every listing goes by key.

What is counted and listed lies in partial indexes (migration 0009): what people wrote and nobody hid, and of
that what nobody has read. Nothing here looks at every message.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.tx import Database

from recruiter_ui.domain.conversations import Place, Talk, sender_key, words_of
from recruiter_ui.queries.applications import search_pattern
from recruiter_ui.queries.detail import IDS_OF
from recruiter_ui.queries.fetching import Record, many, maybe

MOST_COUNTED = 1_000
"""Unread messages beyond these are not counted one by one."""
MOST_FOUND = 2_000

_SEEN = "{0}.inbound AND {0}.written_at IS NOT NULL AND {0}.deleted IS NOT TRUE"
_UNREAD = _SEEN + " AND {0}.is_read IS NOT TRUE"
_AT = "COALESCE({0}.sent_at, {0}.written_at, {0}.delivery_at)"
_PLAIN = (
    "translate(lower({0}), 'ăâîșşțţáàäãåçéèêëíìïñóòôöõőúùûüűýźżśłąęćńšžčřěďťů', "
    "'aaissttaaaaaceeeeiiinoooooouuuuuyzzslaecnszcredtu')"
)
_WORDS = (
    "to_tsvector('simple'::regconfig, "
    + _PLAIN.format("COALESCE(m.subject, '') || ' ' || COALESCE(m.body, '')")
    + ")"
)

UNREAD_COUNT = (
    f"SELECT count(*) FROM (SELECT FROM messages m WHERE {_UNREAD.format('m')} LIMIT {MOST_COUNTED}) unread"  # noqa: S608
)

_HEADS = """
SELECT m.message_id, m.written_at AS at, COALESCE(w.merged_into, m.person_id) AS candidate_id, m.conversation
FROM messages m LEFT JOIN candidates w ON w.candidate_id = m.person_id
CROSS JOIN LATERAL (
    SELECT n.message_id FROM messages n WHERE n.conversation = m.conversation AND {seen_n}
    ORDER BY n.written_at DESC, n.message_id DESC LIMIT 1) head
WHERE {seen_m} AND head.message_id = m.message_id {after}
AND NOT EXISTS (
    SELECT FROM candidates k JOIN messages n ON n.conversation = 'c' || k.candidate_id
    WHERE (k.merged_into = COALESCE(w.merged_into, w.candidate_id) OR k.candidate_id = w.merged_into)
    AND k.candidate_id <> w.candidate_id AND {seen_n}
    AND (n.written_at, n.message_id) > (m.written_at, m.message_id))
ORDER BY m.written_at DESC, m.message_id DESC LIMIT {limit}
"""
"""The newest message of each conversation, whichever id of a merged person it came to."""

_FOUND = f"""
SELECT last.message_id, last.at, talks.candidate_id, talks.conversation
FROM (
    SELECT DISTINCT COALESCE(w.merged_into, them.person_id) AS candidate_id,
        CASE WHEN them.person_id IS NULL THEN them.conversation END AS conversation
    FROM (
        (SELECT m.person_id, m.conversation FROM messages m
         WHERE $1 <> '' AND {_WORDS} @@ to_tsquery('simple', {_PLAIN.format("$1::text")})
         ORDER BY m.written_at DESC NULLS LAST LIMIT {MOST_FOUND})
        UNION ALL (SELECT c.candidate_id, NULL FROM candidates c WHERE c.search LIKE $2 LIMIT {MOST_FOUND})
        UNION ALL (SELECT NULL, m.conversation FROM messages m WHERE {_SEEN.format("m")}
            AND m.person_id IS NULL AND (m.conversation LIKE $2 OR {_PLAIN.format("m.sender_name")} LIKE $2)
            LIMIT {MOST_FOUND})
    ) them LEFT JOIN candidates w ON w.candidate_id = them.person_id
) talks
CROSS JOIN LATERAL (
    SELECT n.message_id, {_AT.format("n")} AS at FROM messages n
    WHERE n.conversation = ANY(CASE WHEN talks.candidate_id IS NULL THEN ARRAY[talks.conversation] ELSE ARRAY(
        SELECT 'c' || k.candidate_id FROM candidates k
        WHERE k.candidate_id = talks.candidate_id OR k.merged_into = talks.candidate_id) END)
    AND (NOT n.inbound OR ({_SEEN.format("n")})) AND n.body IS NOT NULL
    ORDER BY at DESC, n.message_id DESC LIMIT 1) last
WHERE ($3::timestamptz IS NULL OR (last.at, last.message_id) < ($3, $4))
ORDER BY last.at DESC, last.message_id DESC LIMIT $5
"""  # noqa: S608
"""Whose name, number, address or words it is; also of those who have not answered yet."""

_ROWS = f"""
SELECT heads.at, heads.candidate_id, last.message_id, last.inbound, last.sender, last.sender_name,
    last.recipient, last.channel, last.subject, last.body, last.attachments, last.delivery,
    c.full_name, c.language, counted.total, counted.unread, answered.at AS answered_at,
    here.status, here.to_confirm, p.title AS position_title
FROM heads JOIN messages last ON last.message_id = heads.message_id
LEFT JOIN candidates c ON c.candidate_id = heads.candidate_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN heads.candidate_id IS NULL THEN ARRAY[last.conversation] ELSE ARRAY(
        SELECT 'c' || k.candidate_id FROM candidates k
        WHERE k.candidate_id = heads.candidate_id OR k.merged_into = heads.candidate_id) END AS keys) whose
CROSS JOIN LATERAL (
    SELECT count(*) AS total, count(*) FILTER (WHERE n.is_read IS NOT TRUE) AS unread
    FROM messages n WHERE n.conversation = ANY(whose.keys) AND {_SEEN.format("n")}) counted
CROSS JOIN LATERAL (
    SELECT max({_AT.format("o")}) AS at FROM messages o
    WHERE o.conversation = ANY(whose.keys) AND NOT o.inbound
    AND o.delivery NOT IN ('taken_back', 'failed', 'unknown')) answered
LEFT JOIN LATERAL (
    SELECT a.status, a.to_confirm, a.position_id FROM applications a
    WHERE a.stage > 0 AND a.candidate_id IN (SELECT k.candidate_id FROM candidates k
        WHERE k.candidate_id = heads.candidate_id OR k.merged_into = heads.candidate_id)
    ORDER BY a.status = 'closed', a.last_activity_at DESC LIMIT 1) here ON true
LEFT JOIN positions p ON p.position_id = here.position_id
ORDER BY heads.at DESC, last.message_id DESC
"""  # noqa: S608


async def conversations(
    db: Database, limit: int, *, unread: bool = False, before: Place | None = None
) -> list[Record]:
    """Of everybody who wrote; with ``unread`` of those of whom something is not read yet."""
    seen = _UNREAD if unread else _SEEN
    after = "AND (m.written_at, m.message_id) < ($1, $2)" if before else ""
    heads = _HEADS.format(seen_n=seen.format("n"), seen_m=seen.format("m"), after=after, limit=int(limit))
    given = (before.at, before.message_id) if before else ()
    return await many(db, f"WITH heads AS MATERIALIZED ({heads}) {_ROWS}", *given)


async def search(db: Database, text: str, limit: int, *, before: Place | None = None) -> list[Record]:
    place = (before.at, before.message_id) if before else (None, None)
    given = words_of(text), search_pattern(text), *place, limit
    return await many(db, f"WITH heads AS MATERIALIZED ({_FOUND}) {_ROWS}", *given)


async def one_conversation(db: Database, keys: Sequence[str], candidate_id: int | None) -> Record | None:
    """Its row in the list, whatever the list is narrowed to; None when nothing was ever said."""
    head = (
        f"SELECT n.message_id, COALESCE(n.written_at, {_AT.format('n')}) AS at, $2::bigint AS candidate_id "  # noqa: S608
        f"FROM messages n WHERE n.conversation = ANY($1) AND (NOT n.inbound OR ({_SEEN.format('n')})) "
        "AND n.body IS NOT NULL ORDER BY n.inbound DESC, at DESC, n.message_id DESC LIMIT 1"
    )
    return await maybe(db, f"WITH heads AS MATERIALIZED ({head}) {_ROWS}", list(keys), candidate_id)


async def unread_total(db: Database) -> int:
    """Up to ``MOST_COUNTED``."""
    total: int = await db.fetchval(UNREAD_COUNT)
    return total


async def keys_of(db: Database, talk: Talk) -> list[str]:
    """The conversations that are one: under every id of a person."""
    if talk.candidate_id is None:
        return [f"s{sender_key(talk.sender)}"]
    ids = await db.fetchval(f"SELECT {IDS_OF.format('$1::bigint')}", talk.candidate_id)
    return [f"c{candidate_id}" for candidate_id in ids]


async def whose_now(db: Database, sender: str) -> int | None:
    """Who this sender was found to be since; None while nobody knows, or where nothing came from there."""
    found: int | None = await db.fetchval(
        "SELECT person_id FROM messages WHERE inbound AND sender = $1 AND written_at IS NOT NULL "
        "ORDER BY written_at DESC, message_id DESC LIMIT 1",
        sender,
    )
    return found


async def thread(
    db: Database,
    keys: Sequence[str],
    limit: int,
    *,
    before: Place | None = None,
    since: Place | None = None,
) -> list[Record]:
    """What was said both ways, the newest first; with ``since`` all from there on.

    What was written to a sender belongs to the person the sender turned out to be.
    """
    at = _AT.format("m")
    tests = [f"(NOT m.inbound OR ({_SEEN.format('m')}))", f"{at} IS NOT NULL", "m.body IS NOT NULL"]
    arguments: list[object] = [list(keys)]
    for place, sign in ((before, "<"), (since, ">=")):
        if place is not None:
            arguments += [place.at, place.message_id]
            tests.append(f"({at}, m.message_id) {sign} (${len(arguments) - 1}, ${len(arguments)})")
    senders = await _linked_senders(db, keys)
    theirs = "m.conversation = ANY($1)"
    if senders:
        arguments.append(senders)
        theirs = f"({theirs} OR (NOT m.inbound AND m.conversation = ANY(${len(arguments)})))"
    return await many(
        db,
        f"SELECT m.*, {at} AS at FROM messages m WHERE {theirs} AND {' AND '.join(tests)} "  # noqa: S608
        f"ORDER BY at DESC, m.message_id DESC LIMIT {int(limit)}",
        *arguments,
    )


async def last_arrived(db: Database, keys: Sequence[str]) -> UUID | None:
    """Of what they wrote the one that was made known last, whenever it was written; ids of events rise."""
    found: UUID | None = await db.fetchval(
        f"SELECT m.message_id FROM messages m WHERE m.conversation = ANY($1) AND {_SEEN.format('m')} "  # noqa: S608
        "ORDER BY m.written_event DESC LIMIT 1",
        list(keys),
    )
    return found


async def _linked_senders(db: Database, keys: Sequence[str]) -> list[str]:
    ids = [int(key[1:]) for key in keys if key.startswith("c")]
    rows = await db.fetch("SELECT DISTINCT sender FROM messages WHERE linked_to = ANY($1::bigint[])", ids)
    return [f"s{sender_key(row['sender'])}" for row in rows if row["sender"]]


async def links_of(db: Database, keys: Sequence[str]) -> list[Record]:
    """The senders a recruiter said are this person."""
    ids = [int(key[1:]) for key in keys if key.startswith("c")]
    return await many(
        db,
        "SELECT link_id, min(sender) AS sender, min(channel) AS channel, max(linked_at) AS linked_at "
        "FROM messages WHERE linked_to = ANY($1::bigint[]) GROUP BY link_id ORDER BY 4 DESC LIMIT 5",
        ids,
    )


async def between(db: Database, keys: Sequence[str], since: Place | None) -> list[Record]:
    """Calls and CVs of a person, for the thin lines between messages; the newest hundred of each."""
    ids = [int(key[1:]) for key in keys if key.startswith("c")]
    if not ids:
        return []
    start = since.at if since else None
    apps = "SELECT application_id FROM applications WHERE candidate_id = ANY($1::bigint[]) AND stage > 0"
    calls = await many(
        db,
        "SELECT k.*, COALESCE(k.ended_at, k.placed_at, k.outcome_at) AS at FROM calls k "  # noqa: S608
        f"WHERE k.application_id IN ({apps}) AND k.status IS NOT NULL "
        "AND COALESCE(k.ended_at, k.placed_at, k.outcome_at) >= COALESCE($2, '-infinity'::timestamptz) "
        "ORDER BY at DESC LIMIT 100",
        ids,
        start,
    )
    cvs = await many(
        db,
        "SELECT DISTINCT ON (v.cv_id) v.cv_id, v.application_id, v.file_name, v.received_at AS at, "  # noqa: S608
        "v.needs_review, v.confirmed_at FROM cvs v "
        f"WHERE v.application_id IN ({apps}) AND v.file IS NOT NULL AND v.detached_because IS NULL "
        "AND v.received_at >= COALESCE($2, '-infinity'::timestamptz) ORDER BY v.cv_id, v.application_id "
        "LIMIT 100",
        ids,
        start,
    )
    return [it | {"line": "call"} for it in calls] + [it | {"line": "cv"} for it in cvs]


async def find_message(db: Database, message_id: UUID) -> Record | None:
    return await maybe(db, "SELECT * FROM messages WHERE message_id = $1 AND body IS NOT NULL", message_id)


async def find_kind(db: Database, sha256: str | None) -> str | None:
    """What a file is by its content, where cv_matching looked into the very same one."""
    if not sha256:
        return None
    row = await maybe(
        db,
        "SELECT reading->>'kind' AS kind FROM cvs WHERE file->>'sha256' = $1 "
        "UNION ALL SELECT reading->>'kind' FROM unmatched WHERE file->>'sha256' = $1 LIMIT 1",
        sha256,
    )
    return row["kind"] if row else None


async def deletions(db: Database, limit: int) -> list[Record]:
    """What was hidden and can still be brought back, the newest first."""
    return await many(
        db,
        "SELECT d.*, c.full_name, c.language FROM ("
        "SELECT deletion_id, max(deletion_at) AS at, count(*) AS total, min(sender) AS sender, "
        "min(sender_name) AS sender_name, min(person_id) AS person_id, max(body) AS body, "
        "min(channel) AS channel FROM messages WHERE deleted GROUP BY deletion_id "
        "ORDER BY 2 DESC LIMIT $1) d "
        "LEFT JOIN candidates w ON w.candidate_id = d.person_id "
        "LEFT JOIN candidates c ON c.candidate_id = COALESCE(w.merged_into, d.person_id) ORDER BY d.at DESC",
        limit,
    )


async def people_like(db: Database, text: str, limit: int) -> list[Record]:
    """Candidates whose a sender could be."""
    return await many(
        db,
        "SELECT c.candidate_id, c.full_name, c.language, c.phone, c.email, here.position_title "
        "FROM candidates c LEFT JOIN LATERAL (SELECT p.title AS position_title FROM applications a "
        "JOIN positions p USING (position_id) WHERE a.candidate_id = c.candidate_id AND a.stage > 0 "
        "ORDER BY a.last_activity_at DESC LIMIT 1) here ON true "
        "WHERE c.search LIKE $1 AND c.merged_into IS NULL AND c.full_name IS NOT NULL "
        "AND NOT COALESCE(c.withdrawn, false) ORDER BY c.full_name, c.candidate_id LIMIT $2",
        search_pattern(text),
        limit,
    )
