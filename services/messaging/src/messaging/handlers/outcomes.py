"""What became of a request for a CV, made known; and when the candidate is reminded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis import Tx
from contracts import messaging as said
from contracts.messaging import CandidateUnreachable, CvFollowedUp, CvRequested, FollowUpDue

from messaging.domain.cv_requests import (
    CV_IS_THERE,
    NUMBERS,
    RequestOutcome,
    outcome_of,
    reached,
    reminder_due_in,
    still_said,
)
from messaging.domain.letters import MessageType
from messaging.ports import Letter, Messages, Pipeline, Standing


def follow_up_key(application_id: int) -> str:
    return f"follow-up:{application_id}"


async def settle_when_done(tx: Tx, letter: Letter, messages: Messages, pipeline: Pipeline) -> None:
    """When every channel is settled, say what became of it; reminders count from the time of sending."""
    if letter.application_id is None or letter.round is None:
        return
    fates = await messages.lock_request(tx, letter)
    outcome = outcome_of(fates) if fates is not None else None
    if outcome is None:
        return
    await messages.settle_request(tx, letter.application_id, letter.message_type, letter.round)
    if not outcome.sent_on and await counts_otherwise(
        tx, letter.application_id, letter.message_type, messages
    ):
        return
    standing = await pipeline.standing(tx, letter.application_id)
    announce_outcome(tx, standing, letter.message_type, outcome, outcome.last_sent_at or tx.now)


async def counts_otherwise(
    tx: Tx, application_id: int, message_type: MessageType, messages: Messages
) -> bool:
    """One request reached nobody: whether another one did, or still may, and says so itself."""
    asked = await messages.asked(tx, application_id, message_type)
    return asked.open or reached(asked.fates)


def announce_outcome(
    tx: Tx, standing: Standing, message_type: MessageType, outcome: RequestOutcome, asked_at: datetime
) -> None:
    """Reminders count from ``asked_at``.

    There are none once the CV is here, the application closed, or something else decided; and whoever could
    not be reached with what is no longer said to them is nobody's task. A rejection leads to nothing.
    """
    ids: dict[str, Any] = {"candidate_id": standing.candidate_id, "application_id": standing.application_id}
    over = standing.cv_known or standing.status in (*CV_IS_THERE, "closed")
    over = over or not still_said(message_type, standing.status)
    if message_type is MessageType.REJECTION:
        return
    if outcome.sent_on:
        _say_what_was_asked(tx, ids, message_type, outcome)
        if not over:
            _set_next_reminder(tx, ids, message_type, standing, asked_at)
    elif not over and outcome.taken_back:
        _take_up_again(tx, ids, standing, message_type)
    elif not over:
        tx.publish(CandidateUnreachable(**ids, reason=outcome.reason))


def _take_up_again(tx: Tx, ids: dict[str, Any], standing: Standing, message_type: MessageType) -> None:
    """A recruiter took it back. A reminder comes again after a whole interval; a request is theirs now."""
    if message_type in NUMBERS:
        due = FollowUpDue(**ids, number=NUMBERS[message_type])
        tx.publish(due, at=tx.now + standing.follow_up_interval, key=follow_up_key(ids["application_id"]))
    elif message_type is MessageType.CV_REQUEST:
        tx.publish(CandidateUnreachable(**ids, reason="a recruiter took the request back"))


def _say_what_was_asked(
    tx: Tx, ids: dict[str, Any], message_type: MessageType, outcome: RequestOutcome
) -> None:
    channels = list(dict.fromkeys(said.Channel(channel.value) for channel in outcome.sent_on))
    number = NUMBERS.get(message_type)
    if number is not None:
        tx.publish(CvFollowedUp(**ids, number=number, channels=channels))
    elif message_type in (MessageType.CV_REQUEST, MessageType.CV_REQUEST_REJECTED):
        for_later = message_type is MessageType.CV_REQUEST_REJECTED
        tx.publish(CvRequested(**ids, channels=channels, for_later=for_later))


def _set_next_reminder(
    tx: Tx, ids: dict[str, Any], message_type: MessageType, standing: Standing, asked_at: datetime
) -> None:
    """None for those who were not a fit (recruitflow.md 10, step 6). One that was sent is not due again."""
    if message_type is MessageType.CV_REQUEST:
        number = 1
    elif message_type in NUMBERS:
        number = NUMBERS[message_type] + 1
    else:
        return
    due = FollowUpDue(**ids, number=max(number, reminder_due_in(standing.status) or number))
    at = asked_at + standing.follow_up_interval
    tx.publish(due, at=at, key=follow_up_key(ids["application_id"]))
