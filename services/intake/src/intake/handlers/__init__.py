"""Everything intake listens to and answers."""

from chassis import Handlers

from intake.handlers import (
    applications,
    contact,
    decisions,
    duplicates,
    imports,
    lead_forms,
    live_leads,
    pipeline,
    positions,
    preview,
    proposals,
    run_import,
)

handlers = Handlers("intake")
for part in (
    positions,
    imports,
    preview,
    run_import,
    applications,
    decisions,
    proposals,
    pipeline,
    duplicates,
    contact,
    lead_forms,
    live_leads,
):
    handlers.include(part.handlers)

__all__ = ["handlers"]
