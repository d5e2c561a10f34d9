"""Our replica of intake's candidates and applications, in Postgres.

A name is looked for by keys of two words each (``names.name_keys``), so that the thousands who share a family
name are never read; the rules then compare the few that are left. Whoever has several ids is looked for
under all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import Tx
from contracts.intake import ApplicationStatus

from cv_matching.domain.names import MARGIN, THRESHOLD, close_keys, likeness, name_keys, search_keys
from cv_matching.domain.verdicts import Person
from cv_matching.ports import ApplicationCard, CandidateCard, SenderLink

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
_REACHED = """
(select candidate_id from contacts where kind = $1 and value = any($2::text[])
 union select candidate_id from links where kind = $1 and value = any($2::text[]))
"""
_KNOWN = """
with asked as (select distinct id from unnest($1::bigint[]) id),
ids as (select id as person_id, id as candidate_id from asked
        union select m.person_id, m.candidate_id from members m join asked on asked.id = m.person_id)
select i.person_id, c.name,
       array(select kind || ':' || value from contacts where candidate_id = i.candidate_id
             union select kind || ':' || value from links where candidate_id = i.candidate_id) as contacts,
       exists (select from applications a
               where a.candidate_id = i.candidate_id and a.status = any($2)) as waits
from ids i left join candidates c using (candidate_id)
"""
_KEEP = """
with given as (select kind, value from unnest($5::text[], $6::text[]) as g (kind, value)),
kept as (
    insert into candidates (candidate_id, name, name_keys, as_of) values ($1, $2, $3, $4)
    on conflict (candidate_id) do update
    set name = excluded.name, name_keys = excluded.name_keys, as_of = excluded.as_of
    where candidates.as_of <= excluded.as_of
    returning candidate_id),
gone as (
    delete from contacts c using kept
    where c.candidate_id = kept.candidate_id and not c.former and (c.kind, c.value) not in (table given))
insert into contacts (candidate_id, kind, value, former)
select kept.candidate_id, given.kind, given.value, false from kept, given
on conflict (kind, value, candidate_id) do nothing
"""
"""In one statement: an import brings a hundred thousand."""
MOST_ALIKE = 20
"""More who are alike say no more: who they are can't be told by the name."""


class PostgresDirectory:
    async def keep_candidate(self, tx: Tx, card: CandidateCard) -> None:
        kinds, values = _contacts(card)
        await tx.db.execute(
            _KEEP,
            card.candidate_id,
            card.name,
            name_keys(card.name),
            card.as_of,
            kinds,
            values,
        )

    async def keep_former_contacts(self, tx: Tx, before: CandidateCard) -> None:
        kinds, values = _contacts(before)
        await tx.db.execute(
            """
            insert into contacts (candidate_id, kind, value, former)
            select $1, kind, value, true from unnest($2::text[], $3::text[]) as given (kind, value)
            on conflict (kind, value, candidate_id) do nothing
            """,
            before.candidate_id,
            kinds,
            values,
        )

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

    async def keep_link(self, tx: Tx, link: SenderLink) -> None:
        await tx.db.execute(
            "insert into links (link_id, candidate_id, kind, value) values ($1, $2, $3, $4)"
            " on conflict (link_id) do nothing",
            link.link_id,
            link.candidate_id,
            link.kind,
            link.value,
        )

    async def forget_link(self, tx: Tx, link_id: UUID) -> None:
        await tx.db.execute("delete from links where link_id = $1", link_id)

    async def with_email(self, tx: Tx, email: str) -> tuple[int, ...]:
        return await self._reached(tx, "email", [email])

    async def with_phone(self, tx: Tx, *phones: str) -> tuple[int, ...]:
        return await self._reached(tx, "phone", phones)

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

    async def people(self, tx: Tx, candidate_ids: Sequence[int]) -> tuple[Person, ...]:
        rows = await tx.db.fetch(_KNOWN, list(candidate_ids), list(TAKES_CV))
        by_person: dict[int, list[Any]] = {}
        for row in rows:
            by_person.setdefault(row["person_id"], []).append(row)
        return tuple(
            _person(candidate_id, by_person[candidate_id])
            for candidate_id in dict.fromkeys(candidate_ids)
            if any(row["name"] is not None for row in by_person[candidate_id])
        )

    async def named_like(self, tx: Tx, name: str) -> tuple[Person, ...]:
        alike = await self._alike(tx, name, close_keys(name))
        # Two who share two words and are less than the margin apart are doubtful, whoever else there is.
        if len(alike) < 2 or alike[0][0] - alike[1][0] >= MARGIN:
            alike = sorted({*alike, *await self._alike(tx, name, search_keys(name))}, key=_nearest_first)
        nearest = list(dict.fromkeys(person_id for _, person_id in alike))[:MOST_ALIKE]
        return await self.people(tx, nearest) if nearest else ()

    async def _alike(self, tx: Tx, name: str, keys: Sequence[str]) -> list[tuple[int, int]]:
        """Likeness and person, the nearest first; a person once, by the name that is nearest."""
        rows = await tx.db.fetch(
            f"""
            select {_PERSON} as person_id, c.name
            from candidates c left join members m using (candidate_id) where c.name_keys && $1::text[]
            """,  # noqa: S608 constants
            list(keys),
        )
        best: dict[int, int] = {}
        for row in rows:
            if (score := likeness(row["name"], name)) >= THRESHOLD:
                best[row["person_id"]] = max(score, best.get(row["person_id"], 0))
        return sorted(((score, person_id) for person_id, score in best.items()), key=_nearest_first)

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

    async def _reached(self, tx: Tx, kind: str, values: Sequence[str]) -> tuple[int, ...]:
        rows = await tx.db.fetch(
            f"""
            select distinct {_PERSON} as person_id from {_REACHED} c left join members m using (candidate_id)
            order by 1 limit 20
            """,  # noqa: S608 constants
            kind,
            list(values),
        )
        return tuple(row["person_id"] for row in rows)


def _nearest_first(alike: tuple[int, int]) -> tuple[int, int]:
    score, person_id = alike
    return -score, person_id


def _person(candidate_id: int, rows: Sequence[Any]) -> Person:
    contacts = {tuple(each.split(":", 1)) for row in rows for each in row["contacts"]}
    return Person(
        candidate_id,
        names=tuple(sorted({row["name"] for row in rows if row["name"] is not None})),
        emails=frozenset(value for kind, value in contacts if kind == "email"),
        phones=frozenset(value for kind, value in contacts if kind == "phone"),
        waits=any(row["waits"] for row in rows),
    )


def _contacts(card: CandidateCard) -> tuple[list[str], list[str]]:
    kinds = ["email"] * len(card.emails) + ["phone"] * len(card.phones)
    return kinds, [*card.emails, *card.phones]
