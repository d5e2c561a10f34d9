"""Everything intake listens to and answers."""

from chassis import Handlers

from intake.handlers import (
    applications,
    candidates,
    contact,
    decisions,
    duplicates,
    evaluations,
    generated_sections,
    imports,
    lead_forms,
    live_leads,
    merges,
    objections,
    pipeline,
    positions,
    preview,
    proposals,
    run_import,
    undo_import,
    unmerges,
)

handlers = Handlers("intake")
for part in (
    positions,
    generated_sections,
    imports,
    preview,
    run_import,
    undo_import,
    applications,
    decisions,
    proposals,
    pipeline,
    evaluations,
    duplicates,
    merges,
    unmerges,
    candidates,
    contact,
    objections,
    lead_forms,
    live_leads,
):
    handlers.include(part.handlers)

__all__ = ["handlers"]
