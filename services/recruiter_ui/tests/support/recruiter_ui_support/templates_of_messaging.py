"""Messaging's answers about message templates: edited, switched off, and none in a language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contracts import Accepted
from contracts.messaging import (
    Channel,
    ListMessageTemplates,
    MessageTemplate,
    MessageTemplateRevision,
    MessageType,
    PreviewMessage,
    ShowMessageTemplate,
    WordsWithoutTemplate,
)
from contracts.references import reference

THEN = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SEED = (
    "Bună ziua, {first_name}! Pentru postul {position_title} avem nevoie de CV-ul dumneavoastră: ni-l puteți "
    "trimite chiar aici.\n\nCod candidatură: {reference}"
)
EDITED = SEED.replace("chiar aici", "chiar aici, ca document")
REFERENCE = reference(10_482)
FALLBACK = "Bună ziua, {first_name}! Trimiteți-ne CV-ul pentru postul {position_title}. {reference}"


def _template(number: int, kind: MessageType, channel: Channel, language: str) -> MessageTemplate:
    edited = (kind, channel, language) == (MessageType.CV_REQUEST, Channel.WHATSAPP, "ro")
    off = kind is MessageType.REJECTION and (channel is Channel.WHATSAPP or language == "en")
    subject = "CV-ul pentru {position_title} [{reference}]" if channel is Channel.EMAIL else ""
    first = MessageTemplateRevision(
        revision=1, subject=subject, body=SEED, is_active=True, saved_at=THEN - timedelta(days=9)
    )
    latest = MessageTemplateRevision(revision=2, subject=subject, body=EDITED, is_active=True, saved_at=THEN,
                                     saved_by="Irina Dobre")  # fmt: skip
    now = latest if edited else first
    return MessageTemplate(
        template_id=number, message_type=kind, channel=channel, language=language, subject=subject,
        body=now.body, is_active=not off, revision=now.revision, updated_at=now.saved_at,
        updated_by=now.saved_by, seed_subject=subject, seed_body=SEED,
        revisions=[latest, first] if edited else [first],
    )  # fmt: skip


def templates() -> list[MessageTemplate]:
    """Rejections are off on WhatsApp, and in English."""
    kinds = [kind for kind in MessageType if kind is not MessageType.OTHER]
    places = [(kind, channel, code) for kind in kinds for channel in Channel for code in ("ro", "en")]
    return [_template(number, *place) for number, place in enumerate(places, start=1)]


def _without(kind: MessageType, channel: Channel, language: str) -> WordsWithoutTemplate:
    subject = "Candidatura dumneavoastră [{reference}]" if channel is Channel.EMAIL else ""
    return WordsWithoutTemplate(
        message_type=kind,
        channel=channel,
        language=language if language in ("ro", "en") else "ro",
        subject=subject,
        body=FALLBACK,
    )


def listed(query: ListMessageTemplates) -> Accepted:
    those = [it.model_copy(update={"revisions": []}) for it in templates()]
    fallbacks = [_without(it.message_type, it.channel, it.language) for it in those]
    return Accepted(
        result={
            "templates": [it.model_dump(mode="json") for it in those],
            "fallbacks": [it.model_dump(mode="json") for it in fallbacks],
        }
    )


def shown(query: ShowMessageTemplate) -> Accepted:
    key = (query.message_type, query.channel, query.language)
    found = next((it for it in templates() if (it.message_type, it.channel, it.language) == key), None)
    return Accepted(
        result={
            "template": found.model_dump(mode="json") if found else None,
            "fallback": _without(*key).model_dump(mode="json"),
        }
    )


def previewed(query: PreviewMessage) -> Accepted:
    """As messaging would, near enough for a page."""
    name = "Maria" if query.application_id is None else "Ana"

    def filled(text: str) -> str:
        text = text.replace("{first_name}", name).replace("{position_title}", "Operator depozit")
        return text.replace("{reference}", REFERENCE)

    body = filled(query.body or EDITED)
    email = query.channel is Channel.EMAIL
    return Accepted(
        result={
            "subject": filled(query.subject) if email else None,
            "body": body,
            "language": query.language or "ro",
            "problems": ["Nothing fills {salary}."] if "{salary}" in query.body else [],
            "sends_as": "template",
            "length": len(body),
            "limit": None if email else 4_096,
            "in_conversation": email and query.application_id is not None,
        }
    )
