"""What a provider reports on a message of ours: delivered, read, failed; late, twice, in any order."""

from __future__ import annotations

from typing import Any

from chassis import Tx
from contracts import messaging as said
from contracts.messaging import MessageDelivered, MessageFailed, MessageRead

from messaging.domain.cv_requests import MessageStatus
from messaging.domain.whapi_inbox import Report
from messaging.ports import Messages


async def apply_report(tx: Tx, report: Report, messages: Messages) -> None:
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
