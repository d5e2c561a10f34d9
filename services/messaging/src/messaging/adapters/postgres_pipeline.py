"""The replica of positions, candidates and applications."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis import Tx

from messaging.adapters.postgres_conversations import linked_writer
from messaging.adapters.postgres_merges import forget_former, keep_former, keep_merge
from messaging.domain.cv_requests import TO_CONFIRM
from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.domain.quiet_hours import zones_of
from messaging.ports import Addressee, NotYetKnown, Person, Position, Standing

_WRITERS = """
    SELECT person_id AS candidate_id,
           (SELECT a.application_id FROM applications a
            WHERE a.status NOT IN ('closed', 'set_aside') AND a.candidate_id IN (
                SELECT found.person_id
                UNION SELECT m.candidate_id FROM members m WHERE m.person_id = found.person_id)
            ORDER BY a.application_id DESC LIMIT 1) AS application_id
    FROM (
        SELECT DISTINCT coalesce(m.person_id, c.candidate_id) AS person_id
        FROM (
            SELECT candidate_id FROM candidates WHERE {has}
            UNION ALL SELECT candidate_id FROM former_contacts WHERE value = $1
        ) AS c LEFT JOIN members m USING (candidate_id)
    ) AS found
    ORDER BY person_id
"""
_BY_EMAIL = _WRITERS.format(has="email = $1")
_BY_PHONE = _WRITERS.format(has="phone = $1 OR whatsapp_number = $1")


_IDS_OF = """ARRAY(SELECT {0} UNION SELECT candidate_id FROM members WHERE person_id =
    (SELECT person_id FROM members WHERE candidate_id = {0}))"""
_FORBIDDEN = "ARRAY(SELECT DISTINCT channel FROM do_not_contact WHERE candidate_id = ANY({0})) AS forbidden"
_STANDING = f"""
    SELECT a.candidate_id, a.status, a.cv_known, c.first_name, c.email, c.time_zone,
           coalesce(c.whatsapp_number, c.phone) AS phone, c.language AS spoken,
           p.language, p.title, p.follow_up_interval_hours, p.closed, p.time_zone AS position_zone,
           {_FORBIDDEN.format(_IDS_OF.format("a.candidate_id"))}
    FROM applications a JOIN candidates c USING (candidate_id) JOIN positions p USING (position_id)
    WHERE a.application_id = $1
"""  # noqa: S608
_ADDRESSEE = f"""
    SELECT c.candidate_id, those.ids, c.email, coalesce(c.whatsapp_number, c.phone) AS phone, c.language,
           {_FORBIDDEN.format("those.ids")}
    FROM (SELECT {_IDS_OF.format("$1::bigint")} AS ids) AS those
    JOIN candidates c ON c.candidate_id = coalesce(
        (SELECT person_id FROM members WHERE candidate_id = $1), $1)
"""  # noqa: S608


class PostgresPipeline:
    async def position_reads(self, tx: Tx, position: Position) -> None:
        await tx.db.execute(
            """INSERT INTO positions
                   (position_id, revision, title, language, follow_up_interval_hours, closed, time_zone)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (position_id) DO UPDATE SET
                   revision = excluded.revision, title = excluded.title, language = excluded.language,
                   follow_up_interval_hours = excluded.follow_up_interval_hours, closed = excluded.closed,
                   time_zone = excluded.time_zone
               WHERE positions.revision < excluded.revision""",
            position.position_id,
            position.revision,
            position.title,
            position.language,
            position.follow_up_interval_hours,
            position.closed,
            position.time_zone,
        )

    async def person_reads(self, tx: Tx, person: Person) -> None:
        await tx.db.execute(
            """INSERT INTO candidates
                   (candidate_id, first_name, email, phone, whatsapp_number, language, time_zone)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (candidate_id) DO UPDATE SET
                   first_name = excluded.first_name, email = excluded.email, phone = excluded.phone,
                   whatsapp_number = excluded.whatsapp_number, language = excluded.language,
                   time_zone = excluded.time_zone""",
            person.candidate_id,
            person.first_name,
            person.email,
            person.phone,
            person.whatsapp_number,
            person.language,
            person.time_zone,
        )

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        await tx.db.execute(
            """INSERT INTO applications (application_id, candidate_id, position_id) VALUES ($1, $2, $3)
               ON CONFLICT (application_id) DO NOTHING""",
            application_id,
            candidate_id,
            position_id,
        )

    async def application_stands(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        moved = await tx.db.fetchval(
            """UPDATE applications SET status = $2, sequence = $3
               WHERE application_id = $1 AND sequence < $3 RETURNING true""",
            application_id,
            status,
            sequence,
        )
        if moved is None and not await self._is_known(tx, application_id):
            raise NotYetKnown(application_id)
        return moved is True

    async def outcome_confirmed(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        counts = await tx.db.fetchval(
            """UPDATE applications SET status = $2
               WHERE application_id = $1 AND sequence = $3 AND status = $4 RETURNING true""",
            application_id,
            status,
            sequence,
            TO_CONFIRM,
        )
        if counts is None and not await self._is_known(tx, application_id):
            raise NotYetKnown(application_id)
        return counts is True

    async def cv_arrived(self, tx: Tx, application_id: int) -> None:
        await self._mark_cv(tx, application_id, known=True)

    async def cv_gone(self, tx: Tx, application_id: int) -> None:
        await self._mark_cv(tx, application_id, known=False)

    async def _mark_cv(self, tx: Tx, application_id: int, *, known: bool) -> None:
        marked = await tx.db.fetchval(
            "UPDATE applications SET cv_known = $2 WHERE application_id = $1 RETURNING true",
            application_id,
            known,
        )
        if marked is None:
            raise NotYetKnown(application_id)

    async def standing(self, tx: Tx, application_id: int) -> Standing:
        row = await tx.db.fetchrow(_STANDING, application_id)
        if row is None:
            raise NotYetKnown(application_id)
        return Standing(
            application_id=application_id,
            candidate_id=row["candidate_id"],
            status=row["status"],
            cv_known=row["cv_known"],
            first_name=row["first_name"],
            email=row["email"],
            phone=row["phone"],
            languages=(row["spoken"], row["language"]),
            title=row["title"],
            follow_up_interval=timedelta(hours=row["follow_up_interval_hours"]),
            forbidden=frozenset(Channel(channel) for channel in row["forbidden"]),
            position_closed=row["closed"],
            zones=zones_of(row["time_zone"], row["phone"], row["position_zone"]),
            position_zone=row["position_zone"],
        )

    async def addressee(self, tx: Tx, candidate_id: int) -> Addressee | None:
        row = await tx.db.fetchrow(_ADDRESSEE, candidate_id)
        if row is None:
            return None
        return Addressee(
            candidate_id=row["candidate_id"],
            ids=row["ids"],
            email=row["email"],
            phone=row["phone"],
            language=row["language"],
            forbidden=frozenset(Channel(channel) for channel in row["forbidden"]),
        )

    async def candidate_of(self, tx: Tx, application_id: int) -> int | None:
        candidate_id: int | None = await tx.db.fetchval(
            "SELECT candidate_id FROM applications WHERE application_id = $1", application_id
        )
        return candidate_id

    async def contact_forbidden(
        self, tx: Tx, candidate_id: int, channel: Channel, *, forbidden: bool
    ) -> None:
        statement = (
            "INSERT INTO do_not_contact (candidate_id, channel) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            if forbidden
            else "DELETE FROM do_not_contact WHERE candidate_id = $1 AND channel = $2"
        )
        await tx.db.execute(statement, candidate_id, channel.value)

    async def merge_kept(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int, *, undone: bool) -> None:
        await keep_merge(tx, merge_id, kept_id, merged_id, undone=undone)

    async def person_read(self, tx: Tx, before: Person) -> None:
        await keep_former(tx, before.candidate_id, _contacts(before))

    async def reads_as_before(self, tx: Tx, person: Person) -> None:
        await forget_former(tx, person.candidate_id, _contacts(person))

    async def writers_by_email(self, tx: Tx, folded: str) -> list[Writer]:
        rows = await tx.db.fetch(_BY_EMAIL, folded)
        return [Writer(row["candidate_id"], row["application_id"]) for row in rows]

    async def writers_by_phone(self, tx: Tx, e164: str) -> list[Writer]:
        rows = await tx.db.fetch(_BY_PHONE, e164)
        return [Writer(row["candidate_id"], row["application_id"]) for row in rows]

    async def linked_writer(self, tx: Tx, sender: str) -> Writer | None:
        return await linked_writer(tx, sender)

    async def _is_known(self, tx: Tx, application_id: int) -> bool:
        found = await tx.db.fetchval(
            "SELECT true FROM applications WHERE application_id = $1", application_id
        )
        return found is True


def _contacts(person: Person) -> list[str]:
    return [each for each in (person.email, person.phone, person.whatsapp_number) if each]
