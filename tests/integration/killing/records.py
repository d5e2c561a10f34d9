"""What has to be true in the end, told from the provider's ledger and from what the services wrote down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from .town import Town

AT_REST = {"call_completed", "call_failed", "needs_human"}
LIVE = {"intended", "submitted", "in_progress"}
_END = {
    "calling.call.completed.v1": {"completed"},
    "calling.call.not_answered.v1": {"no_answer", "busy", "voicemail", "failed"},
    "calling.call.outcome_unknown.v1": {"unknown"},
}
_ATTEMPTS = """
SELECT call_id::text, application_id, state FROM calling.attempts ORDER BY created_at, call_id
"""
_SAID = """
SELECT type, data::jsonb ->> 'call_id' AS call_id FROM calling.outbox
WHERE due_at IS NULL AND data::jsonb ? 'call_id' ORDER BY id
"""
_UNKNOWN = "calling.call.outcome_unknown.v1"
_RECORDED = "calling.recording.kept.v1"
_UNCLEAR = "SELECT data::jsonb ->> 'reason' AS reason FROM calling.outbox WHERE type = $1"


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that was written down, read once at the end."""

    attempts: dict[str, dict[str, Any]]
    rung: Counter[str]
    """Calls that the provider took, by our key."""
    said: dict[str, Counter[str]]
    statuses: dict[int, str]
    duplicates: int
    dead: list[str]
    unclear: list[str]
    """Why the outcome of a call is not known."""

    @classmethod
    async def read(cls, town: Town) -> Records:
        attempts = {row["call_id"]: dict(row) for row in await town.db.fetch(_ATTEMPTS)}
        said: dict[str, Counter[str]] = {}
        for row in await town.db.fetch(_SAID):
            said.setdefault(row["call_id"], Counter())[row["type"]] += 1
        rung = Counter(str(entry["call_id"]) for entry in await town.ledger("call"))
        repeated = (await town.control.get("/ledger/duplicates")).json()["entries"]
        unclear = [row["reason"] for row in await town.db.fetch(_UNCLEAR, _UNKNOWN)]
        return cls(attempts, rung, said, await town.statuses(), len(repeated), await town.dead(), unclear)

    def wrong(self) -> list[str]:
        """Every broken promise, by name; empty is as it should be."""
        return [*self._calls(), *self._ends(), *self._applications()]

    def _calls(self) -> list[str]:
        """At most one call per attempt, and none that nobody intended or that was taken back."""
        found = [f"{key}: rung {times} times" for key, times in self.rung.items() if times > 1]
        found += [f"{key}: rung, and no attempt" for key in self.rung if key not in self.attempts]
        for key, attempt in self.attempts.items():
            if key in self.rung and attempt["state"] == "withdrawn":
                found.append(f"{key}: rung, and said to be taken back")
            if key not in self.rung and attempt["state"] in {"completed", "no_answer", "busy", "voicemail"}:
                found.append(f"{key}: {attempt['state']}, and never rung")
        if self.duplicates:
            found.append(f"the provider counts {self.duplicates} duplicates")
        return found

    def _ends(self) -> list[str]:
        """Every attempt came to an end that was said, once; what rang was said to be placed, once."""
        found = []
        for key, attempt in self.attempts.items():
            said, state = self.said.get(key, Counter()), attempt["state"]
            ends = {kind: times for kind, times in said.items() if kind in _END}
            if state in LIVE:
                found.append(f"{key}: still {state}")
            elif state != "withdrawn" and not any(state in _END[kind] for kind in ends):
                found.append(f"{key}: {state}, and it was said: {dict(said)}")
            if any(times > 1 for times in ends.values()) or len(set(ends) - {_UNKNOWN}) > 1:
                found.append(f"{key}: ended more than once: {dict(said)}")
            if said[_RECORDED] > 1:
                found.append(f"{key}: recorded {said[_RECORDED]} times")
            if key in self.rung and said["calling.call.placed.v1"] != 1 and not said[_UNKNOWN]:
                found.append(f"{key}: rung, and said to be placed {said['calling.call.placed.v1']} times")
        return found

    def _applications(self) -> list[str]:
        found = [
            f"application {one}: {status}" for one, status in self.statuses.items() if status not in AT_REST
        ]
        return [*found, *(f"dead letter {one}" for one in self.dead)]

    def figures(self) -> dict[str, Any]:
        return {
            "applications": dict(Counter(self.statuses.values())),
            "attempts": dict(Counter(one["state"] for one in self.attempts.values())),
            "recordings": sum(said[_RECORDED] for said in self.said.values()),
            "left to a person": dict(Counter(self.unclear)),
            "calls at the provider": self.rung.total(),
            "most calls per attempt": max(self.rung.values(), default=0),
        }
