"""Whatever comes in whatever order, an application has a CV where it says so, and waits where it has none."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from contracts import Actor
from intake.domain.applications import Application, Happening
from intake.domain.status_machine import BEFORE_A_CV, DECISIONS, Fact, Status
from intake.handlers.moves import moves_of

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
RECRUITER = Actor(kind="recruiter", id="1")
WAITS_FOR_A_CV = {status for those in BEFORE_A_CV.values() for status in those}
WITH_A_CV = set(BEFORE_A_CV)
"""Where only a CV leads; a recruiter who has one on paper is left out of this story."""
PIPELINE = (
    Fact.EVALUATION_REQUESTED,
    Fact.FOUND_QUALIFIED,
    Fact.FOUND_NOT_QUALIFIED,
    Fact.CV_REQUESTED,
    Fact.CV_REQUESTED_FOR_LATER,
    Fact.FOLLOWED_UP_ONCE,
    Fact.FOLLOWED_UP_TWICE,
    Fact.CV_REQUEST_EXPIRED,
    Fact.UNREACHABLE,
    Fact.REJECTED_CV_WAIT_OVER,
    Fact.OVERDUE_CV_WAIT_OVER,
)
BY_PEOPLE = (
    Fact.OVERRIDDEN,
    Fact.RESOLVED,
    Fact.REVERSED,
    Fact.CLOSED_BY_RECRUITER,
    Fact.WITHDRAWN,
    Fact.REOPENED,
    Fact.UNDONE,
    Fact.CLOSED_AS_MERGED,
    Fact.MERGE_UNDONE,
)


class Story:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        start = chance.choice([Status.SCORING, Status.NEEDS_HUMAN, *sorted(WAITS_FOR_A_CV)])
        self.one = Application(1, 1, 1, start)
        self.cvs: list[UUID] = []
        self.told = [start.value]

    def hears(self, happening: Happening) -> None:
        for move in moves_of(self.one, happening, RECRUITER):
            self.one = move.then
        self.told.append(f"{happening.fact.name} -> {self.one.status.value}, {len(self.cvs)} CVs")

    def goes_on(self) -> None:
        kind = self.chance.random()
        if kind < 0.2:
            self.cvs.append(uuid4())
            self.hears(Happening(Fact.CV_MATCHED, "a CV", cv_received_at=NOON))
        elif kind < 0.4 and self.cvs:
            self.cvs.pop(self.chance.randrange(len(self.cvs)))
            if not self.cvs:
                self.hears(Happening(Fact.CV_TAKEN_AWAY, "not theirs"))
        elif kind < 0.75:
            fact = self.chance.choice(PIPELINE)
            proposed = fact in (Fact.FOUND_QUALIFIED, Fact.FOUND_NOT_QUALIFIED) and self.chance.random() < 0.3
            self.hears(Happening(fact, "the pipeline", to_be_confirmed=proposed))
        else:
            self._somebody_decides()

    def _somebody_decides(self) -> None:
        fact = self.chance.choice(BY_PEOPLE)
        targets = [one for one in DECISIONS.get((self.one.status, fact), ()) if one not in WITH_A_CV]
        if targets:
            self.hears(Happening(fact, "decided", status=self.chance.choice(targets)))

    def holds(self) -> None:
        one = self.one
        if self.cvs:
            assert one.status not in WAITS_FOR_A_CV or one.proposed, "has a CV, and waits for one"
            assert one.cv_received_at is not None, "has a CV, and does not know it"
        else:
            assert one.status not in WITH_A_CV, "has no CV, and is said to have one"
            assert one.cv_received_at is None, "has no CV, and believes in one"


@pytest.mark.parametrize("_", range(40))
def test_an_application_agrees_with_the_cvs_it_has(_: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    story = Story(random.Random(seed))
    for _step in range(120):
        story.goes_on()
        try:
            story.holds()
        except AssertionError:
            print("\n".join(story.told[-12:]))
            raise


def test_a_cv_that_comes_back_to_a_closed_application_counts_once_it_is_opened_again() -> None:
    """Else it would stay qualified: nobody asks for a CV that is there, and nothing says that it is."""
    story = Story(random.Random(1))
    story.one = Application(1, 1, 1, Status.CLOSED)
    story.hears(Happening(Fact.CV_MATCHED, "put back", cv_received_at=NOON))
    story.hears(Happening(Fact.REOPENED, "opened again", status=Status.NEEDS_HUMAN))
    story.hears(Happening(Fact.RESOLVED, "a fit", status=Status.QUALIFIED))
    assert story.one.status is Status.CV_RECEIVED
