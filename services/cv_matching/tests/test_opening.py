"""A received file is opened once: what is kept of it, and what is not even fetched."""

from __future__ import annotations

from uuid import UUID

import pytest
from chassis.blobs import MemoryBlobs
from cv_matching.domain.kinds import Kind
from cv_matching.handlers.opening import MOST_BYTES, look_at, open_upload
from cv_matching.ports import ItemState, Reading
from cv_matching_support import files
from cv_matching_support.ports import TextInMemory
from cv_matching_support.world import World

ITEM = UUID(int=7)


async def test_the_text_is_kept_for_the_pages_and_said_with_the_verdict() -> None:
    world = World(documents=TextInMemory("Ana Pop, Sibiu"))
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("ana@example.com", files.a_pdf("Ana Pop"))
    await world.work()
    [cv] = world.matched
    assert cv.reading is not None
    assert cv.reading.text is not None
    assert await world.blobs.get(cv.reading.text) == b"Ana Pop, Sibiu"
    [item] = world.items.items.values()
    assert item.reading == cv.reading


async def test_a_file_that_may_do_harm_is_kept_apart_even_from_a_known_sender() -> None:
    world = World()
    await world.candidate(1, "Ana Pop", 11, email="ana@example.com")
    await world.receive("ana@example.com", files.a_macro_docx())
    await world.work()
    assert world.matched == []
    assert world.unmatched.quarantined
    assert world.unmatched.reading is not None
    assert world.unmatched.reading.kind == "macro_document"


async def test_a_file_that_is_no_cv_but_harmless_is_not_kept_apart() -> None:
    world = World()
    await world.receive("ana@example.com", b"OggS" + bytes(100))
    await world.work()
    assert world.unmatched.explanation == "The file is a voice message or other sound."
    assert not world.unmatched.quarantined


async def test_a_file_that_is_too_large_is_not_even_fetched_and_ends_with_a_reason() -> None:
    world = World()
    await world.receive("ana@example.com", b"%PDF-" + bytes(MOST_BYTES))
    [item] = world.items.items.values()
    assert await look_at(item.file, MemoryBlobs()) == (Kind.TOO_LARGE, b"")
    await world.work()
    assert "larger than 25 MB" in world.unmatched.explanation
    assert world.unmatched.reading is not None
    [item] = world.items.items.values()
    assert item.state is ItemState.UNMATCHED


class Slow:
    async def read(self, body: bytes, kind: Kind) -> Reading:
        raise TimeoutError


async def test_an_upload_is_opened_too_and_a_slow_one_goes_without_text() -> None:
    blobs = MemoryBlobs()
    file = await blobs.put("u", files.a_pdf("Ana Pop"), "application/pdf")
    read = await open_upload(ITEM, file, blobs, TextInMemory("Ana Pop"))
    assert not isinstance(read, str)
    assert read.text is not None
    assert await blobs.get(read.text) == b"Ana Pop"
    slow = await open_upload(ITEM, file, blobs, Slow())
    assert not isinstance(slow, str)
    assert (slow.kind, slow.text) == ("pdf", None)


@pytest.mark.parametrize("body", [b"MZ", b"", b"<html>", files.an_archive(), files.a_macro_docx()])
async def test_an_upload_that_is_no_document_is_refused_in_words(body: bytes) -> None:
    blobs = MemoryBlobs()
    refusal = await open_upload(ITEM, await blobs.put("u", body, "application/pdf"), blobs, TextInMemory())
    assert isinstance(refusal, str)
    assert refusal.endswith("Choose a PDF, a Word document or a picture.")


async def test_a_small_picture_is_taken_from_a_recruiter_who_chose_it() -> None:
    blobs = MemoryBlobs()
    file = await blobs.put("u", files.a_picture(30), "image/png")
    assert not isinstance(await open_upload(ITEM, file, blobs, TextInMemory()), str)
