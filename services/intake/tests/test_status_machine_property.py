"""Whatever arrives and whoever decides, in whatever order, however often: the status machine holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contracts.intake import Confirmation
from hypothesis import settings
from hypothesis.stateful import invariant
from intake.domain.applications import wait_of
from intake.domain.status_machine import OUTCOMES, ClosedBecause, Status
from intake_support.deciding import Decided
from intake_support.drawn import PROPOSALS, ROUTES, TIMED, agrees
from intake_support.hearing import Story


class AnyOrder(Decided):
    """Recruiters, merges and imports decide; the pipeline goes on meanwhile."""

    # What always holds

    @invariant()
    def the_audit_chain_has_no_gap(self) -> None:
        status = Status.PENDING_CALL
        for number, row in enumerate(self.room.shelf.audit, start=1):
            assert (row.sequence, row.previous) == (number, status)
            assert row.reason
            status = row.current
        assert (self.one.status, self.one.sequence) == (status, len(self.room.shelf.audit))

    @invariant()
    def every_transition_is_published_with_its_audit_row(self) -> None:
        said = [
            (event.sequence, event.previous.value, event.current.value, event.by_hand, event.undoes)
            for event in self.published
        ]
        assert said == [
            (row.sequence, row.previous.value, row.current.value, row.by_hand, row.undoes)
            for row in self.room.shelf.audit
        ]

    @invariant()
    def side_fields_agree_with_the_status(self) -> None:
        for one in (self.one, self.one.set_aside):
            if one is not None:
                agrees(one)
        last = self.published[-1] if self.published else None
        if last is not None and last.sequence == self.one.sequence:
            queued = self.one.status is Status.CALL_QUEUED
            assert last.call_under_way is None or (queued and last.call_under_way in self.one.calls)
            assert last.closed_because == (self.one.closed_because and self.one.closed_because.value)
            assert last.evaluation_id == self.one.evaluation_id
            assert self.one.needs_review == (last.needs_review and self.one.proposed)
            assert self.one.proposed <= last.proposed <= (self.one.proposed or self.one.confirmed)

    @invariant()
    def only_a_decision_sets_something_aside(self) -> None:
        last = self.room.shelf.audit[-1] if self.room.shelf.audit else None
        merged = self.one.closed_because is ClosedBecause.MERGED
        assert (self.one.set_aside is not None) == (last is not None and (last.by_hand or merged))
        assert (self.one.set_aside is None) == (self.double is None)

    @invariant()
    def only_what_the_position_wants_to_see_is_proposed(self) -> None:
        if self.one.proposed:
            wanted = self.one.status in PROPOSALS[self.details.confirmation]
            assert wanted or (self.one.needs_review and self.one.status in OUTCOMES)

    @invariant()
    def exactly_the_timer_of_the_status_waits(self) -> None:
        key = wait_of(self.one)
        assert (key is not None) == (self.one.status in TIMED and not self.one.proposed)
        assert set(self.tx.waiting) <= ({key} if key else set())
        assert (self.one.timer_id is not None) == (key is not None)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=300, stateful_step_count=50, deadline=None, print_blob=True)


@pytest.fixture(autouse=True, scope="module")
def say_how_far_it_went(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\nstatus machine: {Story.steps:,} steps; {', '.join(sorted(Story.seen))}")


@pytest.mark.parametrize("confirmation", Confirmation)
@pytest.mark.parametrize("start", Status)
def test_the_stories_can_begin_in_every_status_that_can_be_left(
    start: Status, confirmation: Confirmation
) -> None:
    """A property that never sees a status says nothing about it."""
    if start is Status.CLOSED:
        assert start not in ROUTES
    else:
        AnyOrder().open_application(start, confirmation)
