"""What a recruiter has sent by template: a reminder before its time, a rejection, a request once more."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.messaging import SendTemplate

from messaging.domain.by_hand import NAMES, WORDS, channels_left, not_called_for, said_before
from messaging.domain.cv_requests import channels_for, nobody_to_ask
from messaging.domain.letters import Channel, MessageType
from messaging.domain.quiet_hours import zone_or_utc
from messaging.handlers.composing import compose_on
from messaging.ports import Asked, Messages, NotYetKnown, Pipeline, SendingRules, Standing, Templates

handlers = Handlers("messaging")


@handlers.answers(SendTemplate)
async def send_template(
    command: SendTemplate,
    tx: Tx,
    pipeline: Pipeline,
    messages: Messages,
    templates: Templates,
    rules: SendingRules,
) -> Accepted | Refused:
    """Under the same rows as what the pipeline sends: whoever is second hears when the first one was sent."""
    message_type = MessageType(command.message_type.value)
    if message_type is MessageType.OTHER:
        return Refused(code="no_template", message="There is no template of your own words: write them.")
    try:
        standing = await pipeline.standing(tx, command.application_id)
    except NotYetKnown:
        return Refused(code="not_found", message="There is no such application (yet): try again in a moment.")
    asked = await messages.asked(tx, command.application_id, message_type)
    named = [Channel(channel.value) for channel in command.channels]
    channels = _channels(standing, message_type, named, asked)
    if isinstance(channels, Refused):
        return channels
    round = await messages.open_round(tx, command.application_id, message_type, asked)
    if round is None:
        return Refused(
            code="sent_before", message=f"{WORDS[message_type]} has just been sent by somebody else."
        )
    letters = await compose_on(
        tx, channels, standing, message_type, round, messages, templates, rules.holding, command.actor
    )
    leaves_at = max(letter.leaves_at or tx.now for letter in letters)
    return Accepted(
        result={
            "message_ids": [str(letter.message_id) for letter in letters],
            "leaves_at": leaves_at.isoformat(),
        }
    )


def _channels(
    standing: Standing, message_type: MessageType, named: list[Channel], asked: Asked
) -> list[Channel] | Refused:
    """First whether it was sent, since that is what somebody wants to know who presses twice."""
    zone = zone_or_utc(standing.position_zone)
    usual = channels_for(
        message_type, email=standing.email, phone=standing.phone, forbidden=standing.forbidden
    )
    before = said_before(message_type, named or usual, asked.fates, zone)
    if before and (named or not channels_left(usual, named, asked.fates)):
        return Refused(code="sent_before", message=before)
    reason = not_called_for(
        message_type, standing.status, cv_known=standing.cv_known, position_closed=standing.position_closed
    )
    if reason:
        return Refused(code="not_called_for", message=reason)
    if not usual:
        nobody = nobody_to_ask(standing.email, standing.phone, standing.forbidden)
        return Refused(code="no_channel", message=f"They can't be written to: {nobody.reason}.")
    if impossible := [channel for channel in named if not _possible(standing, channel)]:
        return Refused(code="no_channel", message=_why_not(standing, impossible[0]))
    return channels_left(usual, named, asked.fates)


def _possible(standing: Standing, channel: Channel) -> bool:
    address = standing.email if channel is Channel.EMAIL else standing.phone
    return bool(address) and channel not in standing.forbidden


def _why_not(standing: Standing, channel: Channel) -> str:
    if channel in standing.forbidden:
        return f"They asked not to be contacted by {NAMES[channel]}."
    return f"There is no {'email address' if channel is Channel.EMAIL else 'phone number'} of theirs."
