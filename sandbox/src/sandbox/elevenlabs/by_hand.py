"""Calls that a person answers: they ring until somebody picks up at the page or through the control API."""

from __future__ import annotations

from sandbox.agenda import seconds
from sandbox.elevenlabs.calls import Calls
from sandbox.personas.phrases import PHRASES
from sandbox.personas.speech import reply_of_agent
from sandbox.store import Document
from sandbox.world import World

_LONGEST_CALL = 1800


class ByHand:
    """Each act answers False when the call is not in a state for it."""

    def __init__(self, world: World, calls: Calls) -> None:
        self._world = world
        self._calls = calls

    def ringing(self) -> list[Document]:
        return [call for call in self._calls.all() if _is(call, "initiated")]

    def pick_up(self, id: str) -> bool:
        call = self._manual(id, "initiated")
        if call is None:
            return False
        now = self._world.clock.now()
        with self._world.store.atomic():
            self._world.agenda.cancel(f"ring:{id}")
            call.update(status="in-progress", result="answered", accepted=now.timestamp())
            opening = call["first_message"] or PHRASES[call["language"]].opening
            call["turns"] = [{"role": "agent", "message": opening, "time_in_call_secs": 0}]
            self._calls.save(call)
            self._world.agenda.add(now + seconds(_LONGEST_CALL), "call.hang_up", {"id": id}, f"talk:{id}")
        return True

    def reject(self, id: str) -> bool:
        call = self._manual(id, "initiated")
        if call is None:
            return False
        with self._world.store.atomic():
            call["result"] = "busy"
            self._calls.save(call)
            self._world.agenda.add(self._world.clock.now(), "call.unanswered", {"id": id}, f"ring:{id}")
        return True

    def say(self, id: str, words: str) -> bool:
        """The candidate says something; the agent goes on with its next question."""
        call = self._manual(id, "in-progress")
        if call is None:
            return False
        elapsed = int(self._world.clock.now().timestamp() - call["accepted"])
        said = sum(turn["role"] == "user" for turn in call["turns"]) + 1
        call["turns"].append({"role": "user", "message": words, "time_in_call_secs": elapsed})
        reply = reply_of_agent(call["language"], call["prompt"], said)
        call["turns"].append({"role": "agent", "message": reply, "time_in_call_secs": elapsed + 1})
        self._calls.save(call)
        return True

    def end(self, id: str) -> bool:
        if self._manual(id, "in-progress") is None:
            return False
        self._world.agenda.add(self._world.clock.now(), "call.hang_up", {"id": id}, f"talk:{id}")
        return True

    def _manual(self, id: str, status: str) -> Document | None:
        call = self._calls.get(id)
        return call if call is not None and _is(call, status) else None


def _is(call: Document, status: str) -> bool:
    return bool(call["manual"]) and call["status"] == status
