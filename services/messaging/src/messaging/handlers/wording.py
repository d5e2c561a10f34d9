"""Which words a candidate gets: the one way for the pipeline, for a recruiter's press and for a preview."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.references import reference

from messaging.domain.letters import (
    Channel,
    MessageType,
    Whom,
    Wording,
    Words,
    compose_words,
    languages_to_try,
    names,
)
from messaging.domain.threads import answering
from messaging.ports import Messages, Standing, Templates


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


async def in_conversation(
    tx: Tx, messages: Messages, standing: Standing, words: Words
) -> tuple[Words, str | None]:
    """An email joins the conversation about its application, and so takes that one's subject; with its id.

    One whose subject does not name the application is not joined: the reference has to stand there too.
    """
    if standing.email is None:
        return words, None
    thread = await messages.mail_thread(tx, standing.email, standing.application_id, ())
    if thread is None or not names(thread.subject, reference(standing.application_id)):
        return words, None
    return Words(answering(thread.subject), words.body), thread.thread_id


def whom_of(standing: Standing) -> Whom:
    return Whom(
        first_name=standing.first_name,
        title=standing.title,
        application_id=standing.application_id,
        reference=reference(standing.application_id),
    )
