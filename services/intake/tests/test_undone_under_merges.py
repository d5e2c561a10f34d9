"""An import is taken back whose people were merged since: every record of a person goes on reading alike."""

from __future__ import annotations

from uuid import UUID

from contracts.intake import LeadsImported, LeadsImportUndone, LeadsImportUndoRequested, UndoImport
from intake.handlers.undo_import import undo_leads_import
from intake.ports import Imports
from intake_support.files import a_meta_export, a_row
from intake_support.house import House
from intake_support.merging import merge
from intake_support.people import a_person
from intake_support.stores import PostgresStore


async def undo(store: PostgresStore, house: House, import_id: UUID) -> LeadsImportUndone:
    house.ports[Imports] = store.imports
    await house.ask(UndoImport, import_id=import_id)
    await undo_leads_import(
        (await house.said(LeadsImportUndoRequested))[-1],
        store.begin,
        store.imports,
        store.positions,
        store.applications,
        store.candidates,
        store.contacts,
        store.traces,
    )
    return (await house.said(LeadsImportUndone))[-1]


async def test_what_goes_back_of_a_person_goes_back_of_everybody_who_was_merged_into_them(
    postgres: PostgresStore,
) -> None:
    house = House(postgres.pool)
    position_id = await postgres.a_position()
    await postgres.bring_in(a_meta_export([a_row(1)]), position_id)
    kept: int = await postgres.pool.fetchval("SELECT candidate_id FROM candidates")
    changed = a_row(1, phone_number="p:+40712009999")
    second = await postgres.bring_in(a_meta_export([changed]), position_id)
    assert isinstance(second, LeadsImported)
    other = await house.person(a_person(7))
    revision = "SELECT revision FROM candidates WHERE candidate_id = $1"
    before = await postgres.pool.fetchval(revision, kept)
    await merge(house, kept, other)
    assert await postgres.pool.fetchval(revision, kept) == before, "what the other has is nothing new"
    undone = await undo(postgres, house, second.import_id)
    assert (undone.profiles_restored, undone.kept) == (1, [])
    assert [person.phone for person in await house.profiles(kept, other)] == ["+40712000001"] * 2
