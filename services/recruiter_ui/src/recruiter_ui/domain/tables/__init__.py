"""The read tables: what the pages show, as columns and the rule that folds each (see ``folding``)."""

from __future__ import annotations

from recruiter_ui.domain.tables.applications import APPLICATIONS, NOTES, TIMELINE
from recruiter_ui.domain.tables.calls import CALLS, DIALLING_STOPS, EVALUATIONS
from recruiter_ui.domain.tables.candidates import (
    CANDIDATES,
    CONTACT_BANS,
    DUPLICATES,
    FORMER_SEARCHES,
    MERGES,
)
from recruiter_ui.domain.tables.imports import IMPORTS, LIVE_LEADS
from recruiter_ui.domain.tables.messages import CONNECTIONS, CVS, MESSAGES, UNMATCHED
from recruiter_ui.domain.tables.positions import GENERATIONS, POSITION_CHANGES, POSITIONS

READ_TABLES = (
    POSITIONS,
    POSITION_CHANGES,
    CANDIDATES,
    FORMER_SEARCHES,
    CONTACT_BANS,
    DUPLICATES,
    MERGES,
    APPLICATIONS,
    NOTES,
    CALLS,
    EVALUATIONS,
    DIALLING_STOPS,
    GENERATIONS,
    MESSAGES,
    CVS,
    UNMATCHED,
    CONNECTIONS,
    IMPORTS,
    LIVE_LEADS,
    TIMELINE,
)
"""What a rebuild makes anew. Logins, sessions and the feed of changes are not among them."""

__all__ = [
    "APPLICATIONS",
    "CALLS",
    "CANDIDATES",
    "CONNECTIONS",
    "CONTACT_BANS",
    "CVS",
    "DIALLING_STOPS",
    "DUPLICATES",
    "EVALUATIONS",
    "FORMER_SEARCHES",
    "GENERATIONS",
    "IMPORTS",
    "LIVE_LEADS",
    "MERGES",
    "MESSAGES",
    "NOTES",
    "POSITIONS",
    "POSITION_CHANGES",
    "READ_TABLES",
    "TIMELINE",
    "UNMATCHED",
]
