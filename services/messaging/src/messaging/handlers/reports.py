"""What a provider reports on a message of ours: delivered, read, failed; late, twice, in any order."""

from __future__ import annotations

from typing import Any

from chassis import Tx
from contracts import messaging as said
from contracts.messaging import MessageDelivered, MessageFailed, MessageRead

from messaging.domain.cv_requests import MessageStatus, outcome_of
from messaging.domain.whapi_inbox import Report
from messaging.handlers.outcomes import announce_outcome, counts_otherwise
from messaging.ports import Messages, Pipeline, Reported


async def apply_report(tx: Tx, report: Report, messages: Messages, pipeline: Pipeline) -> None:
    """Never backwards; a report on an id that is not known yet waits for it."""
    at = min(report.at, tx.now) if report.at else tx.now
    after = await messages.keep_report(tx, report, at)
    if after is None:
        return
    if after.status is MessageStatus.FAILED:
        tx.publish(
            MessageFailed(
                candidate_id=after.candidate_id,
                application_id=after.application_id,
                message_id=after.message_id,
                channel=said.Channel(after.channel.value),
                message_type=said.MessageType(after.message_type.value),
                reason=report.problem or "the provider could not deliver it",
            )
        )
        await _miss_who_got_nothing(tx, after, messages, pipeline)
        return
    about: dict[str, Any] = {
        "candidate_id": after.candidate_id,
        "application_id": after.application_id,
        "message_id": after.message_id,
    }
    if after.status is MessageStatus.DELIVERED:
        tx.publish(MessageDelivered(**about, delivered_at=at))
    elif after.status is MessageStatus.READ:
        tx.publish(MessageRead(**about, read_at=at))


async def _miss_who_got_nothing(tx: Tx, failed: Reported, messages: Messages, pipeline: Pipeline) -> None:
    """When the last channel fails after all, a person is told, who need not wait for weeks to learn it.

    The reminders end when intake hands the application over, and not before: else nothing might move it.
    """
    if failed.application_id is None or failed.round is None:
        return
    fates = await messages.fates(tx, failed)
    outcome = outcome_of(fates) if fates else None
    if outcome is None or outcome.sent_on:
        return
    if await counts_otherwise(tx, failed.application_id, failed.message_type, messages):
        return
    standing = await pipeline.standing(tx, failed.application_id)
    announce_outcome(tx, standing, failed.message_type, outcome, tx.now)
