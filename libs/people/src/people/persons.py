"""One person under several ids: recruiters merge records, and every service has to agree on who is whom."""

from __future__ import annotations

from collections.abc import Iterable


def persons(merges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Every id of everybody who has several, with the id that stands for them, the kept one's own included.

    ``merges`` are the pairs (kept, merged) that stand, in any order; chains are followed to their end.
    A ring, which no sequence of merges makes, comes to an end too.
    """
    kept_by = {merged: kept for kept, merged in merges}
    return {one: _last(one, kept_by) for one in {*kept_by, *kept_by.values()}}


def _last(one: int, kept_by: dict[int, int]) -> int:
    seen = {one}
    while (further := kept_by.get(one)) is not None and further not in seen:
        one = further
        seen.add(one)
    return one
