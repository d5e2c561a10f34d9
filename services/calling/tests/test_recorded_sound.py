"""A recording fetched over HTTP: streamed within a limit, kept as sound only, gone when it is put away."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from calling.adapters.elevenlabs import ElevenLabs
from calling.domain.recordings import RecordingTooLarge
from calling.ports import TelephonyUnavailable
from chassis.http_server import HttpServer
from chassis.servers import free_port
from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

SOUND = b"\xff\xfb\x10\xc4" * 100_000


@dataclass
class Archive:
    """Answers what it was given; ``asked`` are the paths, as they came on the wire."""

    answer: Response | None = None
    asked: list[bytes] = field(default_factory=list)
    sent: int = 0

    async def serve(self, request: Request) -> Response:
        self.asked.append(request.scope["raw_path"])
        assert request.headers["xi-api-key"] == "xi-test"
        return self.answer or self._very_long()

    def _very_long(self) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            while self.sent < 50_000_000:
                self.sent += len(SOUND)
                yield SOUND
                await asyncio.sleep(0)

        return StreamingResponse(pieces(), media_type="audio/mpeg")


@dataclass
class Line:
    archive: Archive
    client: ElevenLabs


def client_of(port: int) -> ElevenLabs:
    return ElevenLabs(
        api_key="xi-test",
        agent_id="agent_1",
        phone_number_id="phnum_1",
        base_url=f"http://127.0.0.1:{port}",
        timeout_seconds=2.0,
    )


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    archive = Archive()
    app = FastAPI()
    app.add_route("/{path:path}", archive.serve, methods=["GET"])
    server = HttpServer(app, "127.0.0.1", 0)
    async with server.running(), client_of(server.port) as client:
        yield Line(archive, client)


async def test_a_recording_comes_as_a_file_with_its_type_and_digest(line: Line) -> None:
    line.archive.answer = Response(SOUND, media_type="audio/wav")
    async with line.client.recording("conv_1", 1_000_000) as sound:
        assert sound is not None
        assert sound.path.read_bytes() == SOUND
        assert sound.content_type == "audio/wav"
        assert sound.sha256 == hashlib.sha256(SOUND).hexdigest()
        path = sound.path
    assert line.archive.asked == [b"/v1/convai/conversations/conv_1/audio"]
    assert not path.exists()


async def test_a_recording_without_end_is_stopped_at_the_limit(line: Line) -> None:
    with pytest.raises(RecordingTooLarge):
        async with line.client.recording("conv_1", 1_000_000):
            raise AssertionError("it was taken")
    assert line.archive.sent < 30_000_000


async def test_one_that_says_how_large_it_is_is_not_fetched_at_all(line: Line) -> None:
    line.archive.answer = Response(SOUND, media_type="audio/mpeg")
    with pytest.raises(RecordingTooLarge):
        async with line.client.recording("conv_1", 1_000):
            raise AssertionError("it was taken")


@pytest.mark.parametrize("answer", [Response(status_code=404), Response(b"", media_type="audio/mpeg")])
async def test_where_there_is_none_there_is_none(line: Line, answer: Response) -> None:
    line.archive.answer = answer
    async with line.client.recording("conv_1", 1_000_000) as sound:
        assert sound is None


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=401),
        Response(status_code=429),
        Response(b"<html>", media_type="text/html"),
        Response(b'{"detail": "soon"}', media_type="application/json"),
    ],
)
async def test_what_is_no_answer_is_asked_for_again(line: Line, answer: Response) -> None:
    line.archive.answer = answer
    with pytest.raises(TelephonyUnavailable):
        async with line.client.recording("conv_1", 1_000_000):
            raise AssertionError("it was taken")


async def test_a_provider_out_of_reach_is_asked_again() -> None:
    async with client_of(free_port()) as client:
        with pytest.raises(TelephonyUnavailable):
            async with client.recording("conv_1", 1_000_000):
                raise AssertionError("it was taken")


async def test_an_odd_conversation_id_stays_within_its_place_in_the_path(line: Line) -> None:
    line.archive.answer = Response(status_code=404)
    async with line.client.recording("../../workspace?a=b#c", 1_000) as sound:
        assert sound is None
    [asked] = line.archive.asked
    assert asked.startswith(b"/v1/convai/conversations/")
    assert asked.endswith(b"/audio")
    assert asked.count(b"/") == 5
