"""Our replica of intake's candidates and applications, in Postgres.

Names are kept as sorted folded words, so that their order is gone before they are compared; a GIN index over
the words narrows a search to those with a word in common. Whoever has several ids is looked for under all.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.intake import ApplicationStatus
from rapidfuzz import fuzz, process

from cv_matching.domain.names import NamedCandidate, words
from cv_matching.ports import ApplicationCard, AwaitingCandidate, CandidateCard

TAKES_CV = (
    ApplicationStatus.QUALIFIED,
    ApplicationStatus.AWAITING_CV,
    ApplicationStatus.CV_FOLLOWUP_1,
    ApplicationStatus.CV_FOLLOWUP_2,
    ApplicationStatus.CV_OVERDUE,
    ApplicationStatus.NOT_QUALIFIED,
    ApplicationStatus.AWAITING_CV_REJECTED,
)
"""Statuses in which a CV is waited for: asked for, or about to be."""

_PERSON = "coalesce(m.person_id, c.candidate_id)"
_WAITS = """
(exists (select from applications a where a.candidate_id = c.candidate_id and a.status = any($2))
 or exists (select from members o join applications a using (candidate_id)
            where o.person_id = m.person_id and a.status = any($2)))
"""
"""A person waits for a CV to be asked for under any of their ids. ``$2``: the statuses that take one."""

SHORTLIST_CUTOFF = 55.0
"""Letters in common, 0 to 100 (rapidfuzz ratio of sorted words); an initial for a name costs much of it."""


class PostgresDirectory:
    async def keep_candidate(self, tx: Tx, card: CandidateCard) -> None:
        kept = await tx.db.fetchval(
            """
            insert into candidates (candidate_id, name, words, name_key, given_names, as_of)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (candidate_id) do update
            set name = excluded.name, words = excluded.words, name_key = excluded.name_key,
                given_names = excluded.given_names, as_of = excluded.as_of
            where candidates.as_of <= excluded.as_of
            returning candidate_id
            """,
            card.candidate_id,
            card.name,
            words(card.name),
            _key(card.name),
            card.given_names,
            card.as_of,
        )
        if kept is None:
            return
        await tx.db.execute("delete from contacts where candidate_id = $1 and not former", card.candidate_id)
        await _keep_contacts(tx, card, former=False)

    async def keep_former_contacts(self, tx: Tx, before: CandidateCard) -> None:
        await _keep_contacts(tx, before, former=True)

    async def forget_former_contacts(self, tx: Tx, again: CandidateCard) -> None:
        await tx.db.execute(
            "delete from contacts where candidate_id = $1 and former and value = any($2::text[])",
            again.candidate_id,
            [*again.emails, *again.phones],
        )

    async def keep_application(self, tx: Tx, application: ApplicationCard, sequence: int) -> None:
        await tx.db.execute(
            """
            insert into applications (application_id, candidate_id, status, sequence) values ($1, $2, $3, $4)
            on conflict (application_id) do update
            set candidate_id = excluded.candidate_id, status = excluded.status, sequence = excluded.sequence
            where applications.sequence < excluded.sequence
            """,
            application.application_id,
            application.candidate_id,
            application.status,
            sequence,
        )

    async def application(self, tx: Tx, application_id: int) -> ApplicationCard | None:
        row = await tx.db.fetchrow(
            "select candidate_id, status from applications where application_id = $1", application_id
        )
        return row and ApplicationCard(row["candidate_id"], application_id, ApplicationStatus(row["status"]))

    async def with_email(self, tx: Tx, email: str) -> tuple[int, ...]:
        return await self._with_contact(tx, "email", email)

    async def with_phone(self, tx: Tx, phone: str) -> tuple[int, ...]:
        return await self._with_contact(tx, "phone", phone)

    async def of_applications(self, tx: Tx, application_ids: Sequence[int]) -> tuple[int, ...]:
        rows = await tx.db.fetch(
            f"""
            select distinct {_PERSON} as person_id
            from applications c left join members m using (candidate_id)
            where c.application_id = any($1) order by 1
            """,  # noqa: S608 constants
            list(application_ids),
        )
        return tuple(row["person_id"] for row in rows)

    async def namesakes(self, tx: Tx, name: str) -> tuple[int, ...]:
        rows = await tx.db.fetch(
            f"""
            select distinct {_PERSON} as person_id from candidates c left join members m using (candidate_id)
            where c.name_key = $1 order by 1 limit 20
            """,  # noqa: S608 constants
            _key(name),
        )
        return tuple(row["person_id"] for row in rows)

    async def awaiting_named_like(self, tx: Tx, name: str) -> tuple[NamedCandidate, ...]:
        whole_words = [word for word in words(name) if len(word) > 1]
        rows = await tx.db.fetch(
            f"""
            select {_PERSON} as person_id, c.name, c.name_key
            from candidates c left join members m using (candidate_id)
            where c.words && $1::text[] and {_WAITS}
            """,  # noqa: S608 constants
            whole_words,
            list(TAKES_CV),
        )
        alike = process.extract(
            _key(name),
            [row["name_key"] for row in rows],
            scorer=fuzz.ratio,
            score_cutoff=SHORTLIST_CUTOFF,
            limit=None,
        )
        named = dict.fromkeys((rows[at]["person_id"], rows[at]["name"]) for _, _, at in alike)
        return tuple(NamedCandidate(person_id, name) for person_id, name in named)

    async def awaiting_with_email(self, tx: Tx, email: str) -> tuple[AwaitingCandidate, ...]:
        return await self._awaiting_with_contact(tx, "email", email)

    async def awaiting_with_phone(self, tx: Tx, phone: str) -> tuple[AwaitingCandidate, ...]:
        return await self._awaiting_with_contact(tx, "phone", phone)

    async def open_applications(self, tx: Tx, candidate_id: int) -> tuple[ApplicationCard, ...]:
        rows = await tx.db.fetch(
            """
            select application_id, candidate_id, status from applications
            where status <> $2 and candidate_id in (
                select $1::bigint
                union select o.candidate_id from members m join members o using (person_id)
                where m.candidate_id = $1)
            order by 1
            """,
            candidate_id,
            ApplicationStatus.CLOSED,
        )
        return tuple(
            ApplicationCard(row["candidate_id"], row["application_id"], ApplicationStatus(row["status"]))
            for row in rows
        )

    async def _with_contact(self, tx: Tx, kind: str, value: str) -> tuple[int, ...]:
        rows = await tx.db.fetch(
            f"""
            select distinct {_PERSON} as person_id from contacts c left join members m using (candidate_id)
            where c.kind = $1 and c.value = $2 order by 1 limit 20
            """,  # noqa: S608 constants
            kind,
            value,
        )
        return tuple(row["person_id"] for row in rows)

    async def _awaiting_with_contact(self, tx: Tx, kind: str, value: str) -> tuple[AwaitingCandidate, ...]:
        rows = await tx.db.fetch(
            f"""
            select {_PERSON} as person_id, min(c.name) as name,
                   string_agg(distinct c.given_names, ' ') as given_names
            from contacts join candidates c using (candidate_id) left join members m using (candidate_id)
            where kind = $1 and value = $3 and {_WAITS}
            group by 1 order by 1 limit 20
            """,  # noqa: S608 constants
            kind,
            list(TAKES_CV),
            value,
        )
        return tuple(
            AwaitingCandidate(NamedCandidate(row["person_id"], row["name"]), row["given_names"])
            for row in rows
        )


async def _keep_contacts(tx: Tx, card: CandidateCard, *, former: bool) -> None:
    contacts = [("email", each) for each in card.emails] + [("phone", each) for each in card.phones]
    await tx.db.execute(
        """
        insert into contacts (candidate_id, kind, value, former)
        select $1, kind, value, $4 from unnest($2::text[], $3::text[]) as given (kind, value)
        on conflict (kind, value, candidate_id) do nothing
        """,
        card.candidate_id,
        [kind for kind, _ in contacts],
        [value for _, value in contacts],
        former,
    )


def _key(name: str) -> str:
    return " ".join(sorted(words(name)))
