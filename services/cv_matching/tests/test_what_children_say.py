"""What the reading process answers: whoever runs the service is told, and nothing is believed blindly."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from chassis.testing import eventually
from cv_matching.adapters.documents import MAX_ANSWER, ReadInChild
from cv_matching.domain.kinds import Kind
from cv_matching_support import files
from cv_matching_support.children import TALKER, a_child
from structlog.testing import capture_logs

UNCAGED = """print('{"caged": false, "pages": 1, "truncated": false, "hidden_text": null, "text": "Well"}')"""


@pytest.mark.parametrize(
    ("script", "level", "event", "words"),
    [
        (UNCAGED, "warning", "documents_are_read_without_a_cage", "seccomp"),
        ("raise SystemExit(86)", "error", "documents_can_not_be_read_here", "READING_MEMORY_MIB"),
        ("raise SystemExit(1)", "error", "documents_can_not_be_read_here", "could not be read"),
    ],
)
async def test_whoever_runs_the_service_hears_at_its_start_how_files_are_read(
    script: str, level: str, event: str, words: str, tmp_path: Path
) -> None:
    with capture_logs() as logs:
        async with ReadInChild(seconds=8, command=a_child(tmp_path, script)):
            [said] = await eventually(lambda: _once_said(logs, event), what="it is in the log")
    assert said["log_level"] == level
    assert words in said["what_to_do"]


async def _once_said(logs: Sequence[MutableMapping[str, Any]], event: str) -> list[MutableMapping[str, Any]]:
    return [line for line in logs if line["event"] == event][:1]


async def test_where_files_are_read_as_they_should_be_nothing_is_said() -> None:
    with capture_logs() as logs:
        async with ReadInChild(seconds=8) as documents:
            await documents.tried()
    assert logs == []


@pytest.mark.parametrize(
    ("script", "note"),
    [
        (TALKER, "no usable answer"),
        ("print('[]')", "no usable answer"),
        ("print('not json')", "no usable answer"),
        ("print('{' * 100000)", "no usable answer"),
        ("print('[' * 100000)", "no usable answer"),
        ('print(\'{"caged": true, "pages": 1, "trouble": "made up"}\')', "no usable answer"),
        ("raise SystemExit(1)", "within its limits"),
        ("import os; os._exit(0)", "no usable answer"),
    ],
    ids=[
        "talks without end",
        "a list",
        "no json",
        "braces",
        "brackets",
        "odd trouble",
        "fails",
        "says nothing",
    ],
)
async def test_what_a_taken_over_child_says_is_not_believed(script: str, note: str, tmp_path: Path) -> None:
    read = await ReadInChild(seconds=5, command=a_child(tmp_path, script)).read(files.a_pdf("Ana"), Kind.PDF)
    assert read.text is None
    assert note in (read.note or "")
    assert MAX_ANSWER < 1 << 20


async def test_signs_that_can_not_be_written_down_are_replaced(tmp_path: Path) -> None:
    said = (
        r'{"caged": true, "pages": true, "truncated": 1, "hidden_text": "x", "text": "Ana \ud800 \u0000Pop"}'
    )
    command = a_child(tmp_path, f"print({said!r})")
    read = await ReadInChild(seconds=5, command=command).read(files.a_pdf("Ana"), Kind.PDF)
    assert (read.text, read.pages, read.truncated, read.hidden_text) == ("Ana \ufffd Pop", None, False, None)
