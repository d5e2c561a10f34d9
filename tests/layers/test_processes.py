"""A test run that is killed leaves nothing running: whoever starts a process ties its end to its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS_ONE = {"Popen", "create_subprocess_exec", "create_subprocess_shell"}
TOP = ("libs", "services", "sandbox", "ops", "tests", "benchmarks")
IN = {"tests", "benchmarks", "ops"}
"""A service's own children have a limit of their own, and no test runner to outlive."""


def loose_ends(source: str) -> Iterator[int]:
    """Lines that start a process which outlives who started it. ``subprocess.run`` waits for its own."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in STARTS_ONE:
            continue
        if "preexec_fn" not in {keyword.arg for keyword in node.keywords}:
            yield node.lineno


def test_every_process_that_is_started_here_ends_with_who_started_it() -> None:
    tracked = (path for folder in TOP for path in sorted((ROOT / folder).rglob("*.py")))
    files = [path for path in tracked if IN & set(path.relative_to(ROOT).parts)]
    assert len(files) > 100
    found = [f"{path.relative_to(ROOT)}:{line}" for path in files for line in loose_ends(path.read_text())]
    assert found == []


def test_a_loose_end_is_noticed() -> None:
    assert list(loose_ends("import subprocess\nsubprocess.Popen(['sleep', '9'])")) == [2]
    assert list(loose_ends("subprocess.Popen(['sleep'], preexec_fn=end_with_parent())")) == []
