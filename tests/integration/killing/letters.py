"""What has to be true of messages in the end, told by the providers' ledger and what was written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.messaging import MessageFailed, MessageOutcomeUnknown, MessageReceived, MessageSent

from .town import Town
from .writing import AT_REST

SENT = {"sent", "delivered", "read"}
SETTLED = {*SENT, "failed", "unknown"}
_MESSAGES = """
SELECT message_id::text AS id, application_id, message_type AS type, channel, status, recipient, body,
       composed_at, error_detail
FROM messaging.messages
"""
_SAID = """
SELECT data::jsonb ->> 'message_id' AS id, type FROM messaging.outbox WHERE type = ANY($1) AND due_at IS NULL
"""
_ANNOUNCED = (
    "SELECT data::jsonb ->> 'external_id' AS id FROM messaging.outbox WHERE type = $1 AND due_at IS NULL"
)
_LEARNED = """
SELECT m.application_id, min(i.handled_at) AS at
FROM cv_matching.outbox m JOIN messaging.inbox i USING (event_id)
WHERE m.type = 'cv_matching.cv.matched.v1' AND i.consumer LIKE '%follow_intake' GROUP BY 1
"""
_OPEN = "SELECT application_id, message_type FROM messaging.requests WHERE settled_at IS NULL"
_ENDS = [kind.type() for kind in (MessageSent, MessageFailed, MessageOutcomeUnknown)]


@dataclass(frozen=True, slots=True)
class Letters:
    """Everything that was written down, read once at the end."""

    messages: dict[str, dict[str, Any]]
    taken: dict[str, list[datetime]]
    """When a provider took a message, by our key."""
    strange: list[str]
    """What a provider took that nobody composed."""
    said: dict[str, Counter[str]]
    written: Counter[str]
    """What people wrote, by the provider's key."""
    announced: Counter[str]
    learned: dict[int, datetime]
    """When messaging heard that an application has its CV: on the town's clock, not the machine's."""
    open_requests: list[str]
    statuses: dict[int, str]
    duplicates: int
    dead: list[str]

    @classmethod
    async def read(cls, town: Town) -> Letters:
        messages = {row["id"]: dict(row) for row in await town.db.fetch(_MESSAGES)}
        by_words = {(one["recipient"], one["body"]): id for id, one in messages.items()}
        taken: dict[str, list[datetime]] = {}
        strange = []
        for entry in await town.ledger("message"):
            if entry["provider"] == "gmail":
                key = entry["message_id"].strip("<>").partition("@")[0]
            else:
                key = by_words.get((entry["to"], entry["text"]), "")
            if key in messages:
                taken.setdefault(key, []).append(datetime.fromisoformat(entry["at"]))
            else:
                strange.append(f"{entry['provider']} {entry['message_id']}")
        said: dict[str, Counter[str]] = {}
        for row in await town.db.fetch(_SAID, _ENDS):
            said.setdefault(row["id"], Counter())[row["type"]] += 1
        repeated = (await town.control.get("/ledger/duplicates")).json()["entries"]
        return cls(
            messages,
            taken,
            strange,
            said,
            Counter(await written(town)),
            await announced(town),
            {row["application_id"]: town.shown_at(row["at"]) for row in await town.db.fetch(_LEARNED)},
            [f"{row['application_id']} {row['message_type']}" for row in await town.db.fetch(_OPEN)],
            await town.statuses(),
            len(repeated),
            await town.dead(),
        )

    def wrong(self, moment: timedelta) -> list[str]:
        """Every broken promise, by name; empty is as it should be.

        ``moment``: how long what was looked at right before sending may take to arrive, on the town's clock.
        """
        return [*self._sendings(), *self._reminders(moment), *self._ends(), *self._inbound(), *self._people()]

    def _sendings(self) -> list[str]:
        """No message of one type twice to one application on a channel, and none that nobody composed."""
        told: Counter[tuple[int, str, str]] = Counter()
        for key, times in self.taken.items():
            one = self.messages[key]
            told[one["application_id"], one["type"], one["channel"]] += len(times)
        found = [
            f"application {to}: {kind} {times} times by {by}"
            for (to, kind, by), times in told.items()
            if times > 1
        ]
        found += [f"{one}: sent, and nobody composed it" for one in self.strange]
        if self.duplicates:
            found.append(f"the providers count {self.duplicates} duplicates")
        return found

    def _reminders(self, moment: timedelta) -> list[str]:
        """No reminder once messaging has learned of the CV: none is composed, and what was composed stays."""
        found = []
        for key, one in self.messages.items():
            learned = self.learned.get(one["application_id"])
            if learned is None or not one["type"].startswith("cv_followup"):
                continue
            if one["composed_at"] > learned:
                found.append(
                    f"{key}: a reminder composed {one['composed_at'] - learned} after the CV was known"
                )
            found += [
                f"{key}: a reminder sent {at - learned} after the CV was known"
                for at in self.taken.get(key, [])
                if at > learned + moment
            ]
        return found

    def _ends(self) -> list[str]:
        """What became of every message is known and was said, once, and is what the provider says."""
        found = [f"request {one} is open" for one in self.open_requests]
        for key, one in self.messages.items():
            said, status = self.said.get(key, Counter()), one["status"]
            if status not in SETTLED:
                found.append(f"{key}: still {status}")
            if (
                any(times > 1 for times in said.values())
                or len(set(said) - {MessageOutcomeUnknown.type()}) > 1
            ):
                found.append(f"{key}: its end was said more than once: {dict(said)}")
            if status in SETTLED and not said:
                found.append(f"{key}: {status}, and nothing was said")
            if status in SENT and key not in self.taken:
                found.append(f"{key}: {status}, and no provider has it")
            if status == "failed" and key in self.taken and "rejected by" not in (one["error_detail"] or ""):
                found.append(f"{key}: said to have failed ({one['error_detail']}), and was sent")
        return found

    def _inbound(self) -> list[str]:
        found = [
            f"{key}: announced {self.announced[key]} times"
            for key in self.written
            if self.announced[key] != 1
        ]
        return found + [
            f"{key}: announced, and nobody wrote it" for key in self.announced if key not in self.written
        ]

    def _people(self) -> list[str]:
        found = [f"application {one}: {now}" for one, now in self.statuses.items() if now not in AT_REST]
        return [*found, *(f"dead letter {one}" for one in self.dead)]

    def figures(self) -> dict[str, Any]:
        return {
            "applications": dict(Counter(self.statuses.values())),
            "messages": dict(Counter(f"{one['type']} {one['status']}" for one in self.messages.values())),
            "not sent, because": dict(
                Counter(one["error_detail"] for one in self.messages.values() if one["status"] == "failed")
            ),
            "taken by providers": sum(map(len, self.taken.values())),
            "most per type and channel": max(map(len, self.taken.values()), default=0),
            "people wrote": self.written.total(),
            "CVs known": len(self.learned),
        }


async def written(town: Town) -> list[str]:
    return [
        entry["id"] if entry["provider"] == "gmail" else entry["message_id"]
        for entry in await town.ledger("inbound")
    ]


async def announced(town: Town) -> Counter[str]:
    return Counter(row["id"] for row in await town.db.fetch(_ANNOUNCED, MessageReceived.type()))
