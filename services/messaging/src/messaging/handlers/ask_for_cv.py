"""Who is asked for a CV, and reminded: decided in the order in which intake and cv_matching say things.

All of it shares the consumer ``follow_intake``: a reminder that is due is looked at after every fact before
it, so nobody is reminded of a CV that messaging has learned of.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts.cv_matching import CvDetached, CvMatched
from contracts.intake import ApplicationStatusChanged, ClosedBecause, OutcomeConfirmed
from contracts.messaging import CvRequestExpired, FollowUpDue

from messaging.domain.cv_requests import (
    ASKED_FOR_BY_STATUS,
    FOLLOW_UPS,
    LOOK_AGAIN_AFTER,
    OF_AN_OPEN_POSITION,
    POSITION_CLOSED,
    SET_ASIDE,
    TO_CONFIRM,
    WAITING,
    FollowUp,
    channels_for,
    follow_up_now,
    may_be_asked_again,
    nobody_to_ask,
    outcome_of,
    reminder_due_in,
)
from messaging.domain.letters import MessageType
from messaging.handlers.composing import compose_on
from messaging.handlers.outcomes import announce_outcome, follow_up_key
from messaging.ports import Messages, Pipeline, SendingRules, Standing, Templates

handlers = Handlers("messaging")


@handlers.on(ApplicationStatusChanged, consumer="follow_intake")
async def ask_for_cv_when_judged(
    event: ApplicationStatusChanged,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> None:
    """A verdict leads to a request for the CV; leaving the states that wait for one ends the reminders.

    Nothing follows from a proposed outcome before ``OutcomeConfirmed``.
    """
    status = _as_known_here(event)
    if not await pipeline.application_stands(tx, event.application_id, status, event.sequence):
        return
    if status not in (*WAITING, "qualified"):
        tx.cancel(follow_up_key(event.application_id))
    if event.cv_received_at is None:
        await _ask(tx, event.application_id, status, pipeline, messages, templates, rules)
    if event.undoes is not None:
        await _remind_again(tx, event.application_id, status, pipeline)


def _as_known_here(event: ApplicationStatusChanged) -> str:
    if event.closed_because in (ClosedBecause.MERGED, ClosedBecause.IMPORT_UNDONE):
        return SET_ASIDE
    return TO_CONFIRM if event.proposed else event.current.value


@handlers.on(OutcomeConfirmed, consumer="follow_intake")
async def ask_for_cv_when_confirmed(
    event: OutcomeConfirmed,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> None:
    """The outcome counts now, if it is the one that still stands."""
    status = event.status.value
    counts = await pipeline.outcome_confirmed(tx, event.application_id, status, event.sequence)
    if counts and event.cv_received_at is None:
        await _ask(tx, event.application_id, status, pipeline, messages, templates, rules)


async def _ask(
    tx: Tx,
    application_id: int,
    status: str,
    pipeline: Pipeline,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> None:
    """One that came before the verdict counts: intake goes on by itself, and nobody is asked for it."""
    asked_for = ASKED_FOR_BY_STATUS.get(status)
    if asked_for is None:
        return
    standing = await pipeline.standing(tx, application_id)
    if not standing.cv_known:
        await compose(tx, standing, asked_for, messages, templates, rules)


async def _remind_again(tx: Tx, application_id: int, status: str, pipeline: Pipeline) -> None:
    """A recruiter took a decision back: what waits for a CV again has the whole interval before it."""
    number = reminder_due_in(status)
    standing = await pipeline.standing(tx, application_id)
    if number is None or standing.cv_known:
        return
    due = FollowUpDue(candidate_id=standing.candidate_id, application_id=application_id, number=number)
    tx.publish(due, at=tx.now + standing.follow_up_interval, key=follow_up_key(application_id))


@handlers.on(CvMatched, consumer="follow_intake")
async def stop_asking(event: CvMatched, tx: Tx, pipeline: Pipeline) -> None:
    """The CV is here: no further reminder, even before intake has said so."""
    await pipeline.cv_arrived(tx, event.application_id)
    tx.cancel(follow_up_key(event.application_id))


@handlers.on(CvDetached, consumer="follow_intake")
async def forget_cv(event: CvDetached, tx: Tx, pipeline: Pipeline) -> None:
    """It was not theirs. Reminders begin again when intake says that the application has gone back."""
    if event.cvs_left == 0:
        await pipeline.cv_gone(tx, event.application_id)


@handlers.on(FollowUpDue, consumer="follow_intake")
async def follow_up(
    event: FollowUpDue,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> None:
    """Remind, or give up waiting, if that is still what the application's status calls for."""
    standing = await pipeline.standing(tx, event.application_id)
    todo = follow_up_now(event.number, standing.status, standing.cv_known)
    if todo is FollowUp.SEND:
        await compose(tx, standing, FOLLOW_UPS[event.number], messages, templates, rules)
    elif todo is FollowUp.EXPIRE:
        tx.publish(CvRequestExpired(candidate_id=event.candidate_id, application_id=event.application_id))
    elif todo is FollowUp.BEHIND:
        await _remind_again(tx, event.application_id, standing.status, pipeline)
    elif todo is FollowUp.TOO_EARLY:
        # As a timer and not as a waiting message: the status it waits for comes through this same consumer.
        tx.publish(event, at=tx.now + LOOK_AGAIN_AFTER, key=follow_up_key(event.application_id))


async def compose(
    tx: Tx,
    standing: Standing,
    message_type: MessageType,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> None:
    """Write down one message per channel, once; a candidate without any channel is somebody's task.

    Who was asked before, and is judged again after a recruiter stepped in, gets nothing more: the pipeline
    hears once more what became of it, and goes on.
    """
    asked = await messages.asked(tx, standing.application_id, message_type)
    if asked.open:
        return
    if not may_be_asked_again(asked.fates):
        if before := outcome_of(asked.fates):
            announce_outcome(tx, standing, message_type, before, tx.now)
        return
    round = await messages.open_round(tx, standing.application_id, message_type, asked)
    if round is None:
        return
    closed = standing.position_closed and message_type in OF_AN_OPEN_POSITION
    email, phone, forbidden = standing.email, standing.phone, standing.forbidden
    open_ones = channels_for(message_type, email=email, phone=phone, forbidden=forbidden)
    channels = [] if closed else open_ones
    await compose_on(tx, channels, standing, message_type, round, messages, templates, rules.holding)
    if not channels:
        await messages.settle_request(tx, standing.application_id, message_type, round)
        why = POSITION_CLOSED if closed else nobody_to_ask(email, phone, forbidden)
        announce_outcome(tx, standing, message_type, why, tx.now)
