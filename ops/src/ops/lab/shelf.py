"""Runs on disk: one folder each, with ``result.json`` and ``report.html``. Newest first by their time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from scoring.lab.measures import Figures, Share
from scoring.lab.result import SCHEMA, LabResult

from ops.say import Trouble

RESULT, REPORT = "result.json", "report.html"
SHELF = "lab"
"""The folder of all runs in the installation's folder."""


def folder_name(made_at: datetime, prompt_version: str, model: str) -> str:
    """Sorts by time; fit for any file system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{made_at:%Y%m%d-%H%M%S}-{prompt_version}-{model}")


def new_folder(shelf: Path, name: str) -> Path:
    """Two runs of one second get a number."""
    taken = {folder.name for folder in shelf.glob(f"{name}*")}
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return shelf / next(one for one in (name, *numbered) if one not in taken)


def make_folder(folder: Path) -> None:
    """For its owner alone: one's own cases may be real calls."""
    if (folder / RESULT).exists():
        raise Trouble(f"{folder}: there is a result already; name another folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep(folder: Path, result: LabResult, figures: Figures) -> Path:
    content = {**result.model_dump(mode="json", by_alias=True), "figures": as_json(figures)}
    file = folder / RESULT
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def read(path: Path) -> LabResult:
    """A result, named by its file or its folder."""
    file = path / RESULT if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as missing:
        raise Trouble(f"{file}: {missing.strerror}.") from missing
    except ValueError as broken:
        raise Trouble(f"{file}: is not a result of the lab ({broken}).") from broken
    version = content.get("schema") if isinstance(content, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise Trouble(f"{file}: was written by a newer version (schema {version}).")
    try:
        return LabResult.model_validate(content)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Trouble(f"{file}: is not a result of the lab ({place}: {first['msg']}).") from wrong


def runs_on(shelf: Path) -> Iterator[tuple[Path, LabResult]]:
    """Every readable run below, the newest first."""
    found = []
    for file in shelf.glob(f"*/{RESULT}"):
        try:
            found.append((file.parent, read(file)))
        except Trouble:
            continue
    yield from sorted(found, key=lambda run: run[1].made_at, reverse=True)


def former(shelf: Path, result: LabResult, own: Path) -> LabResult | None:
    """The last whole run before this one of the same cases, answered by the same kind: rules or models."""
    for folder, other in runs_on(shelf):
        same = (other.cases_hash, other.kind) == (result.cases_hash, result.kind)
        if other.complete and same and other.made_at < result.made_at and folder.resolve() != own.resolve():
            return other
    return None


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures for other programs; each share with its count and its interval."""
    return {
        "cases": len(figures.cases),
        "runs": figures.runs,
        "agreement": {
            "strict": _share(figures.agreement.strict),
            "careful": _share(figures.agreement.careful),
        },
        "by_outcome": {
            outcome.value: {"strict": _share(one.strict), "careful": _share(one.careful)}
            for outcome, one in figures.by_outcome.items()
        },
        "by_language": {
            language: {"strict": _share(one.strict), "careful": _share(one.careful)}
            for language, one in figures.by_language.items()
        },
        "right_of_all_cases": round(figures.right_of_all, 4),
        "runs_agreeing": _plain(figures.runs_agreeing),
        "matrix_of_runs": {outcome.value: dict(row) for outcome, row in figures.matrix.items()},
        "findings": _share(figures.findings),
        "findings_by_criterion": {
            f"{one.position}.{one.key}": _share(one.share) for one in figures.by_criterion
        },
        "quotes_found": _plain(figures.quotes),
        "same_outcome_in_every_run": _share(figures.stable),
        "mean_standard_deviation_of_scores": figures.spread,
        "callback_times": dict(figures.callbacks),
        "do_not_call": dict(figures.do_not_call),
        "needs_review": _plain(figures.review),
        "failures": dict(figures.failures),
        "repaired": figures.repaired,
        "input_tokens": figures.input_tokens,
        "output_tokens": figures.output_tokens,
        "cost_usd": figures.cost_usd,
        "latency_ms": figures.latency_ms,
    }


def _share(share: Share) -> dict[str, Any]:
    interval = [round(end, 4) for end in share.interval] if share.interval else None
    return {**_plain(share), "interval_95": interval}


def _plain(share: Share) -> dict[str, Any]:
    """Of runs: those of one call are alike, so no interval holds."""
    value = None if share.value is None else round(share.value, 4)
    return {"right": share.right, "of": share.of, "share": value}
