"""Which words a candidate gets: the one way for the pipeline, for a recruiter's press and for a preview."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.references import reference

from messaging.domain.letters import Channel, MessageType, Whom, Wording, compose_words, languages_to_try
from messaging.ports import Standing, Templates


async def words_for(
    tx: Tx, templates: Templates, standing: Standing, message_type: MessageType, channel: Channel
) -> Wording:
    """As they would be sent now."""
    return await words_in(tx, templates, message_type, channel, standing.languages, whom_of(standing))


async def words_in(
    tx: Tx,
    templates: Templates,
    message_type: MessageType,
    channel: Channel,
    wanted: Sequence[str],
    whom: Whom,
) -> Wording:
    """``wanted`` are languages, best first; in the first that has an active template, else built-in words."""
    languages = languages_to_try(*wanted)
    found = await templates.find(tx, message_type, channel, languages)
    return compose_words(found, message_type, channel, languages, whom)


def whom_of(standing: Standing) -> Whom:
    return Whom(
        first_name=standing.first_name,
        title=standing.title,
        application_id=standing.application_id,
        reference=reference(standing.application_id),
    )
