"""A call's transcript as text (recruitflow.md 9, "Transcript Format")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST = 200_000
"""Characters. A call of an hour has about 50,000; what is longer would not fit through the bus."""
SHORTENED = "[The rest of the transcript was cut here.]"


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    role: Literal["agent", "user"]
    text: str
    at_seconds: int = 0


def as_text(turns: Sequence[SpokenTurn]) -> str:
    """``Agent: ...`` and ``User: ...`` paragraphs with an empty line between them."""
    return "\n\n".join(f"{turn.role.capitalize()}: {turn.text}" for turn in turns)


def within_limit(turns: Sequence[SpokenTurn], limit: int = LONGEST) -> list[SpokenTurn]:
    """The turns that fit; where some don't, the last one says so."""
    kept: list[SpokenTurn] = []
    room = limit
    for turn in turns:
        room -= len(turn.text) + 10
        if room < 0:
            kept.append(SpokenTurn("agent", SHORTENED, turn.at_seconds))
            break
        kept.append(turn)
    return kept
