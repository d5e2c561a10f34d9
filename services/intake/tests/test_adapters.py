"""One behaviour, two fillings: what the ports promise holds in memory and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from contracts import BlobRef
from contracts.intake import PositionDetails, PositionStatus
from intake.domain.applications import Application, Assignee, Happening, after
from intake.domain.profiles import Profile
from intake.domain.status_machine import ClosedBecause, Fact, Status
from intake.ports import LeadsImport, Move, Notice, Tally
from intake_support.stores import RECRUITER, PostgresStore, Store

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


def a_profile(number: int = 1, **changes: Any) -> Profile:
    profile = Profile(
        full_name=f"Ștefan Pop{number}",
        first_name="Ștefan",
        last_name=f"Pop{number}",
        name_folded=f"stefan pop{number}",
        phone=f"+4071200{number:04}",
        phone_as_given=f"p:071200{number:04}",
        email=f"stefan{number}@example.com",
        whatsapp_number=None,
        language="ro",
        time_zone="Europe/Bucharest",
        source="meta_form",
        lead_id=f"l:{number}",
        lead_key=f"{number}",
        created=NOON,
        campaign_name="Sales",
        platform="fb",
        answers=(("ai_permis?", 'da, \\ "ș"'), ("ok?", "nu")),
    )
    return profile._replace(**changes)


async def an_application(store: Store, number: int = 1, **changes: Any) -> Application:
    position_id = await store.a_position()
    async with store.begin() as tx:
        (candidate_id,) = await store.add(tx, a_profile(number, **changes))
        opened = await store.applications.open(tx, position_id, [candidate_id])
    return Application(opened[candidate_id], candidate_id, position_id)


async def test_a_position_comes_back_as_it_was_written(store: Store) -> None:
    details = PositionDetails(
        title="Vânzări", campaign_questions="Ai permis?\nPoți călători?", calling_days=[0, 4]
    )
    async with store.begin() as tx:
        position_id = await store.positions.add(tx, details)
    async with store.begin() as tx:
        position = await store.positions.lock(tx, position_id)
        assert position is not None
        assert (position.revision, position.details) == (1, details)
        paused = details.model_copy(update={"status": PositionStatus.PAUSED})
        await store.positions.revise(tx, replace(position, revision=2, details=paused))
    async with store.begin() as tx:
        again = await store.positions.get(tx, position_id)
        assert again is not None
        assert (again.revision, again.details) == (2, paused)
        assert await store.positions.get(tx, position_id + 1) is None
        assert await store.positions.lock(tx, position_id + 1) is None


async def test_candidates_come_back_as_they_were_written(store: Store) -> None:
    bare = a_profile(
        2, phone=None, email=None, created=None, campaign_name=None, platform=None, time_zone=None, answers=()
    )
    async with store.begin() as tx:
        ids = await store.add(tx, a_profile(1), bare)
        assert await store.add(tx) == []
    async with store.begin() as tx:
        known = await store.candidates.with_lead_keys(tx, ["1", "2", "3"])
        assert known == {"1": (ids[0], a_profile(1)), "2": (ids[1], bare)}
        await store.candidates.revise(tx, {ids[0]: a_profile(1, email="new@example.com", answers=())})
        await store.candidates.revise(tx, {})
    async with store.begin() as tx:
        known = await store.candidates.with_lead_keys(tx, ["1"])
        assert known["1"] == (ids[0], a_profile(1, email="new@example.com", answers=()))


async def test_possible_duplicates_are_found_once(store: Store) -> None:
    async with store.begin() as tx:
        first, other, both, alone = await store.add(
            tx,
            a_profile(1),
            a_profile(2, phone="+40712000001"),
            a_profile(3, phone="+40712000001", email="stefan1@example.com"),
            a_profile(4),
        )
        found = await store.duplicates.note_same_contact(tx, [first, other, both, alone])
        pairs = {(one.candidate_id, one.other_candidate_id): one.shared for one in found}
        assert pairs == {(other, first): ["phone"], (both, first): ["phone", "email"]}
        assert await store.duplicates.note_same_contact(tx, [first, other, both, alone]) == []
        assert await store.duplicates.note_same_contact(tx, []) == []


async def test_people_without_phone_and_email_are_nobodys_duplicates(store: Store) -> None:
    async with store.begin() as tx:
        ids = await store.add(tx, a_profile(1, phone=None, email=None), a_profile(2, phone=None, email=None))
        assert await store.duplicates.note_same_contact(tx, ids) == []


async def test_a_candidate_applies_once_to_a_position(store: Store) -> None:
    first, second = await store.a_position(), await store.a_position()
    async with store.begin() as tx:
        ids = await store.add(tx, a_profile(1), a_profile(2))
        assert await store.applications.open(tx, first, []) == {}
        opened = await store.applications.open(tx, first, ids[:1])
        assert list(opened) == ids[:1]
        assert list(await store.applications.open(tx, first, ids)) == ids[1:]
        assert sorted(await store.applications.open(tx, second, ids)) == ids


async def test_applications_of_new_candidates_get_the_ids_they_were_given(store: Store) -> None:
    position_id = await store.a_position()
    async with store.begin() as tx:
        ids = await store.add(tx, a_profile(1), a_profile(2))
        given = dict(zip(ids, await store.applications.new_ids(tx, 2), strict=True))
        await store.applications.add(tx, position_id, given)
        await store.applications.add(tx, position_id, {})
        assert await store.applications.open(tx, position_id, ids) == {}
        for candidate_id, application_id in given.items():
            fresh = Application(application_id, candidate_id, position_id)
            assert await store.applications.lock(tx, application_id) == fresh


async def test_an_application_comes_back_as_it_was_saved(store: Store) -> None:
    fresh = await an_application(store)
    queued = after(fresh, Happening(Fact.CALL_REQUESTED, "asked"))
    calling = after(queued, Happening(Fact.CALL_PLACED, "placed", uuid4()))
    full = replace(
        calling,
        score=80,
        qualified=True,
        score_notes="clear",
        callback_at=NOON,
        needs_human_reason="why",
        cv_received_at=NOON,
        timer_id=uuid4(),
        calls=(uuid4(), uuid4()),
        on_the_phone=True,
        closed_because=ClosedBecause.NO_CV,
        proposed=True,
        confirmed=True,
        assignee=Assignee("7", "Ioana Recruiter"),
    )
    full = replace(full, set_aside=replace(full, timer_id=None, status=Status.CLOSED))
    async with store.begin() as tx:
        assert await store.applications.lock(tx, fresh.application_id) == fresh
        assert await store.applications.lock(tx, fresh.application_id + 1) is None
        await store.applications.save(tx, [Move(fresh, queued, RECRUITER, "asked", None)])
        await store.applications.save(tx, [Move(queued, full, RECRUITER, "placed", uuid4())])
        await store.applications.save(tx, [])
    async with store.begin() as tx:
        assert await store.applications.lock(tx, fresh.application_id) == full


async def test_many_are_locked_for_calling_with_what_decides(store: Store) -> None:
    one = await an_application(store, 1)
    other = await an_application(store, 2, phone=None)
    async with store.begin() as tx:
        found = await store.applications.lock_for_calling(
            tx, [other.application_id, 999_999, one.application_id]
        )
    assert [(entry.application, entry.position_status, entry.phone) for entry in found] == [
        (one, "open", "+40712000001"),
        (other, "open", None),
    ]


async def test_an_import_remembers_how_far_it_is(store: Store) -> None:
    begun = LeadsImport(uuid4(), await store.a_position(), BlobRef(key="k", size=1), "leads.csv", RECRUITER)
    further = replace(
        begun, tally=Tally(records=2, rows=2, refused=1), refused_because="why", finished_at=NOON
    )
    async with store.begin() as tx:
        await store.imports.add(tx, begun)
        assert await store.imports.lock(tx, begun.import_id) == begun
        assert await store.imports.lock(tx, UUID(int=0)) is None
        await store.imports.save(
            tx, further, [Notice(3, "c", True), Notice(2, "b", True), Notice(4, "flag", False)]
        )
    async with store.begin() as tx:
        assert await store.imports.lock(tx, begun.import_id) == further
        refused = await store.imports.notices(tx, begun.import_id, refused=True, limit=1)
        assert refused == [Notice(2, "b", True)]
        flagged = await store.imports.notices(tx, begun.import_id, refused=False, limit=9)
        assert flagged == [Notice(4, "flag", False)]


async def test_every_status_change_is_audited(postgres: PostgresStore) -> None:
    fresh = await an_application(postgres)
    queued = after(fresh, Happening(Fact.CALL_REQUESTED, "asked"))
    remembered = replace(queued, calls=(uuid4(),))
    cause = uuid4()
    async with postgres.begin() as tx:
        await postgres.applications.save(tx, [Move(fresh, queued, RECRUITER, "asked", cause)])
        await postgres.applications.save(tx, [Move(queued, remembered, RECRUITER, "heard of", None)])
    rows = await postgres.pool.fetch(
        "SELECT application_id, sequence, previous, current, actor_kind, actor_id, actor_name, reason,"
        " cause_event_id, by_hand, undoes FROM status_changes"
    )
    assert [tuple(row.values()) for row in rows] == [
        (
            fresh.application_id, 1, "pending_call", "call_queued",
            "recruiter", "7", "Ioana Recruiter", "asked", cause, False, None,
        )
    ]  # fmt: skip


async def test_an_audit_number_is_never_given_twice(postgres: PostgresStore) -> None:
    fresh = await an_application(postgres)
    move = Move(fresh, after(fresh, Happening(Fact.CALL_REQUESTED, "asked")), RECRUITER, "asked", None)
    async with postgres.begin() as tx:
        await postgres.applications.save(tx, [move])
    with pytest.raises(asyncpg.UniqueViolationError):
        async with postgres.begin() as tx:
            await postgres.applications.save(tx, [move])


async def test_a_locked_application_waits_for_its_turn(postgres: PostgresStore) -> None:
    fresh = await an_application(postgres)
    queued = after(fresh, Happening(Fact.CALL_REQUESTED, "asked"))

    async def see() -> Status:
        async with postgres.begin() as tx:
            seen = await postgres.applications.lock(tx, fresh.application_id)
            assert seen is not None
            return seen.status

    async with postgres.begin() as tx:
        await postgres.applications.lock(tx, fresh.application_id)
        other = asyncio.create_task(see())
        done, _ = await asyncio.wait([other], timeout=0.2)
        assert not done
        await postgres.applications.save(tx, [Move(fresh, queued, RECRUITER, "asked", None)])
    assert await other is Status.CALL_QUEUED
