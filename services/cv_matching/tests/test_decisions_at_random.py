"""Any row of decisions and undoings: what was said of each CV adds up to what the tables hold."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import pytest
from contracts import Accepted, Event
from contracts.cv_matching import CvConfirmed, CvDetached, CvMatched, CvReviewReopened
from contracts.registry import EVENTS
from cv_matching_support import files
from cv_matching_support.deciding import ANA, ION, Desk

APPLICATIONS = {71: ANA, 72: ANA, 81: ION}
STEPS = 60


class Followed:
    """What everybody else knows: folded from the facts alone."""

    def __init__(self) -> None:
        self.there: dict[int, set[UUID]] = {one: set() for one in APPLICATIONS}
        self.doubtful: set[UUID] = set()
        self.confirmed: set[UUID] = set()
        """Stays when a CV is taken away and comes back: nobody looks twice."""
        self.numbers: dict[UUID, tuple[int, int | None]] = {}

    def hear(self, event: Event) -> None:
        if isinstance(event, CvMatched):
            assert event.cv_id not in self.there[event.application_id], "said twice"
            self.there[event.application_id].add(event.cv_id)
            known = self.numbers.setdefault(event.cv_id, (event.application_id, event.number))
            assert known == (event.application_id, event.number), "a CV keeps its number"
            _put(event.cv_id, self.doubtful, there=event.needs_review)
        elif isinstance(event, CvDetached):
            self.there[event.application_id].remove(event.cv_id)
            assert event.cvs_left == len(self.there[event.application_id])
        elif isinstance(event, CvConfirmed | CvReviewReopened):
            assert event.cv_id in self.there[event.application_id]
            _put(event.cv_id, self.confirmed, there=isinstance(event, CvConfirmed))


def _put(cv_id: UUID, those: set[UUID], *, there: bool) -> None:
    (those.add if there else those.discard)(cv_id)


class Recruiters:
    """Decide about anything, and take back whatever may be taken back."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.items: list[UUID] = []
        self.before: dict[UUID, tuple[UUID, object]] = {}
        self.merged: UUID | None = None
        self.sequence = 1

    async def do_something(self) -> str:
        chance, desk = self.chance, self.desk
        kind = chance.choice(("receive", "upload", "assign", "reassign", "confirm", "discard", "world"))
        if kind == "receive" or not self.items:
            self.items.append(await desk.received(matched=chance.random() < 0.5))
            return "receive"
        if kind == "world":
            return await self._the_world_moves()
        item_id, application_id = chance.choice(self.items), chance.choice(list(APPLICATIONS))
        seen = await self.seen(item_id)
        cvs = [cv_id for cv_id, *_ in await self._cvs(item_id)] or [uuid4()]
        if kind == "upload":
            reply = await desk.upload(application_id, files.a_pdf(str(uuid4())))
        elif kind == "assign":
            reply = await desk.assign(item_id, application_id)
        elif kind == "discard":
            reply = await desk.discard(item_id)
        elif kind == "confirm":
            reply = await desk.confirm(chance.choice(cvs))
        else:
            reply = await desk.reassign(chance.choice(cvs), application_id)
        if isinstance(reply, Accepted) and kind != "upload":
            self.before[UUID(reply.result["decision_id"])] = (item_id, seen)
        return f"{kind} {'done' if isinstance(reply, Accepted) else reply.code}"

    async def take_something_back(self) -> str:
        if not self.before:
            return "nothing to take back"
        decision_id = self.chance.choice(list(self.before)[-6:])
        item_id, seen = self.before[decision_id]
        reply = await self.desk.undo(decision_id)
        if not isinstance(reply, Accepted):
            return f"undo {reply.code}"
        del self.before[decision_id]
        assert await self.seen(item_id) == seen, "exactly as it was"
        return "undone"

    async def _the_world_moves(self) -> str:
        self.sequence += 1
        if self.chance.random() < 0.7:
            number, candidate_id = self.chance.choice(list(APPLICATIONS.items()))
            status = self.chance.choice(("awaiting_cv", "cv_received", "closed"))
            await self.desk.stands(number, status, candidate_id=candidate_id, sequence=self.sequence)
            return f"{number} becomes {status}"
        async with self.desk.room.begin() as tx:
            if self.merged is None:
                self.merged = uuid4()
                await self.desk.merges.merged(tx, self.merged, ANA, ION)
                return "merged"
            await self.desk.merges.unmerged(tx, self.merged, ANA, ION)
            self.merged = None
            return "unmerged"

    async def seen(self, item_id: UUID) -> object:
        """What a recruiter sees of a file: its state, and whose it is."""
        return await self.desk.state(item_id), [row for row in await self._cvs(item_id) if row[2]]

    async def _cvs(self, item_id: UUID) -> list[tuple[UUID, int, bool, bool]]:
        async with self.desk.room.begin() as tx:
            found = await self.desk.decisions.attachments(tx, item_id)
        return [(one.cv_id, one.application_id, one.attached, one.needs_review) for one in found]


@pytest.mark.parametrize("_", range(4))
async def test_what_is_said_adds_up_to_what_is_kept(desk: Desk, _: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    recruiters = Recruiters(desk, chance)
    followed, heard = Followed(), 0
    for _step in range(STEPS):
        if chance.random() < 0.3:
            print(await recruiters.take_something_back())
        else:
            print(await recruiters.do_something())
        rows = await desk.room.pool.fetch(
            "select id, type, data from outbox where id > $1 order by id", heard
        )
        for row in rows:
            heard = row["id"]
            followed.hear(EVENTS[row["type"]].model_validate_json(row["data"]))
        kept = await desk.room.pool.fetch(
            "select cv_id, application_id, needs_review from cvs where detached_at is null"
        )
        there = {(row["application_id"], row["cv_id"]) for row in kept}
        assert there == {(number, cv_id) for number, cvs in followed.there.items() for cv_id in cvs}
        to_look_at = {row["cv_id"] for row in kept if row["needs_review"]}
        assert to_look_at == {cv_id for _, cv_id in there} & (followed.doubtful - followed.confirmed)
