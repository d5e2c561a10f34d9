"""Large bodies: CV files, recordings, raw emails. Events carry the reference, the store keeps the bytes."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import obstore
from contracts import BlobRef
from obstore.store import ObjectStore, from_url


class BlobMissing(LookupError):
    """A reference to a body that the store does not hold."""

    def __init__(self, key: str) -> None:
        super().__init__(f"blob {key} is not in the store")
        self.key = key


class Blobs(Protocol):
    async def put(self, key: str, body: bytes, content_type: str) -> BlobRef:
        """Keep a body under a key; the same key written again holds the latest body."""

    async def put_file(self, key: str, path: Path, content_type: str) -> BlobRef:
        """Keep the body of a file under a key, without holding the whole of it in memory."""

    async def get(self, ref: BlobRef) -> bytes:
        """The body; raises ``BlobMissing``."""

    async def get_part(self, ref: BlobRef, start: int, length: int) -> bytes:
        """At most ``length`` bytes from ``start`` on, empty behind the end; raises ``BlobMissing``."""

    async def delete(self, ref: BlobRef) -> None:
        """Gone for good; nothing happens where it is gone already."""


_PART_BYTES = 5 << 20
"""S3 takes no smaller parts."""


def _reference(key: str, path: Path, content_type: str) -> BlobRef:
    with path.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    return BlobRef(key=key, size=path.stat().st_size, content_type=content_type, sha256=digest)


class ObjectBlobs:
    """A folder by default (``file:///...``), S3 and others by URL. Keys never carry personal data."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)

    async def put(self, key: str, body: bytes, content_type: str) -> BlobRef:
        await obstore.put_async(self._store, key, body)
        digest = hashlib.sha256(body).hexdigest()
        return BlobRef(key=key, size=len(body), content_type=content_type, sha256=digest)

    async def put_file(self, key: str, path: Path, content_type: str) -> BlobRef:
        await obstore.put_async(self._store, key, path, chunk_size=_PART_BYTES, max_concurrency=2)
        return await asyncio.to_thread(_reference, key, path, content_type)

    async def get(self, ref: BlobRef) -> bytes:
        try:
            found = await obstore.get_async(self._store, ref.key)
        except FileNotFoundError as missing:
            raise BlobMissing(ref.key) from missing
        return bytes(await found.bytes_async())

    async def get_part(self, ref: BlobRef, start: int, length: int) -> bytes:
        end = min(start + length, ref.size)
        if start >= end:
            return b""
        try:
            return bytes(await obstore.get_range_async(self._store, ref.key, start=start, end=end))
        except FileNotFoundError as missing:
            raise BlobMissing(ref.key) from missing

    async def delete(self, ref: BlobRef) -> None:
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, ref.key)


class MemoryBlobs:
    """For tests of handlers."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    async def put(self, key: str, body: bytes, content_type: str) -> BlobRef:
        self._bodies[key] = body
        digest = hashlib.sha256(body).hexdigest()
        return BlobRef(key=key, size=len(body), content_type=content_type, sha256=digest)

    async def put_file(self, key: str, path: Path, content_type: str) -> BlobRef:
        return await self.put(key, await asyncio.to_thread(path.read_bytes), content_type)

    async def get(self, ref: BlobRef) -> bytes:
        try:
            return self._bodies[ref.key]
        except KeyError:
            raise BlobMissing(ref.key) from None

    async def get_part(self, ref: BlobRef, start: int, length: int) -> bytes:
        return (await self.get(ref))[start : start + length]

    async def delete(self, ref: BlobRef) -> None:
        self._bodies.pop(ref.key, None)
