"""Calling as the pages meet it: its gate's verdicts, stops, and calls whose end nobody knows."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import Accepted, BlobRef
from contracts.calling import (
    CallbackPlanned,
    CallDeferred,
    CallOutcomeUnknown,
    CallPlaced,
    CallPurpose,
    CallsPreview,
    CallTakenBack,
    PreviewCalls,
    RecordingKept,
    WouldBeRefused,
    WouldWait,
    ZoneFrom,
)
from contracts.intake import ApplicationStatus as S
from contracts.scoring import Outcome

from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.town import GOOD

HEARD, UNKNOWN, MOVED, CALLED_OFF, WAITS = range(301, 306)
"""Application ids, by what became of the call of each."""
NAMES = {
    HEARD: "Andreea Munteanu-Vâlcea",
    UNKNOWN: "Călin Drăgulescu",
    MOVED: "Ioana Brădățeanu-Sas",
    CALLED_OFF: "Pavel Enăchescu",
    WAITS: "Marcus Oyelaran",
}


def everybody_now(query: PreviewCalls) -> Accepted:
    return said(CallsPreview(now=query.application_ids))


def said(preview: CallsPreview) -> Accepted:
    return Accepted(result=preview.model_dump(mode="json"))


def gate(
    *,
    outside: dict[int, datetime] | None = None,
    refused: dict[int, tuple[str, str]] | None = None,
    not_known: tuple[int, ...] = (),
    **more: Any,
) -> Callable[[PreviewCalls], Accepted]:
    """Everybody now, but for these: outside hours until then, refused by code and message."""

    def answer(query: PreviewCalls) -> Accepted:
        waiting, no = outside or {}, refused or {}
        asked = query.application_ids
        return said(
            CallsPreview(
                now=[it for it in asked if it not in waiting and it not in no and it not in not_known],
                later=[
                    WouldWait(
                        application_ids=[number],
                        code="outside_hours",
                        message="Outside the calling hours where the person is.",
                        until=until,
                        time_zone="America/Halifax",
                        zone_from=ZoneFrom.NUMBER,
                    )
                    for number, until in waiting.items()
                    if number in asked
                ],
                refused=[
                    WouldBeRefused(application_ids=[number], code=code, message=message)
                    for number, (code, message) in no.items()
                    if number in asked
                ],
                not_known=[it for it in not_known if it in asked],
            )
        )

    return answer


def a_sound(seconds: int) -> bytes:
    """A recording that a browser can play: a soft tone."""
    rate, held = 8_000, io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        tone = (int(6_000 * math.sin(place / 9)) for place in range(rate * seconds))
        sound.writeframes(b"".join(struct.pack("<h", level) for level in tone))
    return held.getvalue()


def calls(told: Storyteller, now: datetime, sound: BlobRef) -> None:
    """One of each kind of call, within the last two hours."""
    told.at = now - timedelta(hours=2)
    for number, name in NAMES.items():
        zone = "America/Halifax" if number == WAITS else "Europe/Bucharest"
        told.person(number, name, 1, time_zone=zone)
    call_id = placed(told, HEARD)
    told.talks(HEARD, call_id, seconds=82)
    told.say(RecordingKept(**_ids(HEARD, call_id), recording=sound))
    told.is_judged(HEARD, call_id, Outcome.QUALIFIED, 82, GOOD, proposed=True)
    is_lost(told, UNKNOWN)
    asked = (now + timedelta(days=2)).replace(hour=18, minute=30, second=0, microsecond=0)
    told.talks(MOVED, placed(told, MOVED), seconds=33)
    told.becomes(MOVED, S.CALLBACK_SCHEDULED, "Asked to be called later", callback_at=asked)
    told.say(
        CallbackPlanned(
            candidate_id=MOVED,
            application_id=MOVED,
            asked_for=asked,
            planned_at=asked + timedelta(hours=13, minutes=30),
            moved_because="Outside calling hours.",
            time_zone="Europe/Bucharest",
            zone_from=ZoneFrom.STATED,
        )
    )
    off = placed(told, CALLED_OFF)
    back = {"attempt_number": 1, "code": "stopped", "reason": "Calls were stopped before it was dialled."}
    told.say(CallTakenBack(**_ids(CALLED_OFF, off), **back))
    told.becomes(CALLED_OFF, S.CALL_QUEUED, "Called off before it rang")
    told.is_queued(WAITS)
    told.say(
        CallDeferred(
            candidate_id=WAITS,
            application_id=WAITS,
            until=now + timedelta(hours=4),
            reason="Outside the calling hours where the person is.",
            code="outside_hours",
            time_zone="America/Halifax",
            zone_from=ZoneFrom.NUMBER,
        )
    )


def placed(told: Storyteller, number: int) -> UUID:
    told.is_queued(number)
    call_id = told.new_id()
    told.say(
        CallPlaced(
            **_ids(number, call_id),
            attempt_number=1,
            purpose=CallPurpose.SCREENING,
            placed_at=told.at,
            time_zone="Europe/Bucharest",
            zone_from=ZoneFrom.NUMBER,
            recorded=True,
        )
    )
    told.becomes(number, S.CALL_IN_PROGRESS, "Call 1 placed")
    return call_id


def is_lost(told: Storyteller, number: int) -> UUID:
    """A call of which nobody knows whether it rang."""
    call_id = placed(told, number)
    reason = "No news for 15 minutes, and the provider knows no such call."
    told.say(CallOutcomeUnknown(**_ids(number, call_id), attempt_number=1, reason=reason))
    told.becomes(number, S.NEEDS_HUMAN, "The call's outcome is not known", needs_human_reason=reason)
    return call_id


def _ids(number: int, call_id: UUID) -> dict[str, Any]:
    return {"candidate_id": number, "application_id": number, "call_id": call_id}
