"""Webhooks of the telephony provider: which attempt they are about, and what they settle.

A delivery may come twice, late, out of order, or before the answer to the request that caused it. What
belongs to no attempt of ours is kept, never lost and never an error.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from chassis import Handlers, Tx
from chassis.blobs import Blobs
from contracts.gateway import ElevenLabsWebhookReceived

from calling.domain.attempts import OPEN_TO_NEWS, AttemptState
from calling.domain.machines import DETECTION_KIND, read_machine
from calling.domain.news import read_webhook
from calling.domain.recordings import SENT_KIND
from calling.handlers.placing import unknown_outcome
from calling.handlers.recalling import it_rang_after_all
from calling.handlers.settling import Desk, is_the_end, settle
from calling.ports import Attempts, CallingPolicy, Gate, Queue, Switchboard, UnboundWebhooks

handlers = Handlers("calling")
_log = structlog.get_logger("calling")


@handlers.on(ElevenLabsWebhookReceived)
async def hear_of_call(
    event: ElevenLabsWebhookReceived,
    tx: Tx,
    blobs: Blobs,
    queue: Queue,
    attempts: Attempts,
    gate: Gate,
    board: Switchboard,
    policy: CallingPolicy,
    unbound: UnboundWebhooks,
) -> None:
    """Settle the attempt that the delivery is about; recordings are somebody else's (``recording``)."""
    if event.kind == SENT_KIND:
        return
    body, machine = await _body(event, blobs), event.kind == DETECTION_KIND
    news = read_machine(body) if machine else read_webhook(body)
    if news is None:
        reason = "not clear who picked up" if machine else "nothing about how a call went"
        await _keep(event, tx, unbound, reason)
        return
    attempt = await attempts.find_for(tx, news)
    if attempt is None:
        await _keep(event, tx, unbound, "no attempt of ours fits")
        return
    # Only who was asked for it can know of it, also where the answer was that it was not accepted.
    after_all = attempt.state is AttemptState.WITHDRAWN
    if after_all:
        attempt = await it_rang_after_all(tx, board, policy, attempt)
    if machine and attempt.state in OPEN_TO_NEWS:
        await attempts.hear_machine(tx, attempt.call_id)
    await settle(Desk(tx, queue, attempts, gate, board), attempt, news, last_word=False)
    if after_all and attempt.state is AttemptState.UNKNOWN and not is_the_end(news):
        tx.publish(unknown_outcome(attempt, "It rang after all, and another call had been made instead."))


async def _body(event: ElevenLabsWebhookReceived, blobs: Blobs) -> Any:
    raw: str | bytes = event.body or ""
    if event.body_ref is not None:
        raw = await blobs.get(event.body_ref)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


async def _keep(event: ElevenLabsWebhookReceived, tx: Tx, unbound: UnboundWebhooks, reason: str) -> None:
    _log.warning("webhook_unbound", delivery_id=str(event.delivery_id), kind=event.kind, reason=reason)
    await unbound.keep(tx, event.delivery_id, event.kind, reason, event.body, event.body_ref)
