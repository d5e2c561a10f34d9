"""The page of a run: one file that opens without a server, and runs no script.

Everything in it is escaped, and the page's own policy forbids scripts and addresses: what a candidate said
and what a model wrote is only ever text.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from scoring.domain.score import Finding
from scoring.domain.verdict import Outcome
from scoring.lab.changes import CaseMoved, Changes
from scoring.lab.measures import NONE, UNDECIDED, CaseFigures, Figures, Share
from scoring.lab.result import CaseKept, LabResult, PositionKept

from ops.lab.marking import Piece, marked_turns
from ops.lab.spending import dollars
from ops.lab.summary import FAILURES, counted, stopped, who_answered, word

STAGES = {
    Outcome.QUALIFIED: "in",
    Outcome.NOT_QUALIFIED: "nofit",
    Outcome.CALLBACK_REQUESTED: "tocall",
    Outcome.NEEDS_HUMAN: "needs",
    NONE: "end",
}
"""The hue of each outcome, as on the recruiters' pages."""


@dataclass(frozen=True, slots=True)
class CaseView:
    figures: CaseFigures
    position: PositionKept
    turns: list[list[Piece]]
    moved: CaseMoved | None

    @property
    def case(self) -> CaseKept:
        return self.figures.case

    @property
    def verdict(self) -> str:
        if not self.figures.answered:
            return "silent"
        return "right" if self.figures.strict else "close" if self.figures.careful else "wrong"

    @property
    def flags(self) -> str:
        """Class names that the filters go by."""
        told: Mapping[str, bool] = {
            "is-borderline": self.case.borderline,
            "is-wavering": not self.figures.stable,
            "is-changed": self.moved is not None,
            "is-failed": self.figures.outcomes[NONE] > 0,
            "is-missed": any(self.figures.findings[key] is not label for key, label in self._labels),
        }
        names = [name for name, holds in told.items() if holds]
        return " ".join([f"is-{self.verdict}", f"lang-{self.case.language}", *names])

    @property
    def _labels(self) -> list[tuple[str, Finding]]:
        return list(self.case.findings.items())

    def local(self, moment: Any) -> str:
        """On the clock of the call."""
        return f"{moment.astimezone(ZoneInfo(self.case.time_zone)):%a %d %b %Y %H:%M}" if moment else "none"


def write_report(file: Path, result: LabResult, figures: Figures, changes: Changes | None) -> None:
    file.write_text(render(result, figures, changes), encoding="utf-8")


def render(result: LabResult, figures: Figures, changes: Changes | None) -> str:
    positions = {position.key: position for position in result.positions}
    moved = {case.id: case for case in changes.cases} if changes else {}
    views = [
        CaseView(one, positions[one.case.position], marked_turns(one.case), moved.get(one.case.id))
        for one in figures.cases
    ]
    return (
        _pages()
        .get_template("report.html")
        .render(
            result=result,
            figures=figures,
            changes=changes,
            views=views,
            outcomes=list(Outcome),
            findings=list(Finding),
            got=[*(outcome.value for outcome in Outcome), NONE],
            stopped=None if result.complete else stopped(result, figures),
            who=who_answered(result.kind, result.model, result.asked_at),
            font=_font(),
            style=files("ops.lab").joinpath("templates", "report.css").read_text(encoding="utf-8"),
        )
    )


def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("ops.lab"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(percent=_percent, between=_between, word=word, dollars=dollars, counted=counted)
    pages.globals.update(STAGES=STAGES, FAILURES=FAILURES, NONE=NONE, UNDECIDED=UNDECIDED)
    return pages


def _percent(share: Share | float | None) -> str:
    value = share.value if isinstance(share, Share) else share
    return "–" if value is None else f"{value * 100:.0f} %"


def _between(share: Share) -> str:
    if share.interval is None:
        return ""
    low, high = share.interval
    return f"{low * 100:.0f}–{high * 100:.0f} %"


def _font() -> str:
    """The recruiters' pages' own, so that the report looks the same where it is not installed."""
    vendor = files("recruiter_ui").joinpath("static", "vendor")
    font = next((one for one in vendor.iterdir() if one.name.endswith(".woff2")), None)
    return base64.b64encode(font.read_bytes()).decode() if font else ""
