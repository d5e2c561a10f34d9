"""The life of a phone call: dialled, ringing, spoken or not, analysed, reported.

    initiated -> in-progress -> processing -> done      somebody (or a machine) picked up
    initiated -> failed                                 busy, no answer, number out of service

Times are the clock's. Each step is one transaction; the next one is on disk before the step ends.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sandbox.agenda import Step, seconds
from sandbox.elevenlabs.audio import audio_webhook
from sandbox.elevenlabs.conversation import conversation_body, failure_webhook, transcription_webhook
from sandbox.faults import Kind
from sandbox.personas.kinds import OnCall, on_call
from sandbox.personas.people import People
from sandbox.personas.speech import conversation, language_of
from sandbox.store import Document
from sandbox.world import World

_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_UNANSWERED = {OnCall.NO_ANSWER: "no_answer", OnCall.BUSY: "busy"}


def is_number(text: str) -> bool:
    return bool(_E164.match(text))


class Calls:
    """Places calls and lives them through."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        world.agenda.on("call.dial", self._dial)
        world.agenda.on("call.answered", self._answered)
        world.agenda.on("call.unanswered", self._unanswered)
        world.agenda.on("call.hang_up", self._hang_up)
        world.agenda.on("call.analysed", self._analysed)

    def get(self, conversation_id: str) -> Document | None:
        return self._world.store.get("call", conversation_id)

    def all(self, user_id: str | None = None) -> list[Document]:
        return self._world.store.find("call", user_id, newest_first=True)

    def open_count(self) -> int:
        """Calls that are not over yet."""
        row = self._world.store.db.execute(
            "select count(*) from documents where kind = 'call'"
            " and json_extract(body, '$.status') not in ('done', 'failed', 'cancelled')"
        ).fetchone()
        return int(row[0])

    def place(
        self, to: str, at: datetime, client_data: Document, ringing_secs: int, extra: Document
    ) -> Document:
        """Accept one call to be dialled at ``at``. Within the caller's transaction."""
        world = self._world
        agent = (client_data.get("conversation_config_override") or {}).get("agent") or {}
        first_message = agent.get("first_message") or ""
        prompt = (agent.get("prompt") or {}).get("prompt") or ""
        number = world.store.number("call")
        call: Document = {
            "conversation_id": f"conv_{world.fresh_id('conversation', 28)}",
            "call_sid": f"CA{world.dice.hexadecimal(32, 'call sid', number)}",
            "stream_sid": f"MZ{world.dice.hexadecimal(32, 'stream sid', number)}",
            "to": to,
            "language": language_of(f"{first_message}\n{prompt}", agent.get("language")),
            "first_message": first_message,
            "prompt": prompt,
            "client_data": client_data,
            "ringing_secs": ringing_secs,
            "status": "pending",
            "result": None,
            "created": at.timestamp(),
            "started": None,
            "accepted": None,
            "ended": None,
            "turns": [],
            "script": [],
            "person": None,
            "manual": False,
            "batch_id": None,
            "recipient_id": None,
            "termination_reason": "",
            "error": None,
            **extra,
        }
        self.save(call)
        self._note(call)
        if not call.get("held"):
            self.dial(call, at)
        return call

    def dial(self, call: Document, at: datetime) -> None:
        """Plan it. A call that was dialled, or cancelled, by then stays as it is."""
        self._world.agenda.add(at, "call.dial", {"id": call["conversation_id"]})

    def save(self, call: Document) -> None:
        user_id = str(call["client_data"].get("user_id") or "")
        self._world.store.put("call", call["conversation_id"], call, user_id)

    def _note(self, call: Document) -> None:
        """The ledger's line of a call that we were asked to make; the same call_id twice is a duplicate."""
        variables = call["client_data"].get("dynamic_variables") or {}
        key = variables.get("call_id") or call["recipient_id"]
        body = {
            "conversation_id": call["conversation_id"],
            "to": call["to"],
            "batch_id": call["batch_id"],
            "recipient_id": call["recipient_id"],
            "user_id": call["client_data"].get("user_id"),
            "call_id": variables.get("call_id"),
            "call_name": call.get("call_name"),
            "first_message": call["first_message"],
        }
        self._world.ledger.write("call", "elevenlabs", body, str(key) if key else None)

    def _dial(self, step: Step) -> None:
        call = self._world.store.must("call", step.body["id"])
        if call["status"] != "pending":
            return
        if not self._finds_a_line(call):
            call["waits"] = True
            self.save(call)
            return
        call["waits"] = False
        call["status"], call["started"] = "initiated", step.at.timestamp()
        self._note_ring(call)
        if call["error"] or not is_number(call["to"]):
            call["error"] = call["error"] or {"code": 21211, "reason": "Invalid 'To' Phone Number"}
            call["result"] = "failed"
            self.save(call)
            self._world.agenda.add(step.at + seconds(1), "call.unanswered", {"id": call["conversation_id"]})
            return
        person = self._people.at_phone(call["to"])
        self._learn_about(person.id, call)
        self._plan(call, on_call(self._people.persona_of(person), person.calls + 1), step.at)

    def _finds_a_line(self, call: Document) -> bool:
        """A batch with a ``target_concurrency_limit`` has so many calls under way at a time."""
        limit: int | None = call.get("concurrency")
        if not limit:
            return True
        under_way = [one for one in self._of_batch(call) if one["status"] in ("initiated", "in-progress")]
        return len(under_way) < limit

    def _of_batch(self, call: Document) -> list[Document]:
        batch = self._world.store.must("batch", call["batch_id"])
        return [self._world.store.must("call", id) for id in batch["calls"]]

    def _free_the_line(self, call: Document, at: datetime) -> None:
        """Whoever waits longest in its batch is dialled next."""
        if not call.get("concurrency") or self._world.store.get("batch", call["batch_id"]) is None:
            return
        for one in self._of_batch(call):
            if one["status"] == "pending" and one.get("waits"):
                self.dial(one, at + seconds(1))
                return

    def _note_ring(self, call: Document) -> None:
        """The ledger's line of a telephone that rings, once it does; ``call`` is the line of the order."""
        variables = call["client_data"].get("dynamic_variables") or {}
        key = variables.get("call_id") or call["recipient_id"] or call["conversation_id"]
        body = {
            "conversation_id": call["conversation_id"],
            "to": call["to"],
            "batch_id": call["batch_id"],
            "user_id": call["client_data"].get("user_id"),
            "call_id": variables.get("call_id"),
        }
        self._world.ledger.write("ring", "elevenlabs", body, str(key))

    def _learn_about(self, person_id: str, call: Document) -> None:
        person = self._people.get(person_id)
        person.calls += 1
        person.language = call["language"]
        variables = call["client_data"].get("dynamic_variables") or {}
        if not person.name and isinstance(name := variables.get("candidate_name"), str) and name.strip():
            person.name = name.strip()
        self._people.save(person)
        call["person"], call["call_number"] = person.id, person.calls

    def _plan(self, call: Document, what: OnCall, at: datetime) -> None:
        world, id, whom = self._world, call["conversation_id"], (call["to"], call["call_number"])
        agenda, dice = world.agenda, world.dice
        if what is OnCall.MANUAL:
            call["manual"] = True
            call["result"] = "no_answer"
            agenda.add(
                at + seconds(world.settings.manual_ring_seconds), "call.unanswered", {"id": id}, f"ring:{id}"
            )
        elif what in _UNANSWERED:
            call["result"] = _UNANSWERED[what]
            ring = call["ringing_secs"] if what is OnCall.NO_ANSWER else dice.between(3, 12, "ring", *whom)
            agenda.add(at + seconds(ring), "call.unanswered", {"id": id})
        else:
            call["result"] = "voicemail" if what is OnCall.VOICEMAIL else "answered"
            talk = conversation(
                dice, call["to"], call["language"], call["first_message"], call["prompt"], what
            )
            short = what in (OnCall.VOICEMAIL, OnCall.CALL_BACK, OnCall.WANTS_HUMAN)
            length = (
                dice.between(25, 60, "length", *whom) if short else dice.between(60, 240, "length", *whom)
            )
            call["script"] = _timed(talk, int(length))
            call["length"] = int(length)
            agenda.add(at + seconds(dice.between(4, 20, "ring", *whom)), "call.answered", {"id": id})
        self.save(call)

    def _answered(self, step: Step) -> None:
        call = self._world.store.must("call", step.body["id"])
        call["status"], call["accepted"] = "in-progress", step.at.timestamp()
        self.save(call)
        self._world.agenda.add(step.at + seconds(call["length"]), "call.hang_up", step.body)

    def _hang_up(self, step: Step) -> None:
        call = self._world.store.must("call", step.body["id"])
        if not call["manual"]:
            call["turns"] = call["script"]
        call["status"], call["ended"] = "processing", step.at.timestamp()
        call["termination_reason"] = "Call ended by remote party"
        self.save(call)
        self._free_the_line(call, step.at)
        pause = self._world.dice.between(2, 12, "analysis", call["to"], call["call_number"])
        self._world.agenda.add(step.at + seconds(pause), "call.analysed", step.body)

    def _analysed(self, step: Step) -> None:
        call = self._world.store.must("call", step.body["id"])
        call["status"] = "done"
        self.save(call)
        self._report(call, step.at)

    def _unanswered(self, step: Step) -> None:
        call = self._world.store.must("call", step.body["id"])
        call["status"], call["ended"] = "failed", step.at.timestamp()
        self.save(call)
        self._free_the_line(call, step.at)
        self._report(call, step.at)

    def _report(self, call: Document, at: datetime) -> None:
        webhooks, id = self._world.webhooks, call["conversation_id"]
        soon = at + seconds(self._world.dice.between(1, 5, "webhook", id))
        if call["status"] == "failed":
            payload = failure_webhook(self._world.settings, call, at)
            webhooks.plan(soon, "elevenlabs", "call_initiation_failure", payload, id)
            return
        body = conversation_body(self._world.settings, call)
        payload = transcription_webhook(body, at)
        webhooks.plan(soon, "elevenlabs", "post_call_transcription", payload, id)
        if self._world.settings.elevenlabs_post_call_audio and call["result"] == "answered":
            webhooks.plan(soon, "elevenlabs", "post_call_audio", audio_webhook(call, at), id)

    async def live_through(self, conversation_id: str) -> None:
        """Let the whole call happen at once, webhook included: the fault that it overtakes the answer."""
        world = self._world
        while (
            (call := self.get(conversation_id))
            and call["status"] not in ("done", "failed")
            and not call["manual"]
        ):
            with world.store.atomic():
                moved = world.store.db.execute(
                    "update agenda set at = ? where kind like 'call.%' and body like ?",
                    (world.clock.now().timestamp(), f'%"{conversation_id}"%'),
                ).rowcount
            if not moved:
                break
            world.agenda.run_due()
        with world.store.atomic():
            world.store.db.execute(
                "update agenda set at = ? where kind = 'webhook' and body like ?",
                (world.clock.now().timestamp(), f'%"about": "{conversation_id}"%'),
            )
        world.agenda.run_due()
        await world.agenda.settle()

    def wants_webhook_first(self, operation: str) -> bool:
        return self._world.faults.strikes("elevenlabs", operation, Kind.WEBHOOK_FIRST) is not None


def _timed(talk: list[tuple[str, str]], length: int) -> list[dict[str, Any]]:
    """Words spread over the call by how long they take to say."""
    total = sum(len(words) + 20 for _, words in talk)
    turns, passed = [], 0
    for role, words in talk:
        turns.append({"role": role, "message": words, "time_in_call_secs": length * passed // total})
        passed += len(words) + 20
    return turns
