"""The tables of intake. Set statements throughout: one row or ten thousand cost one round trip."""

from intake.adapters.postgres.applications import PostgresApplications
from intake.adapters.postgres.candidates import PostgresCandidates
from intake.adapters.postgres.contacts import PostgresContacts
from intake.adapters.postgres.duplicates import PostgresDuplicates
from intake.adapters.postgres.evaluations import PostgresEvaluations
from intake.adapters.postgres.imports import PostgresImports
from intake.adapters.postgres.known_people import PostgresKnownPeople
from intake.adapters.postgres.live_leads import PostgresLeadForms, PostgresLiveLeads
from intake.adapters.postgres.merges import PostgresMerges
from intake.adapters.postgres.positions import PostgresPositions
from intake.adapters.postgres.traces import PostgresImportTraces

__all__ = [
    "PostgresApplications",
    "PostgresCandidates",
    "PostgresContacts",
    "PostgresDuplicates",
    "PostgresEvaluations",
    "PostgresImportTraces",
    "PostgresImports",
    "PostgresKnownPeople",
    "PostgresLeadForms",
    "PostgresLiveLeads",
    "PostgresMerges",
    "PostgresPositions",
]
