"""Copies of lead files have no name on the disk: a process that is killed leaves nothing of anybody."""

from __future__ import annotations

import tempfile
from contextlib import aclosing
from pathlib import Path
from uuid import uuid4

import pytest
from chassis.blobs import ObjectBlobs
from intake.adapters.lead_files import SeparateReader
from intake.adapters.preview_files import PreviewFiles
from intake_support.files import a_meta_export, a_row


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def names_in(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]


async def test_while_a_file_is_read_nothing_of_it_has_a_name(temporary: Path, tmp_path: Path) -> None:
    blobs = ObjectBlobs(f"file://{tmp_path}/blobs")
    ref = await blobs.put("file", a_meta_export([a_row(n) for n in range(1, 6)]), "text/csv")
    chunks = SeparateReader(blobs).chunks(ref, time_zone="Europe/Bucharest", size=2, after_record=0)
    leads = 0
    async with aclosing(chunks):
        async for _, chunk in chunks:
            assert names_in(temporary) == []
            leads += len(chunk.leads)
    assert leads == 5


async def test_while_a_preview_is_written_nothing_of_it_has_a_name(temporary: Path, tmp_path: Path) -> None:
    blobs = ObjectBlobs(f"file://{tmp_path}/blobs")
    row = {"line": 2, "name": "Ana", "phone": "+40712000001", "email": None, "lead_id": "1"}
    more = {"verdict": "create", "flag": None, "opens_application": True}
    async with PreviewFiles(blobs).write(uuid4(), ["phone"]) as writer:
        writer.add({**row, **more, "duplicates": []}, "+40712000001", None)
        writer.add({**row, **more, "line": 3, "duplicates": []}, "+40712000001", None)
        writer.refuse("no phone", ["0700"])
        kept = await writer.keep()
        assert names_in(temporary) == []
    assert {section.name: section.rows for section in kept.sections} == {
        "all": 2,
        "create": 2,
        "duplicates": 1,
    }
    whole = kept.sections[0].blob
    assert (await blobs.get(whole)).count(b"+40712000001") >= 2
    assert kept.refused_rows is not None
    assert (await blobs.get(kept.refused_rows)).endswith(b"no phone,0700\r\n")
