"""A kill -9 of the sandbox loses nothing that it promised, and nothing happens twice because of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from chassis.clock import Pace, write_pace
from chassis.servers import end_with_parent
from sandbox.testing import NOON, Receiver, wait_for

PHONES = [f"+4070000001{digit}" for digit in range(8)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A sandbox as its own process, with a clock that is set by its file."""

    def __init__(self, folder: Path, gateway: Receiver) -> None:
        self._clock = folder / "clock.json"
        self.set_clock(0)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "SANDBOX_PORT": str(self.port),
            "SANDBOX_STATE": str(folder / "state"),
            "CLOCK_FILE": str(self._clock),
            "GATEWAY_URL": gateway.url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def set_clock(self, hours: float) -> None:
        """Hours after noon; it then runs as slowly as no time at all."""
        write_pace(self._clock, Pace(time.time(), NOON + timedelta(hours=hours), 1e-6))

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.main"], env=self._environment, preexec_fn=end_with_parent()
        )
        wait_for(self._answers, "the sandbox process to answer", within=30)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def control(self, path: str, body: Any = None) -> Any:
        url = f"{self.url}/__control__{path}"
        answer = httpx2.post(url, json=body) if body is not None else httpx2.get(url)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def is_quiet(self) -> bool:
        state = self.control("/state")
        due = state["next_due"]
        return not state["in_flight"]["webhooks"] and (due is None or due > state["now"])

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/__control__/health").status_code == 200
        except httpx2.HTTPError:
            return False


@pytest.fixture
def process(tmp_path: Path, gateway: Receiver) -> Iterator[Process]:
    sandbox = Process(tmp_path, gateway)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.kill()


def test_scheduled_calls_webhooks_and_mails_survive_a_kill(process: Process, gateway: Receiver) -> None:
    people = [
        {"phone": phone, "email": f"{phone[1:]}@example.com", "persona": "qualifies"} for phone in PHONES
    ]
    process.control("/people", people)
    order = {
        "call_name": "batch",
        "agent_id": "agent_sandbox",
        "recipients": [{"id": phone, "phone_number": phone} for phone in PHONES],
    }
    submit = f"{process.url}/elevenlabs/v1/convai/batch-calling/submit"
    batch = httpx2.post(submit, json=order, headers={"xi-api-key": "sandbox-elevenlabs-key"}).json()
    token = {"Authorization": "Bearer sandbox-whapi-token"}
    for phone in PHONES:
        body = {"to": phone[1:], "body": "Vă rugăm să ne trimiteți CV-ul"}
        httpx2.post(f"{process.url}/whapi/messages/text", json=body, headers=token)

    # Killed before anything was over, then in the middle of it, then before the CVs left.
    for hours in (0.03, 1.0, 30.0):
        process.kill()
        process.set_clock(hours)
        process.start()
        wait_for(process.is_quiet, "the sandbox to finish what is due", within=30)

    transcripts = [one.body["data"]["conversation_id"] for one in gateway.of("post_call_transcription")]
    assert len(set(transcripts)) == len(PHONES)
    inbound = process.control("/ledger?kind=inbound")["entries"]
    assert len(inbound) == len(PHONES)
    assert len(process.control("/ledger?kind=call")["entries"]) == len(PHONES)
    assert process.control("/ledger/duplicates")["entries"] == []
    detail = f"{process.url}/elevenlabs/v1/convai/batch-calling/{batch['id']}"
    found = httpx2.get(detail, headers={"xi-api-key": "sandbox-elevenlabs-key"}).json()
    assert {recipient["status"] for recipient in found["recipients"]} == {"completed"}


def test_a_webhook_under_way_is_delivered_again_after_a_kill(process: Process, gateway: Receiver) -> None:
    """The receiver was reached but its answer was not heard: as with any provider, it comes again."""
    gateway.answers[:] = [503]
    process.control("/act/whatsapp", {"phone": PHONES[0], "text": "Bună"})
    process.set_clock(0.0004)
    wait_for(lambda: gateway.of("messages"), "the first delivery")
    process.kill()
    process.set_clock(1)
    process.start()
    wait_for(lambda: len(gateway.of("messages")) >= 2, "the second delivery")
    ids = {one.body["messages"][0]["id"] for one in gateway.of("messages")}
    assert len(ids) == 1
