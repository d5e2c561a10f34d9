"""Intake, put together: settings, the ports and what fills them, the handlers."""

from __future__ import annotations

from chassis.blobs import ObjectBlobs
from chassis.service import Service, run

from intake.adapters.graph import Graph
from intake.adapters.lead_files import SeparateReader
from intake.adapters.postgres import (
    PostgresApplications,
    PostgresCandidates,
    PostgresContacts,
    PostgresDuplicates,
    PostgresEvaluations,
    PostgresImports,
    PostgresImportTraces,
    PostgresKnownPeople,
    PostgresLeadForms,
    PostgresLiveLeads,
    PostgresMerges,
    PostgresPositions,
)
from intake.adapters.preview_files import PreviewFiles, RefusedRowsFiles
from intake.handlers import handlers
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    Duplicates,
    Evaluations,
    Imports,
    ImportTraces,
    KnownPeople,
    LeadFiles,
    LeadForms,
    Leads,
    LiveLeads,
    Merges,
    Positions,
    PreviewPages,
    RefusedRows,
)
from intake.settings import Settings


def build(settings: Settings) -> Service:
    blobs = ObjectBlobs(settings.blobs_url)
    ports = {
        Positions: PostgresPositions(),
        Applications: PostgresApplications(),
        Candidates: PostgresCandidates(),
        Duplicates: PostgresDuplicates(),
        Merges: PostgresMerges(),
        Contacts: PostgresContacts(),
        Evaluations: PostgresEvaluations(),
        Imports: PostgresImports(),
        LeadFiles: SeparateReader(blobs),
        KnownPeople: PostgresKnownPeople(),
        ImportTraces: PostgresImportTraces(),
        PreviewPages: PreviewFiles(blobs),
        RefusedRows: RefusedRowsFiles(blobs),
        LiveLeads: PostgresLiveLeads(),
        LeadForms: PostgresLeadForms(),
        Leads: Graph(
            access_token=settings.meta_access_token.get_secret_value(),
            base_url=settings.meta_graph_url,
            version=settings.meta_graph_version,
            timeout_seconds=settings.meta_timeout_seconds,
        ),
    }
    return Service("intake", settings, handlers, ports=ports)


def main() -> None:
    run(build(Settings()))


if __name__ == "__main__":
    main()
