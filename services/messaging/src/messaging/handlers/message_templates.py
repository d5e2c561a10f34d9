"""What recruiters ask of message templates (recruitflow.md 4.11, 12.7).

Templates are saved one at a time, and every revision stays. A preview composes as sending does.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts import messaging as said
from contracts.messaging import (
    ListMessageTemplates,
    MessageTemplate,
    MessageTemplateRevision,
    MessageTemplateSaved,
    PreviewMessage,
    SaveMessageTemplate,
    ShowMessageTemplate,
    WordsWithoutTemplate,
)
from contracts.references import reference

from messaging.domain.letters import (
    LANGUAGES_BUILT_IN,
    TEMPLATED,
    Channel,
    MessageType,
    Template,
    compose_words,
    fallback,
    languages_to_try,
)
from messaging.domain.templates import (
    LONGEST_WHATSAPP,
    MADE_UP_APPLICATION,
    KeptTemplate,
    Problem,
    Revision,
    is_language,
    made_up,
    problems_in,
    tidy,
)
from messaging.handlers.wording import in_conversation, whom_of, words_in
from messaging.ports import Messages, NotYetKnown, Pipeline, TemplateDesk, Templates

handlers = Handlers("messaging")

_NO_TEMPLATES = Refused(code="no_templates", message="Messages of this type are written by hand each time.")


@handlers.answers(ListMessageTemplates)
async def list_message_templates(query: ListMessageTemplates, tx: Tx, desk: TemplateDesk) -> Accepted:
    fallbacks = [
        _without(kind, channel, language)
        for kind in TEMPLATED
        for channel in Channel
        for language in LANGUAGES_BUILT_IN
    ]
    return Accepted(
        result={
            "templates": [_shown(it).model_dump(mode="json") for it in await desk.all(tx)],
            "fallbacks": [it.model_dump(mode="json") for it in fallbacks],
        }
    )


@handlers.answers(ShowMessageTemplate)
async def show_message_template(query: ShowMessageTemplate, tx: Tx, desk: TemplateDesk) -> Accepted | Refused:
    kind, channel, language = _named(query)
    if kind not in TEMPLATED:
        return _NO_TEMPLATES
    found = await desk.read(tx, kind, channel, language)
    revisions = await desk.revisions(tx, found.template_id) if found else []
    return Accepted(
        result={
            "template": _shown(found, revisions).model_dump(mode="json") if found else None,
            "fallback": _without(kind, channel, language).model_dump(mode="json"),
        }
    )


@handlers.answers(SaveMessageTemplate)
async def save_message_template(
    command: SaveMessageTemplate, tx: Tx, desk: TemplateDesk
) -> Accepted | Refused:
    """Saving what reads the same already is accepted and makes no revision."""
    kind, channel, language = _named(command)
    subject, body = tidy(channel, command.subject, command.body)
    if kind not in TEMPLATED:
        return _NO_TEMPLATES
    if refused := _unusable(channel, language, subject, body):
        return refused
    await desk.one_at_a_time(tx)
    found = await desk.read(tx, kind, channel, language)
    current = found.now.revision if found else 0
    if command.expected_revision not in (None, current):
        return Refused(
            code="saved_meanwhile",
            message="Somebody else has saved this template meanwhile: look at it again, then save.",
        )
    if found and found.now.reads_as(subject, body, command.is_active):
        return Accepted(result={"template_id": found.template_id, "revision": current})
    by = command.actor.name or command.actor.id
    revision = Revision(current + 1, subject, body, command.is_active, tx.now, by)
    if found:
        template_id = found.template_id
        await desk.revise(tx, template_id, revision)
    else:
        template_id = await desk.add(tx, kind, channel, language, revision)
    tx.publish(
        MessageTemplateSaved(
            template_id=template_id,
            message_type=command.message_type,
            channel=command.channel,
            language=language,
            is_active=command.is_active,
            revision=revision.revision,
            actor=command.actor,
        )
    )
    return Accepted(result={"template_id": template_id, "revision": revision.revision})


@handlers.answers(PreviewMessage)
async def preview_message(
    query: PreviewMessage, tx: Tx, templates: Templates, pipeline: Pipeline, messages: Messages
) -> Accepted | Refused:
    """The words typed, or (without) those that would be sent."""
    kind, channel = MessageType(query.message_type.value), Channel(query.channel.value)
    if kind not in TEMPLATED:
        return _NO_TEMPLATES
    wanted = [query.language] if query.language else []
    standing = None
    if query.application_id is None:
        whom = made_up(languages_to_try(*wanted)[0], reference(MADE_UP_APPLICATION))
    else:
        try:
            standing = await pipeline.standing(tx, query.application_id)
        except NotYetKnown:
            return Refused(code="not_found", message=f"There is no application {query.application_id}.")
        whom, wanted = whom_of(standing), [*wanted, *standing.languages]
    problems: list[Problem] = []
    if query.body.strip():
        languages = languages_to_try(*wanted)
        subject, body = tidy(channel, query.subject, query.body)
        problems = problems_in(channel, languages[0], subject, body)
        wording = compose_words(Template(subject, body, languages[0]), kind, channel, languages, whom)
    else:
        wording = await words_in(tx, templates, kind, channel, wanted, whom)
    words, thread_id = wording.words, None
    if standing is not None and channel is Channel.EMAIL:
        words, thread_id = await in_conversation(tx, messages, standing, words)
    return Accepted(
        result={
            "subject": words.subject,
            "body": words.body,
            "language": wording.language,
            "problems": [it.text for it in problems],
            "sends_as": wording.sends_as,
            "length": len(words.body),
            "limit": LONGEST_WHATSAPP if channel is Channel.WHATSAPP else None,
            "in_conversation": thread_id is not None,
        }
    )


def _unusable(channel: Channel, language: str, subject: str, body: str) -> Refused | None:
    if not is_language(language):
        return Refused(code="bad_language", message="Name the language by its two letters, such as ro or en.")
    problems = problems_in(channel, language, subject, body)
    if not problems:
        return None
    return Refused(code=problems[0].code, message=" ".join(it.text for it in problems))


def _named(message: ShowMessageTemplate | SaveMessageTemplate) -> tuple[MessageType, Channel, str]:
    language = message.language.strip().lower()
    return MessageType(message.message_type.value), Channel(message.channel.value), language


def _without(kind: MessageType, channel: Channel, language: str) -> WordsWithoutTemplate:
    words = fallback(kind, channel, languages_to_try(language))
    return WordsWithoutTemplate(
        message_type=said.MessageType(kind.value),
        channel=said.Channel(channel.value),
        language=words.language,
        subject=words.subject,
        body=words.body,
    )


def _shown(template: KeptTemplate, revisions: Sequence[Revision] = ()) -> MessageTemplate:
    now = template.now
    return MessageTemplate(
        template_id=template.template_id,
        message_type=said.MessageType(template.message_type.value),
        channel=said.Channel(template.channel.value),
        language=template.language,
        subject=now.subject,
        body=now.body,
        is_active=now.is_active,
        revision=now.revision,
        updated_at=now.saved_at,
        updated_by=now.saved_by,
        seed_subject=template.seed_subject,
        seed_body=template.seed_body,
        revisions=[MessageTemplateRevision.model_validate(it, from_attributes=True) for it in revisions],
    )
