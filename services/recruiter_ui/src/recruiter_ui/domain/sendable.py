"""What can be sent to a candidate by template now, and on which channels: what an application's page offers.

Messaging decides again when the command comes, and says why not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recruiter_ui.domain.composing import NAMES, Way

_ASKED = ("qualified", "awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue")
_CALLED_FOR = {
    "cv_followup_1": ("awaiting_cv",),
    "cv_followup_2": ("cv_followup_1",),
    "cv_request": _ASKED,
    "cv_request_rejected": ("not_qualified", "awaiting_cv_rejected"),
    "rejection": ("not_qualified", "awaiting_cv_rejected", "cv_received_rejected", "closed"),
}
_LABELS = {
    "cv_followup_1": "Reminder 1, before its time",
    "cv_followup_2": "Reminder 2, before its time",
    "cv_request": "The CV request",
    "cv_request_rejected": "The CV request for later roles",
    "rejection": "The rejection",
}
_OF_AN_OPEN_POSITION = ("cv_followup_1", "cv_followup_2", "cv_request")


@dataclass(frozen=True, slots=True)
class Offer:
    """One message that may be sent; ``channels`` are those on which none like it has left."""

    message_type: str
    label: str
    channels: list[str]
    then: str

    @property
    def how(self) -> str:
        return "by " + " and ".join(NAMES[channel].replace("Email", "email") for channel in self.channels)


def offers(
    status: str,
    ways: Sequence[Way],
    messages: Sequence[Mapping[str, Any]],
    *,
    to_confirm: bool,
    position_closed: bool,
) -> list[Offer]:
    """Nothing before an outcome is confirmed, and nothing twice on a channel."""
    if to_confirm:
        return []
    found = []
    for message_type, statuses in _CALLED_FOR.items():
        if status not in statuses or (position_closed and message_type in _OF_AN_OPEN_POSITION):
            continue
        channels = [
            way.channel
            for way in ways
            if way.closed is None and not _has_left(message_type, way.channel, messages)
        ]
        if channels:
            found.append(Offer(message_type, _LABELS[message_type], channels, _then(message_type)))
    return found


def _has_left(message_type: str, channel: str, messages: Sequence[Mapping[str, Any]]) -> bool:
    """Also one that waits, and one of which nobody knows."""
    return any(
        not it["inbound"]
        and (it["message_type"], it["channel"]) == (message_type, channel)
        and (it["sent_at"] is not None or it["delivery"] not in ("failed", "taken_back"))
        for it in messages
    )


def _then(message_type: str) -> str:
    wait = "some minutes" if message_type == "rejection" else "a moment"
    return f"It leaves after {wait} and can be taken back until then; at night it waits for the morning."
