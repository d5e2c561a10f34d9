"""Points and the score: added up by rule from what counts, never taken from the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.domain.call import Criterion, Turn
from scoring.domain.evidence import Mark, find_quote


class Finding(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """What the model found of one criterion, and whose words it gave for it."""

    finding: Finding
    quote: str | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One criterion: what was found, and what of it counts. ``turn`` is where the quote really stands, and
    what the model said where it stands nowhere; ``marks`` are where exactly."""

    criterion: Criterion
    finding: Finding
    quote: str | None
    turn: int | None
    at_seconds: int | None
    quote_found: bool | None
    counted: Finding
    marks: Sequence[Mark] = ()

    @property
    def points(self) -> float:
        """Half of the weight for what is not known: unknown is not no."""
        return self.criterion.weight * _HALVES[self.counted] / 2


_HALVES = {Finding.MET: 2, Finding.UNKNOWN: 1, Finding.NOT_MET: 0}


def weigh(criterion: Criterion, found: Found | None, turns: Sequence[Turn]) -> Result:
    """A finding counts with words of the candidate; without, the criterion is unknown. So is one left out."""
    if found is None:
        return Result(criterion, Finding.UNKNOWN, None, None, None, None, Finding.UNKNOWN)
    if found.quote is None:
        return Result(criterion, found.finding, None, None, None, None, Finding.UNKNOWN)
    marks = find_quote(turns, found.quote, found.turn)
    if not marks:
        said = found.turn if found.turn is not None and 0 <= found.turn < len(turns) else None
        return Result(criterion, found.finding, found.quote, said, None, False, Finding.UNKNOWN)
    place = marks[0].turn
    at = turns[place].at_seconds
    return Result(criterion, found.finding, found.quote, place, at, True, found.finding, marks)


def score(results: Sequence[Result]) -> int | None:
    """0 to 100, halves upwards; None where nothing is known."""
    if all(result.counted is Finding.UNKNOWN for result in results):
        return None
    weights = sum(result.criterion.weight for result in results)
    halves = sum(result.criterion.weight * _HALVES[result.counted] for result in results)
    return (100 * halves + weights) // (2 * weights)
