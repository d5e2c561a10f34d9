"""From facts to rows. Pure: envelopes in, partial rows out; ``domain.folding`` puts them together."""

from __future__ import annotations

from collections.abc import Sequence

from contracts import Envelope

from recruiter_ui.domain.folding import Fold
from recruiter_ui.projection import (
    applications,
    calls,
    candidates,
    cvs,
    imports,
    messages,
    positions,
    scoring,
)
from recruiter_ui.projection.writers import WRITERS

__all__ = [
    "PROJECTED",
    "applications",
    "calls",
    "candidates",
    "cvs",
    "fold_batch",
    "imports",
    "messages",
    "positions",
    "scoring",
]

PROJECTED = tuple(WRITERS)
"""Every fact the pages show something of."""


def fold_batch(envelopes: Sequence[Envelope]) -> Fold:
    """The rows of a batch, each key once; facts nothing is shown of leave no row."""
    fold = Fold()
    for envelope in envelopes:
        writer = WRITERS.get(type(envelope.event))
        if writer is None:
            continue
        for table, row in writer(envelope.event, envelope):
            fold.add(table, row)
    return fold
