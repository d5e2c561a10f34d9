"""Recordings as the provider hands them out: by GET, and as a webhook in pieces where that is switched on."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, Receiver, running

from .conftest import House

PHONE = "+40700000001"


@pytest.fixture
def sending_house(gateway: Receiver, tmp_path: Path) -> Iterator[House]:
    """A sandbox that sends recordings."""
    settings = SandboxSettings(
        SANDBOX_STATE=tmp_path, GATEWAY_URL=gateway.url, ELEVENLABS_POST_CALL_AUDIO=True
    )
    clock = HandClock()
    with running(settings, clock) as url, httpx2.Client(timeout=10, trust_env=False) as http:
        yield House(url, clock, gateway, settings, http)


def test_a_recording_is_sent_in_pieces_and_is_the_one_that_can_be_fetched(sending_house: House) -> None:
    house = sending_house
    house.person(PHONE, "qualifies")
    conversation = house.call(PHONE)
    house.pass_time(minutes=10)
    [sent] = house.gateway.of("post_call_audio")
    assert "content-length" not in {name.lower() for name in sent.headers}
    data = sent.body["data"]
    assert set(data) == {"agent_id", "conversation_id", "full_audio"}
    assert data["conversation_id"] == conversation
    fetched = house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}/audio")
    assert fetched.headers["content-type"] == "audio/mpeg"
    assert base64.b64decode(data["full_audio"]) == fetched.content
    assert len(house.gateway.of("post_call_transcription")) == 1


def test_of_a_call_that_nobody_took_none_is_sent(sending_house: House) -> None:
    house = sending_house
    house.person(PHONE, "never-answers")
    house.call(PHONE)
    house.pass_time(minutes=10)
    assert house.gateway.of("post_call_audio") == []
    assert len(house.gateway.of("call_initiation_failure")) == 1
