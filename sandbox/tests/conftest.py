"""A running sandbox with a clock turned by hand, and somebody who takes its webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, Receiver, receiver, running, wait_for


@dataclass
class House:
    """The sandbox as a test sees it: by its address."""

    url: str
    clock: HandClock
    gateway: Receiver
    settings: SandboxSettings
    http: httpx2.Client

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.url}/__control__{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def person(
        self, phone: str, persona: str, name: str = "Ana Țăranu", email: str = "ana@example.com"
    ) -> None:
        self.control("POST", "/people", [{"phone": phone, "persona": persona, "name": name, "email": email}])

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "/faults", {"kind": kind, **more})

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("GET", f"/ledger?kind={kind}")["entries"]
        return entries

    def pass_time(self, **span: float) -> None:
        """Turn the clock and wait until everything that became due is done."""
        self.clock.turn(**span)
        self.settle()

    def settle(self) -> None:
        def is_quiet() -> bool:
            state = self.control("GET", "/state?limit=1")
            due = state["next_due"]
            return not state["in_flight"]["webhooks"] and (due is None or due > state["now"])

        wait_for(is_quiet, "the sandbox to finish what is due")

    def call(self, to: str = "+40700000001", **client_data: Any) -> str:
        """Order one call; answers its conversation id."""
        body = {
            "agent_id": self.settings.elevenlabs_agent_id,
            "agent_phone_number_id": self.settings.elevenlabs_phone_number_id,
            "to_number": to,
            "conversation_initiation_client_data": client_data,
        }
        answer = self.elevenlabs("POST", "/v1/convai/twilio/outbound-call", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["conversation_id"])

    def elevenlabs(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"xi-api-key": self.settings.elevenlabs_api_key}
        return self.http.request(method, f"{self.url}/elevenlabs{path}", headers=headers, **more)

    def whapi(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.settings.whapi_token}"}
        return self.http.request(method, f"{self.url}/whapi{path}", headers=headers, **more)


@pytest.fixture
def gateway() -> Iterator[Receiver]:
    with receiver() as taken:
        yield taken


@pytest.fixture(scope="session")
def standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with receiver() as taken:
        settings = SandboxSettings(SANDBOX_STATE=tmp_path_factory.mktemp("sandbox"), GATEWAY_URL=taken.url)
        clock = HandClock()
        with running(settings, clock) as url, httpx2.Client(timeout=10, trust_env=False) as http:
            yield House(url, clock, taken, settings, http)


@pytest.fixture
def house(standing_house: House) -> House:
    """One sandbox for all tests, emptied before each: it starts with nothing known and nothing to come."""
    house = standing_house
    house.control("POST", "/reset")
    wait_for(lambda: not house.control("GET", "/state")["in_flight"]["webhooks"], "the last test's webhooks")
    house.control("POST", "/reset")
    house.clock.restart()
    house.gateway.deliveries.clear()
    house.gateway.answers.clear()
    return house
