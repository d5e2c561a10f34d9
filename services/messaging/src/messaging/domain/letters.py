"""The words of a message: a template filled in or the built-in words, always with the reference.

``compose_words`` is the one way to them, for what is sent and for what a recruiter is shown beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Channel(StrEnum):
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class MessageType(StrEnum):
    CV_REQUEST = "cv_request"
    CV_REQUEST_REJECTED = "cv_request_rejected"
    CV_FOLLOWUP_1 = "cv_followup_1"
    CV_FOLLOWUP_2 = "cv_followup_2"
    REJECTION = "rejection"
    OTHER = "other"


TEMPLATED = tuple(kind for kind in MessageType if kind is not MessageType.OTHER)
"""The types that have templates; any other message is a recruiter's own words."""
PLACEHOLDERS = ("first_name", "position_title", "application_pk", "reference")
DEFAULT_LANGUAGE = "ro"


@dataclass(frozen=True, slots=True)
class Template:
    """``subject`` is for email only and may be empty."""

    subject: str
    body: str
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it will be sent."""

    subject: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is written to, and about what."""

    first_name: str
    title: str
    application_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class Wording:
    """``sends_as``: whether a template was found. ``language`` is that of the words."""

    words: Words
    language: str
    sends_as: Literal["template", "fallback"]


_NAME = re.compile(r"[ ,]*\{first_name\}")
_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")

_SUBJECTS = {"ro": "Candidatura dumneavoastră [{reference}]", "en": "Your application [{reference}]"}
_HELLOS = {"ro": "Bună ziua, {first_name}", "en": "Hello {first_name}"}
_LABELS = {"ro": "Cod candidatură: ", "en": "Application code: "}
_REGARDS = {"ro": "Cu stimă,\nEchipa de recrutare", "en": "Kind regards,\nThe recruiting team"}
_SENTENCES = {
    MessageType.CV_REQUEST: {
        "ro": "Pentru postul {position_title} avem nevoie de CV-ul dumneavoastră: vă rugăm să ni-l trimiteți "
        "ca răspuns la acest mesaj (PDF sau Word).",
        "en": "For the position {position_title} we need your CV: please send it in reply to this message "
        "(PDF or Word).",
    },
    MessageType.CV_REQUEST_REJECTED: {
        "ro": "De această dată nu putem merge mai departe pentru postul {position_title}. Dacă doriți să vă "
        "contactăm pentru alte posturi, trimiteți-ne CV-ul ca răspuns la acest mesaj.",
        "en": "This time we can't go further for the position {position_title}. If you would like to hear of "
        "other positions, send us your CV in reply to this message.",
    },
    MessageType.CV_FOLLOWUP_1: {
        "ro": "Nu am primit încă CV-ul dumneavoastră pentru postul {position_title}: ni-l puteți trimite ca "
        "răspuns la acest mesaj (PDF sau Word).",
        "en": "We have not received your CV for the position {position_title} yet: you can send it in reply "
        "to this message (PDF or Word).",
    },
    MessageType.CV_FOLLOWUP_2: {
        "ro": "Vă scriem pentru ultima oară: dacă postul {position_title} vă interesează, trimiteți-ne CV-ul "
        "ca răspuns la acest mesaj (PDF sau Word).",
        "en": "This is our last message: if the position {position_title} interests you, send us your CV in "
        "reply to this message (PDF or Word).",
    },
    MessageType.REJECTION: {
        "ro": "Vă mulțumim pentru interesul față de postul {position_title}. Nu putem merge mai departe cu "
        "candidatura dumneavoastră. Vă dorim mult succes!",
        "en": "Thank you for your interest in the position {position_title}. We can't go further with your "
        "application. We wish you every success!",
    },
}
LANGUAGES_BUILT_IN = tuple(_HELLOS)


def compose_words(
    found: Template | None, message_type: MessageType, channel: Channel, languages: Sequence[str], whom: Whom
) -> Wording:
    """``found`` is the active template in the first of the ``languages`` that has one, if any has."""
    template = found or fallback(message_type, channel, languages)
    words = fill_in(template, channel, whom)
    return Wording(words, template.language, "template" if found else "fallback")


def fallback(message_type: MessageType, channel: Channel, languages: Sequence[str]) -> Template:
    """The words when no active template exists, so that nobody waits for a message because of a table.

    There are none for ``OTHER``: ``KeyError``.
    """
    spoken = next((code for code in languages if code in LANGUAGES_BUILT_IN), DEFAULT_LANGUAGE)
    hello, sentence, code = (
        _HELLOS[spoken],
        _SENTENCES[message_type][spoken],
        f"{_LABELS[spoken]}{{reference}}",
    )
    if channel is Channel.WHATSAPP:
        return Template("", f"{hello}! {sentence} {code}.", spoken)
    return Template(
        _SUBJECTS[spoken], "\n\n".join((f"{hello},", sentence, f"{code}.", _REGARDS[spoken])), spoken
    )


def languages_to_try(*wanted: str) -> list[str]:
    """The languages in which a template is looked for, best first, e.g. ``["en", "ro"]``."""
    return list(dict.fromkeys(code[:2].lower() for code in (*wanted, DEFAULT_LANGUAGE) if code))


def fill_in(template: Template, channel: Channel, whom: Whom) -> Words:
    """Known placeholders are replaced, anything else in braces stays. A missing name leaves no gap.

    The reference stands in the body, and in an email's subject, whatever the template says.
    """
    values = {
        "first_name": _one_line(whom.first_name),
        "position_title": _one_line(whom.title),
        "application_pk": str(whom.application_id),
        "reference": whom.reference,
    }
    spoken = template.language if template.language in LANGUAGES_BUILT_IN else DEFAULT_LANGUAGE
    body = _fill(template.body.strip(), values)
    if not names(body, whom.reference):
        body = f"{body}\n\n{_LABELS[spoken]}{whom.reference}".strip()
    if channel is Channel.WHATSAPP:
        return Words(None, body)
    subject = _one_line(_fill(template.subject.strip() or _SUBJECTS[spoken], values))
    return Words(subject if names(subject, whom.reference) else f"{subject} [{whom.reference}]", body)


def _fill(text: str, values: Mapping[str, str]) -> str:
    if not values["first_name"]:
        text = _NAME.sub("", text)
    return _KNOWN.sub(lambda found: values[found[1]], text)


def names(text: str, reference: str) -> bool:
    """As a word of its own: nobody reads it out of the middle of another."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(reference)}(?![A-Za-z0-9])", text) is not None


def _one_line(text: str) -> str:
    return " ".join(text.split())
