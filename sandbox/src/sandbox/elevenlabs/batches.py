"""Batches of calls: taken as a whole, dialled one after another (providers.md 1.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.agenda import seconds
from sandbox.elevenlabs.calls import Calls
from sandbox.elevenlabs.models import BatchSubmit, given
from sandbox.faults import Kind
from sandbox.store import Document
from sandbox.world import World

_BETWEEN_CALLS = 2.0
_RECIPIENT_STATUS = {"in-progress": "in_progress", "processing": "in_progress", "done": "completed"}


class Batches:
    """What a batch is, is told from its calls; only the order itself is stored."""

    def __init__(self, world: World, calls: Calls) -> None:
        self._world = world
        self._calls = calls

    def submit(self, order: BatchSubmit, error: Document | None) -> Document:
        world, now = self._world, self._world.clock.now()
        start = now
        if order.scheduled_time_unix:
            start = max(now, datetime.fromtimestamp(order.scheduled_time_unix, UTC))
        telephony = given(order.telephony_call_config)
        ringing = int(telephony.get("ringing_timeout_secs", 60))
        held = world.faults.strikes("elevenlabs", "batch_submit", Kind.HELD) is not None
        slow = world.faults.strikes("elevenlabs", "batch_submit", Kind.SLOW_DISPATCH)
        between = (slow.seconds if slow else None) or _BETWEEN_CALLS
        with world.store.atomic():
            batch: Document = {
                "id": f"btcal_{world.fresh_id('batch', 26)}",
                "name": order.call_name,
                "phone_number_id": order.agent_phone_number_id,
                "timezone": order.timezone,
                "created": int(now.timestamp()),
                "scheduled": int(start.timestamp()),
                "telephony": {"ringing_timeout_secs": ringing, **telephony},
                "concurrency": order.target_concurrency_limit,
                "cancelled": False,
                "calls": [],
            }
            for number, recipient in enumerate(order.recipients):
                recipient_id = recipient.id or f"rcpt_{world.fresh_id('recipient', 26)}"
                extra = {
                    "batch_id": batch["id"],
                    "recipient_id": recipient_id,
                    "call_name": order.call_name,
                    "error": error,
                    "agent_id": order.agent_id,
                    "held": held,
                    "concurrency": order.target_concurrency_limit,
                }
                client_data = given(recipient.conversation_initiation_client_data)
                at = start + seconds(1 + number * between)
                call = self._calls.place(recipient.phone_number or "", at, client_data, ringing, extra)
                batch["calls"].append(call["conversation_id"])
            world.store.put("batch", batch["id"], batch)
        return batch

    def get(self, id: str) -> Document | None:
        return self._world.store.get("batch", id)

    def all(self) -> list[Document]:
        return self._world.store.find("batch", newest_first=True)

    def cancel(self, batch: Document) -> Document:
        """Calls not dialled yet will not be."""
        with self._world.store.atomic():
            for call in self._calls_of(batch):
                if call["status"] == "pending":
                    call["status"] = "cancelled"
                    self._calls.save(call)
            batch["cancelled"] = True
            self._world.store.put("batch", batch["id"], batch)
        return batch

    def let_go(self, batch: Document) -> int:
        """Dial the held calls of a batch; answers how many."""
        now = self._world.clock.now()
        with self._world.store.atomic():
            held = [
                call for call in self._calls_of(batch) if call.get("held") and call["status"] == "pending"
            ]
            for number, call in enumerate(held):
                call["held"] = False
                self._calls.save(call)
                self._calls.dial(call, now + seconds(1 + number * _BETWEEN_CALLS))
        return len(held)

    def delete(self, batch: Document) -> None:
        self.cancel(batch)
        self._world.store.delete("batch", batch["id"])

    def summary(self, batch: Document) -> dict[str, Any]:
        calls = self._calls_of(batch)
        over = [call for call in calls if call["status"] in ("done", "failed", "cancelled")]
        dispatched = [call for call in calls if call["started"]]
        return {
            "id": batch["id"],
            "phone_number_id": batch["phone_number_id"],
            "phone_provider": "twilio",
            "whatsapp_params": None,
            "name": batch["name"],
            "agent_id": self._world.settings.elevenlabs_agent_id,
            "branch_id": None,
            "environment": None,
            "created_at_unix": batch["created"],
            "scheduled_time_unix": batch["scheduled"],
            "timezone": batch["timezone"],
            "total_calls_dispatched": len(dispatched),
            "total_calls_scheduled": len(calls),
            "total_calls_finished": len(over),
            "last_updated_at_unix": max([batch["created"], *map(_touched, calls)]),
            "status": _status(batch, len(calls), len(dispatched), len(over)),
            "retry_count": 0,
            "telephony_call_config": batch["telephony"],
            "target_concurrency_limit": batch["concurrency"],
            "agent_name": "RecruitFlow screening",
            "branch_name": None,
        }

    def detail(self, batch: Document) -> dict[str, Any]:
        """The summary and its recipients; a recipient has a conversation id once it was dialled."""
        recipients = [_recipient(call) for call in self._calls_of(batch)]
        return {**self.summary(batch), "recipients": recipients}

    def _calls_of(self, batch: Document) -> list[Document]:
        return [self._world.store.must("call", id) for id in batch["calls"]]


def _recipient(call: Document) -> dict[str, Any]:
    status = _RECIPIENT_STATUS.get(call["status"], call["status"])
    if call["status"] == "done" and call["result"] == "voicemail":
        status = "voicemail"
    return {
        "id": call["recipient_id"],
        "phone_number": call["to"],
        "whatsapp_user_id": None,
        "status": status,
        "created_at_unix": int(call["created"]),
        "updated_at_unix": _touched(call),
        "conversation_id": call["conversation_id"] if call["started"] else None,
        "conversation_initiation_client_data": call["client_data"],
    }


def _touched(call: Document) -> int:
    return int(call["ended"] or call["accepted"] or call["started"] or call["created"])


def _status(batch: Document, total: int, dispatched: int, over: int) -> str:
    if batch["cancelled"]:
        return "cancelled"
    if over == total:
        return "completed"
    return "in_progress" if dispatched else "pending"
