"""What the outside world did and is about to do, by the sandbox's own account."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any


@dataclass(frozen=True, slots=True)
class OutsideState:
    """``moves`` grows with everything that happens there."""

    next_step: datetime | None
    in_flight: int
    waiting_mails: int
    moves: int


class Outside:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/__control__"

    async def state(self) -> OutsideState | None:
        """None while it does not answer."""
        try:
            said = await self._get("/state?limit=0")
        except (OSError, HTTPException):
            return None
        due = said["next_due"]
        return OutsideState(
            datetime.fromisoformat(due) if due else None,
            int(said["in_flight"]["webhooks"]),
            int(said["untouched_mails"]),
            sum(said["ledger"].values()),
        )

    async def personas(self) -> dict[str, str]:
        """The persona behind each number, by E.164."""
        said = await self._get("/personas")
        return {person["phone"]: person["persona"] for person in said["people"] if person["phone"]}

    async def counts(self) -> dict[str, int]:
        """Entries of the ledger by provider and kind."""
        counts: dict[str, int] = (await self._get("/ledger?limit=0"))["counts"]
        return counts

    async def ledger(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await self._get(f"/ledger?kind={kind}"))["entries"]
        return entries

    async def repeated(self) -> list[dict[str, Any]]:
        """Every call or message that reached somebody a second time."""
        entries: list[dict[str, Any]] = (await self._get("/ledger/duplicates"))["entries"]
        return entries

    async def register(self, leads: Iterable[dict[str, str]]) -> None:
        """Make people of a lead file known beforehand: a tag in their address counts from the start."""
        people = [
            {"phone": lead["phone_number"], "email": lead["email"], "name": lead["full_name"]}
            for lead in leads
        ]
        await self.post("/people", people)

    async def faults(self) -> list[dict[str, Any]]:
        """What goes wrong on purpose, and how often it did."""
        found: list[dict[str, Any]] = (await self._get("/faults"))["faults"]
        return found

    async def clear_faults(self) -> None:
        await asyncio.to_thread(_fetch, f"{self._url}/faults", None, "DELETE")

    async def post(self, path: str, body: Any) -> Any:
        return await asyncio.to_thread(_fetch, self._url + path, json.dumps(body).encode())

    async def _get(self, path: str) -> Any:
        return await asyncio.to_thread(_fetch, self._url + path, None)


def _fetch(url: str, body: bytes | None, method: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read() or b"null")
