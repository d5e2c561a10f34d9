"""What the person watching sees: progress while it runs, outcomes and one story when it is done."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table

from ops.demo.invariants import Finding
from ops.demo.verdict import Verdict

LOCAL = ZoneInfo("Europe/Bucharest")
_ORDER = (
    *("pending_call", "call_queued", "call_in_progress", "call_completed", "scoring", "callback_scheduled"),
    *("qualified", "awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue", "cv_received"),
    *(
        "not_qualified",
        "awaiting_cv_rejected",
        "cv_received_rejected",
        "call_failed",
        "needs_human",
        "closed",
    ),
)
_EVERY = 2.0
"""Seconds between two lines where there is no terminal."""


class Progress:
    """A table that changes in place; in a pipe a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = (
            Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal else None
        )
        self._said = 0.0
        self._last = ""

    def __enter__(self) -> Progress:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, now: datetime, counts: Counter[str], doing: str) -> None:
        if self._live:
            self._live.update(_progress_table(now, counts, doing))
            return
        line = ", ".join(f"{counts[status]} {status}" for status in _ORDER if counts[status])
        if line != self._last and time.monotonic() - self._said >= _EVERY:
            self._said, self._last = time.monotonic(), line
            self._console.print(f"{_moment(now)}  {line}", highlight=False, soft_wrap=True)


def outcome_table(verdicts: list[Verdict]) -> Table:
    table = Table(title="Outcomes", title_justify="left", box=None, pad_edge=False)
    for heading in ("", "no.", "candidate", "settled in", "now", "calls", "messages", "CV by"):
        table.add_column(heading, no_wrap=True)
    for verdict in sorted(verdicts, key=lambda one: (one.persona, one.story.application_id)):
        story = verdict.story
        table.add_row(
            "ok" if verdict.right else "NO",
            str(story.application_id),
            verdict.persona,
            story.rest,
            story.status,
            str(story.attempts),
            str(sum(story.messages.values())),
            story.cv or "",
            style=None if verdict.right else "red",
        )
    return table


def mistake_lines(verdicts: list[Verdict]) -> list[str]:
    """One line for each application that is not where it should be."""
    return [
        f"application {verdict.story.application_id} ({verdict.persona}): {'; '.join(verdict.mistakes)}"
        for verdict in verdicts
        if not verdict.right
    ]


def findings_table(findings: list[Finding]) -> Table:
    table = Table(title="Must hold", title_justify="left", box=None, pad_edge=False, show_header=False)
    for finding in findings:
        style = None if finding.holds else "red"
        table.add_row("ok" if finding.holds else "NO", finding.name, finding.detail, style=style)
    return table


def _progress_table(now: datetime, counts: Counter[str], doing: str) -> RenderableType:
    table = Table(title=_moment(now), title_justify="left", box=None, pad_edge=False, show_header=False)
    for status in _ORDER:
        if counts[status]:
            table.add_row(status, str(counts[status]), "█" * counts[status])
    table.caption = doing
    table.caption_justify = "left"
    return table


def _moment(now: datetime) -> str:
    return f"{now.astimezone(LOCAL):%a %d %b %H:%M}"
