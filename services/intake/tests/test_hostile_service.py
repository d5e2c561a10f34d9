"""Hostile files through the whole service on real NATS and Postgres, from command to events."""

from __future__ import annotations

from uuid import UUID, uuid4

from chassis.testing import eventually
from contracts import Accepted
from contracts import Refused as RefusedCommand
from contracts.intake import (
    ApplicationOpened,
    ConfirmImport,
    LeadsImported,
    LeadsImportRefused,
    LeadsPreviewed,
    PreviewLeads,
)
from intake_support.hostile import Read, Refused, Table
from intake_support.hostile_files import EMPTIES, RENAMED, SHAPES
from intake_support.hostile_rows import ROWS
from intake_support.hostile_texts import CUTS, ENCODINGS, MARKS, QUOTES
from intake_support.running import Running
from intake_support.stores import RECRUITER

TABLES: tuple[Table, ...] = (RENAMED, EMPTIES, SHAPES, ENCODINGS, MARKS, CUTS, QUOTES, ROWS)
FILES = {name: case for table in TABLES for name, case in list(table.items())[::7] if len(case[0]) < 1 << 20}


async def ended(running: Running, import_id: UUID) -> LeadsPreviewed | LeadsImported | LeadsImportRefused:
    """The last event about an import, once there is one that ends something."""

    async def last() -> list[LeadsPreviewed | LeadsImported | LeadsImportRefused]:
        kinds = (LeadsPreviewed, LeadsImported, LeadsImportRefused)
        return [event for kind in kinds for event in await running.said(kind) if event.import_id == import_id]

    return (await eventually(last, what="the import says how it ended"))[-1]


async def test_each_is_refused_or_comes_in_as_its_preview_said(running: Running) -> None:
    for name, (body, outcome) in FILES.items():
        position_id = await running.open_position()
        file = await running.blobs.put(f"uploads/{uuid4()}", body, "text/csv")
        wish = PreviewLeads(
            command_id=uuid4(), actor=RECRUITER, position_id=position_id, file=file, file_name="leads.csv"
        )
        reply = await running.ask(wish)
        if isinstance(reply, RefusedCommand):
            assert outcome == Refused(reply.code), name
            continue
        import_id = UUID(reply.result["import_id"])
        seen = await ended(running, import_id)
        if isinstance(seen, LeadsImportRefused):
            assert isinstance(outcome, Refused), name
            continue
        assert isinstance(outcome, Read), name
        assert isinstance(seen, LeadsPreviewed), name
        counts = seen.counts
        assert counts.create + counts.update + counts.unchanged == outcome.leads, name
        assert (counts.refused, counts.skip) == (len(outcome.refused), outcome.skipped), name
        confirm = ConfirmImport(command_id=uuid4(), actor=RECRUITER, import_id=import_id)
        assert isinstance(await running.ask(confirm), Accepted), name

        async def imported(wanted: UUID = import_id) -> list[LeadsImported]:
            return [event for event in await running.said(LeadsImported) if event.import_id == wanted]

        (done,) = await eventually(imported, what=f"{name}: it is imported")
        assert done.applications_created == counts.applications == outcome.leads, name
        assert (done.refused_count, done.skipped) == (counts.refused, counts.skip), name
        assert (done.refused_rows is None) == (counts.refused == 0), name
    opened = [event.application_id for event in await running.said(ApplicationOpened)]
    assert (
        len(opened)
        == len(set(opened))
        == sum(case.leads for _, case in FILES.values() if isinstance(case, Read))
    )


def test_all_kinds_of_files_are_among_them() -> None:
    assert len(FILES) >= 30
