"""Asking for a CV: on which channels, when again, and when it is over (recruitflow.md 6, 7, 10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from messaging.domain.letters import Channel, MessageType

WAITING = ("awaiting_cv", "cv_followup_1", "cv_followup_2")
"""Where an application stands when follow-up 1, 2 and the end (3) are due."""

_ROAD = ("qualified", *WAITING)

TO_CONFIRM = "to_confirm"
"""How messaging knows an application whose outcome a recruiter has yet to confirm, whatever it is."""

SET_ASIDE = "set_aside"
"""How messaging knows an application that is closed because it should not have been there: the person's other
one goes on, or its import was undone. Nobody is told that it is over."""

_SAID_WHILE = {
    MessageType.CV_REQUEST: (*_ROAD, "cv_overdue"),
    MessageType.CV_FOLLOWUP_1: (*_ROAD, "cv_overdue"),
    MessageType.CV_FOLLOWUP_2: (*_ROAD, "cv_overdue"),
    MessageType.CV_REQUEST_REJECTED: ("not_qualified", "awaiting_cv_rejected"),
    MessageType.REJECTION: ("not_qualified", "awaiting_cv_rejected", "cv_received_rejected", "closed"),
}

CV_IS_THERE = ("cv_received", "cv_received_rejected")

FOLLOW_UPS = {1: MessageType.CV_FOLLOWUP_1, 2: MessageType.CV_FOLLOWUP_2}
NUMBERS = {kind: number for number, kind in FOLLOW_UPS.items()}
ASKED_FOR_BY_STATUS = {
    "qualified": MessageType.CV_REQUEST,
    "not_qualified": MessageType.CV_REQUEST_REJECTED,
}
OF_AN_OPEN_POSITION = (MessageType.CV_REQUEST, *FOLLOW_UPS.values())
"""Nobody is asked for a CV for a position that is filled; for later positions they may be."""
_NAMES = {Channel.EMAIL: "email", Channel.WHATSAPP: "WhatsApp"}
LOOK_AGAIN_AFTER = timedelta(minutes=15)


class MessageStatus(StrEnum):
    """``unknown``: nobody can say whether it was sent; it is never sent again. ``taken_back`` by a
    recruiter, before it left."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    TAKEN_BACK = "taken_back"


class FollowUp(Enum):
    """What a due follow-up turns into when it is looked at again."""

    SEND = "send"
    EXPIRE = "expire"
    TOO_EARLY = "too early"
    BEHIND = "behind"
    NOT_WANTED = "not wanted"


def follow_up_now(number: int, status: str, cv_known: bool) -> FollowUp:
    """``number`` 1 and 2 are follow-ups, 3 is the end of waiting.

    A status that is still on its way there is waited for. One that is past it was reached after the reminder
    was set, when a decision was taken back: the next one has to be set. Any other means that nobody is to be
    reminded.
    """
    if cv_known or status not in _ROAD:
        return FollowUp.NOT_WANTED
    here, there = _ROAD.index(status), _ROAD.index(WAITING[number - 1])
    if here < there:
        return FollowUp.TOO_EARLY
    if here > there:
        return FollowUp.BEHIND
    return FollowUp.EXPIRE if number == 3 else FollowUp.SEND


def still_said(message_type: MessageType, status: str) -> bool:
    """Whether a message of this type is what an application with this status is told."""
    return status in _SAID_WHILE.get(message_type, (status,))


def reminder_due_in(status: str) -> int | None:
    """Which follow-up is the next one in this status; None where nobody is reminded."""
    return WAITING.index(status) + 1 if status in WAITING else None


def unwanted(message_type: MessageType, status: str, cv_known: bool) -> str | None:
    """Why a message that was composed should not be sent after all; None: send it."""
    if message_type is MessageType.OTHER:
        return None
    if status == "closed" and message_type is not MessageType.REJECTION:
        return "not sent: the application was closed"
    if (cv_known or status in CV_IS_THERE) and message_type is not MessageType.REJECTION:
        return "not sent: the CV had arrived"
    if message_type in NUMBERS and status not in WAITING:
        return "not sent: nobody waits for this CV any more"
    if status == TO_CONFIRM:
        return "not sent: the outcome waits to be confirmed"
    if not still_said(message_type, status):
        return "not sent: it was decided otherwise meanwhile"
    return None


def hindered(
    message_type: MessageType, channel: Channel, forbidden: Collection[Channel], *, position_closed: bool
) -> str | None:
    """What came between composing and sending, of the person or the position; None: send it."""
    if channel in forbidden:
        return f"not sent: the candidate asked not to be contacted by {_NAMES[channel]}"
    if position_closed and message_type in OF_AN_OPEN_POSITION:
        return "not sent: the position was closed"
    return None


def channels_for(
    message_type: MessageType,
    *,
    email: str | None,
    phone: str | None,
    forbidden: Collection[Channel] = (),
) -> list[Channel]:
    """A qualified candidate is asked on every channel; one who is not a fit on WhatsApp, else by email.

    Never on a channel on which they asked not to be contacted.
    """
    whatsapp = bool(phone) and Channel.WHATSAPP not in forbidden
    channels = [Channel.WHATSAPP] if whatsapp else []
    enough = whatsapp and message_type is MessageType.CV_REQUEST_REJECTED
    if email and Channel.EMAIL not in forbidden and not enough:
        channels.append(Channel.EMAIL)
    return channels


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one message of a request. ``sent_at`` stays when one that was sent is not delivered."""

    channel: Channel
    status: MessageStatus
    sent_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """``sent_on`` is empty when no message got out; ``reason`` then says why."""

    sent_on: list[Channel]
    last_sent_at: datetime | None
    reason: str
    taken_back: bool = False
    """By a recruiter, who does not want it sent (now)."""


POSITION_CLOSED = RequestOutcome(
    [], None, "the position is closed. Open it again to ask for the CV, or decide without it"
)


def nobody_to_ask(email: str | None, phone: str | None, forbidden: Collection[Channel]) -> RequestOutcome:
    """Why no channel is left, in words for a recruiter."""
    had = {Channel.EMAIL: email, Channel.WHATSAPP: phone}
    missing = {Channel.EMAIL: "no email address", Channel.WHATSAPP: "no phone number"}
    unwanted_on = [_NAMES[channel] for channel, address in had.items() if address and channel in forbidden]
    absent = [missing[channel] for channel, address in had.items() if not address]
    if not unwanted_on:
        return RequestOutcome([], None, " and ".join(absent) or "no email address and no phone number")
    asked = f"the candidate asked not to be contacted by {' and '.join(unwanted_on)}"
    return RequestOutcome([], None, ", and there is ".join([asked, *absent]))


def may_be_asked_again(fates: Sequence[Fate]) -> bool:
    """Only when it is certain that nothing of the last request left."""
    return not any(may_have_left(fate) for fate in fates)


def may_have_left(fate: Fate) -> bool:
    """A message of which it is not certain that it reached nobody: there will be no second one like it."""
    return fate.sent_at is not None or fate.status not in (MessageStatus.FAILED, MessageStatus.TAKEN_BACK)


def reached(fates: Sequence[Fate]) -> bool:
    """Whether something was sent, and not said to have failed since."""
    return any(fate.sent_at is not None and fate.status is not MessageStatus.FAILED for fate in fates)


def outcome_of(fates: Sequence[Fate]) -> RequestOutcome | None:
    """None as long as one of the messages is still on its way."""
    if any(fate.status is MessageStatus.PENDING for fate in fates):
        return None
    ordered = sorted(fates, key=lambda fate: fate.channel)
    sent = [fate for fate in ordered if fate.sent_at is not None and fate.status is not MessageStatus.FAILED]
    reasons = [f"{fate.channel.value}: {fate.error or 'not sent'}" for fate in ordered if fate not in sent]
    return RequestOutcome(
        sent_on=[fate.channel for fate in sent],
        last_sent_at=max((fate.sent_at for fate in sent if fate.sent_at), default=None),
        reason="; ".join(reasons) or nobody_to_ask(None, None, ()).reason,
        taken_back=any(fate.status is MessageStatus.TAKEN_BACK for fate in ordered),
    )


_ORDER = (MessageStatus.PENDING, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)


def later_status(present: MessageStatus, reported: MessageStatus) -> MessageStatus | None:
    """The status after a provider's report; None when it says nothing new (reports come late and twice)."""
    if reported is MessageStatus.FAILED:
        return reported if present in (MessageStatus.PENDING, MessageStatus.SENT) else None
    if present not in _ORDER or reported not in _ORDER:
        return None
    return reported if _ORDER.index(reported) > _ORDER.index(present) else None
