"""An evaluation as it is read: each criterion with the words it rests on, and how the score came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from recruiter_ui.domain.marks import Mark, Piece, Turns, marked, marks_in
from recruiter_ui.queries.fetching import Record

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
GLYPHS = {
    MET: ("okc", "good", "Met"),
    NOT_MET: ("noc", "bad", "Not met"),
    UNKNOWN: ("unk", "warn", "Unknown"),
}


@dataclass(frozen=True, slots=True)
class CriterionLine:
    key: str
    text: str
    required: bool
    counted: str
    finding: str
    quote: str | None
    struck: bool
    """The quote is not in the transcript."""
    at_seconds: int | None
    turn: int | None
    points: str
    weight: int

    @property
    def glyph(self) -> str:
        return GLYPHS[self.counted][0]

    @property
    def css(self) -> str:
        return GLYPHS[self.counted][1]

    @property
    def word(self) -> str:
        return GLYPHS[self.counted][2]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where in the call something was said."""

    turn: int
    at_seconds: int


@dataclass(frozen=True, slots=True)
class EvaluationView:
    row: Record
    lines: tuple[CriterionLine, ...] = ()
    counts: tuple[tuple[str, str, str, int], ...] = ()
    """Glyph, colour, word and how many: of those there are any of."""
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What stands at its foot: by what and at what cost it was made."""
    callback: Spoken | None = None
    do_not_call: Spoken | None = None
    passages: dict[int, list[Piece]] = field(default_factory=dict)
    """Turns of the call in pieces, the quoted ones marked."""

    @property
    def evaluation_id(self) -> UUID:
        found: UUID = self.row["evaluation_id"]
        return found

    @property
    def call_id(self) -> UUID:
        found: UUID = self.row["call_id"]
        return found

    @property
    def state(self) -> str:
        return str(self.row["state"])

    @property
    def score(self) -> int | None:
        return score_of(self.row)

    def line(self, key: str) -> CriterionLine | None:
        return next((line for line in self.lines if line.key == key), None)


def score_of(row: Mapping[str, Any]) -> int | None:
    """A call that was not judged (a callback, a wish for a person) has no score; it is not nought."""
    judged = row["outcome"] in ("qualified", "not_qualified")
    score: int | None = row["score"]
    return None if score == 0 and not judged else score


def evaluation_view(row: Record, turns: Turns) -> EvaluationView:
    """``turns`` of the call that was judged; empty where they are not known (any more)."""
    criteria = row["criteria"] or []
    lines = [_line(it, turns) for it in criteria]
    rest_on = [mark for it in criteria for mark in marks_in(turns, it.get("marks"))]
    callback = marks_in(turns, row["callback_marks"])
    refusal = marks_in(turns, row["do_not_call_marks"])
    counted = [line.counted for line in lines]
    counts = [
        (*GLYPHS[kind][:2], GLYPHS[kind][2].lower(), counted.count(kind))
        for kind in (MET, NOT_MET, UNKNOWN)
        if counted.count(kind)
    ]
    return EvaluationView(
        row=row,
        lines=tuple(lines),
        counts=tuple(counts),
        reasons=tuple(row["review_reasons"] or []),
        notes=tuple(_notes(row)),
        callback=_spoken(turns, callback),
        do_not_call=_spoken(turns, refusal),
        passages=marked(turns, [*rest_on, *callback, *refusal]),
    )


def _spoken(turns: Turns, where: list[Mark]) -> Spoken | None:
    return Spoken(where[0].turn, turns[where[0].turn].get("at_seconds") or 0) if where else None


def _line(it: Mapping[str, Any], turns: Turns) -> CriterionLine:
    struck = bool(it.get("quote")) and it.get("quote_found") is False
    turn = it.get("turn")
    stands = not struck and turn is not None and turn < len(turns)
    return CriterionLine(
        key=it["key"],
        text=it["text"],
        required=bool(it.get("required")),
        counted=it["counted"],
        finding=it["finding"],
        quote=it.get("quote") or None,
        struck=struck,
        at_seconds=it.get("at_seconds"),
        turn=turn if stands else None,
        points=f"{it['points']:g}",
        weight=it["weight"],
    )


def _notes(row: Record) -> list[str]:
    if not row["model"]:
        return []
    notes = [row["model"]]
    if row["prompt_version"]:
        notes.append(f"prompt {row['prompt_version']}")
    if row["rubric"]:
        notes.append(f"rules {row['rubric']}")
    if row["input_tokens"]:
        notes.append(f"{row['input_tokens']:,} + {row['output_tokens'] or 0:,} tokens")
    notes.append(cost(row["cost_usd"]))
    if row["latency_ms"]:
        notes.append(f"{row['latency_ms'] / 1000:.1f} s")
    return [*notes, "answer repaired"] if row["repaired"] else notes


def cost(dollars: float | None) -> str:
    """Small sums with enough digits to tell them apart; never nought for what is not known."""
    if dollars is None:
        return "cost not known"
    return f"${dollars:.2f}" if dollars >= 1 else f"${dollars:.4f}".rstrip("0").ljust(5, "0")
