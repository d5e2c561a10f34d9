"""What became of a request for a CV, made known; and when the candidate is reminded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis import Tx
from contracts import messaging as said
from contracts.messaging import CandidateUnreachable, CvFollowedUp, CvRequested, FollowUpDue

from messaging.domain.cv_requests import CV_IS_THERE, NUMBERS, RequestOutcome, still_said
from messaging.domain.letters import MessageType
from messaging.ports import Standing


def follow_up_key(application_id: int) -> str:
    return f"follow-up:{application_id}"


def announce_outcome(
    tx: Tx, standing: Standing, message_type: MessageType, outcome: RequestOutcome, asked_at: datetime
) -> None:
    """Reminders count from ``asked_at``.

    There are none once the CV is here, the application closed, or something else decided; and whoever could
    not be reached with what is no longer said to them is nobody's task.
    """
    ids: dict[str, Any] = {"candidate_id": standing.candidate_id, "application_id": standing.application_id}
    over = standing.cv_known or standing.status in (*CV_IS_THERE, "closed")
    over = over or not still_said(message_type, standing.status)
    if outcome.sent_on:
        _say_what_was_asked(tx, ids, message_type, outcome)
        if not over:
            _set_next_reminder(tx, ids, message_type, asked_at + standing.follow_up_interval)
    elif not over:
        tx.publish(CandidateUnreachable(**ids, reason=outcome.reason))


def _say_what_was_asked(
    tx: Tx, ids: dict[str, Any], message_type: MessageType, outcome: RequestOutcome
) -> None:
    channels = [said.Channel(channel.value) for channel in outcome.sent_on]
    number = NUMBERS.get(message_type)
    if number is not None:
        tx.publish(CvFollowedUp(**ids, number=number, channels=channels))
    elif message_type in (MessageType.CV_REQUEST, MessageType.CV_REQUEST_REJECTED):
        for_later = message_type is MessageType.CV_REQUEST_REJECTED
        tx.publish(CvRequested(**ids, channels=channels, for_later=for_later))


def _set_next_reminder(tx: Tx, ids: dict[str, Any], message_type: MessageType, at: datetime) -> None:
    """None for those who were not a fit (recruitflow.md 10, step 6)."""
    if message_type is MessageType.CV_REQUEST:
        number = 1
    elif message_type in NUMBERS:
        number = NUMBERS[message_type] + 1
    else:
        return
    tx.publish(FollowUpDue(**ids, number=number), at=at, key=follow_up_key(ids["application_id"]))
