"""What the handlers of intake need from outside their own code."""

from intake.ports.applications import Applications, Callable, LastChange, Move, Note
from intake.ports.candidates import Candidate, Candidates
from intake.ports.contacts import Ban, Contacts
from intake.ports.duplicates import Duplicate, Duplicates
from intake.ports.evaluations import Evaluations
from intake.ports.imports import (
    Imports,
    LeadChunks,
    LeadFiles,
    LeadsImport,
    Notice,
    ReaderFailed,
    Tally,
    Undo,
)
from intake.ports.live_leads import (
    LeadForms,
    LeadNotGiven,
    Leads,
    LeadState,
    LiveLead,
    LiveLeads,
    NoAccess,
    NotNow,
    UnknownLead,
    Unusable,
)
from intake.ports.merges import Decision, Merge, Merges
from intake.ports.positions import Position, Positions
from intake.ports.previews import (
    KeptPreview,
    KnownPeople,
    MergedMeanwhile,
    PreviewPages,
    PreviewWriter,
    RefusedRows,
    RefusedWriter,
)
from intake.ports.traces import Brought, ImportTraces, ProfileChange

__all__ = [
    "Applications",
    "Ban",
    "Brought",
    "Callable",
    "Candidate",
    "Candidates",
    "Contacts",
    "Decision",
    "Duplicate",
    "Duplicates",
    "Evaluations",
    "ImportTraces",
    "Imports",
    "KeptPreview",
    "KnownPeople",
    "LastChange",
    "LeadChunks",
    "LeadFiles",
    "LeadForms",
    "LeadNotGiven",
    "LeadState",
    "Leads",
    "LeadsImport",
    "LiveLead",
    "LiveLeads",
    "Merge",
    "MergedMeanwhile",
    "Merges",
    "Move",
    "NoAccess",
    "NotNow",
    "Note",
    "Notice",
    "Position",
    "Positions",
    "PreviewPages",
    "PreviewWriter",
    "ProfileChange",
    "ReaderFailed",
    "RefusedRows",
    "RefusedWriter",
    "Tally",
    "Undo",
    "UnknownLead",
    "Unusable",
]
