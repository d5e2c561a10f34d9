"""The search for a name stops early on PostgreSQL: who stands out is who would among everybody."""

from __future__ import annotations

import random

from chassis.testing import InMemoryTx
from contracts.intake import ApplicationStatus
from cv_matching.domain.names import MARGIN
from cv_matching.domain.verdicts import Person, ranked, stands_out
from cv_matching.ports import ApplicationCard
from cv_matching_support.ports import MemoryDirectory
from cv_matching_support.stores import Store, a_card
from people import fold, other_forms

GIVEN = ("Mihai", "Mihail", "Mihaela", "Alexandru", "Alexandra", "Ioan", "Ion", "Ioana", "Elena", "George")
FAMILY = ("Popescu", "Popesco", "Ionescu", "Munteanu", "Gheorghiu", "Brătianu", "Albescu", "Dumitrescu")


def a_name(chance: random.Random) -> str:
    """As on a form: in any order, at times with a second name, an initial, a short form or a slip."""
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    kind = chance.random()
    if kind < 0.2 and (forms := sorted(other_forms(fold(given)))):
        given = chance.choice(forms)
    elif kind < 0.3:
        given = given[0]
    elif kind < 0.45:
        at = chance.randrange(2, len(family) - 2)
        family = family[:at] + family[at + 1] + family[at] + family[at + 2 :]
    elif kind < 0.6:
        given = f"{given} {chance.choice(GIVEN)}"
    return fold(f"{given} {family}" if chance.random() < 0.5 else f"{family} {given}")


def who_stands_out(name: str, people: tuple[Person, ...]) -> tuple[int, int] | None:
    ranking = ranked(name, people)
    return (ranking[0][0].candidate_id, ranking[0][1]) if stands_out(ranking) else None


async def test_who_stands_out_by_name_is_who_would_among_everybody(on_postgres: Store) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    everybody, memory = MemoryDirectory(), InMemoryTx()
    early = found = 0
    async with on_postgres.begin() as tx:
        for number in range(1, 161):
            card = a_card(number, a_name(chance))
            status = chance.choice([ApplicationStatus.AWAITING_CV] * 3 + [ApplicationStatus.CALL_QUEUED])
            for directory, into in ((on_postgres.directory, tx), (everybody, memory)):
                await directory.keep_candidate(into, card)
                await directory.keep_application(into, ApplicationCard(number, number, status), 1)
        for _ in range(400):
            name = a_name(chance)
            near, full = (
                await on_postgres.directory.named_like(tx, name),
                await everybody.named_like(memory, name),
            )
            assert who_stands_out(name, near) == who_stands_out(name, full), name
            assert {one.candidate_id for one in near} <= {one.candidate_id for one in full}
            if len(near) < len(full):
                early += 1
                scores = [score for _, score in ranked(name, near)]
                assert scores[0] - scores[1] < MARGIN
            found += who_stands_out(name, full) is not None
    assert early
    assert found
