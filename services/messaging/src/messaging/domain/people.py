"""Whose message it is: an exact address or number, and never a guess between two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Writer:
    """A candidate who has this address or number, with their most recent open application."""

    candidate_id: int
    application_id: int | None


def the_writer(candidates: Sequence[Writer]) -> Writer | None:
    """The one person; of several (a family's phone) the only one whose application is open, else nobody."""
    if len(candidates) == 1:
        return candidates[0]
    open_ones = [writer for writer in candidates if writer.application_id is not None]
    return open_ones[0] if len(open_ones) == 1 else None
