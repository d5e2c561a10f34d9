"""What a recruiter may have sent by hand, and when not: nothing of one type twice on one channel.

The words of a refusal are for the recruiter.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from messaging.domain.cv_requests import (
    CV_IS_THERE,
    NUMBERS,
    OF_AN_OPEN_POSITION,
    TO_CONFIRM,
    Fate,
    MessageStatus,
    may_have_left,
    reminder_due_in,
    still_said,
)
from messaging.domain.letters import Channel, MessageType

LONGEST = {Channel.EMAIL: 20_000, Channel.WHATSAPP: 4_096}
"""Characters of a body; of WhatsApp the provider's limit (providers.md 3.2)."""
NAMES = {Channel.EMAIL: "email", Channel.WHATSAPP: "WhatsApp"}
WORDS = {
    MessageType.CV_REQUEST: "The CV request",
    MessageType.CV_REQUEST_REJECTED: "The request for a CV for later positions",
    MessageType.CV_FOLLOWUP_1: "Reminder 1",
    MessageType.CV_FOLLOWUP_2: "Reminder 2",
    MessageType.REJECTION: "The rejection",
    MessageType.OTHER: "The message",
}


def not_called_for(
    message_type: MessageType, status: str, *, cv_known: bool, position_closed: bool
) -> str | None:
    """Why the application is not where this is said; None: it is."""
    what = WORDS[message_type]
    if status == TO_CONFIRM:
        return "The outcome waits to be confirmed: decide first."
    if message_type is not MessageType.REJECTION and (cv_known or status in CV_IS_THERE):
        return f"{what} is not needed: the CV is here."
    if status == "closed" and message_type is not MessageType.REJECTION:
        return f"{what} is not sent: the application is closed."
    if position_closed and message_type in OF_AN_OPEN_POSITION:
        return f"{what} is not sent: the position is closed."
    if message_type in NUMBERS:
        return None if reminder_due_in(status) == NUMBERS[message_type] else _no_such_reminder(status)
    if not still_said(message_type, status):
        return f"{what} is not what this application's status calls for."
    return None


def _no_such_reminder(status: str) -> str:
    following = reminder_due_in(status)
    if following is None:
        return "Nobody waits for a CV here, so there is nothing to remind of."
    return "Both reminders were sent." if following == 3 else f"Reminder {following} is the next one."


def channels_left(usual: Sequence[Channel], asked: Sequence[Channel], fates: Sequence[Fate]) -> list[Channel]:
    """Where it goes: on the channels asked for, or on the usual ones on which none has left."""
    taken = {fate.channel for fate in fates if may_have_left(fate)}
    return list(dict.fromkeys(asked)) or [channel for channel in usual if channel not in taken]


def said_before(
    message_type: MessageType, channels: Collection[Channel], fates: Sequence[Fate], zone: tzinfo
) -> str | None:
    """What became of the one that was sent on one of these; None: there is none. ``zone``: whose clock."""
    before = [fate for fate in fates if fate.channel in channels and may_have_left(fate)]
    if not before:
        return None
    fate = max(before, key=lambda one: one.sent_at.timestamp() if one.sent_at else 0)
    what, how = WORDS[message_type], NAMES[fate.channel]
    if fate.status is MessageStatus.UNKNOWN:
        return f"{what} may have been sent by {how}: say first whether it arrived."
    if fate.sent_at is None:
        return f"{what} is on its way by {how} already."
    return f"{what} was sent by {how} on {fate.sent_at.astimezone(zone):%-d %B at %H:%M} already."
