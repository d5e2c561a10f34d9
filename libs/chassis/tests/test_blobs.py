"""What the blob store promises, in memory and in a folder alike."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.blobs import BlobMissing, Blobs, MemoryBlobs, ObjectBlobs
from contracts import BlobRef


@pytest.fixture(params=["memory", "folder"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return MemoryBlobs() if request.param == "memory" else ObjectBlobs((tmp_path / "store").as_uri())


async def test_a_body_comes_back_whole_and_in_parts(blobs: Blobs) -> None:
    ref = await blobs.put("a/b", b"0123456789", "text/plain")
    assert await blobs.get(ref) == b"0123456789"
    assert [await blobs.get_part(ref, start, 4) for start in (0, 8, 10, 99)] == [b"0123", b"89", b"", b""]


async def test_what_is_deleted_is_gone_and_can_be_deleted_twice(blobs: Blobs) -> None:
    ref, other = await blobs.put("a/b", b"gone", "text/plain"), await blobs.put("a/c", b"kept", "text/plain")
    for _ in range(2):
        await blobs.delete(ref)
        with pytest.raises(BlobMissing):
            await blobs.get(ref)
    assert await blobs.get(other) == b"kept"


@pytest.mark.parametrize("size", [0, 1, 11 << 20])
async def test_a_file_is_kept_as_its_bytes_would_be(blobs: Blobs, tmp_path: Path, size: int) -> None:
    body = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    path = tmp_path / "body"
    path.write_bytes(body)
    ref = await blobs.put_file("sections/all", path, "application/x-ndjson")
    assert ref == BlobRef(
        key="sections/all",
        size=size,
        content_type="application/x-ndjson",
        sha256=hashlib.sha256(body).hexdigest(),
    )
    assert await blobs.get(ref) == body
    assert path.read_bytes() == body


async def test_a_file_put_again_holds_the_latest_body(blobs: Blobs, tmp_path: Path) -> None:
    path = tmp_path / "body"
    for body in (b"first, and longer", b"second"):
        path.write_bytes(body)
        ref = await blobs.put_file("key", path, "text/plain")
        assert await blobs.get(ref) == body


PUT = """
import asyncio, sys
from pathlib import Path
from chassis.blobs import ObjectBlobs

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])

before = peak()
asyncio.run(ObjectBlobs(sys.argv[1]).put_file("large", Path(sys.argv[2]), "text/plain"))
print(peak() - before)
"""


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "body"
    with path.open("wb") as body:
        body.truncate(200 << 20)
    command = [sys.executable, "-c", PUT, (tmp_path / "store").as_uri(), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 60 * 1024, "KiB that the peak grew by"


async def test_what_the_store_does_not_hold_is_missing(blobs: Blobs) -> None:
    with pytest.raises(BlobMissing):
        await blobs.get(BlobRef(key="nowhere", size=3))
