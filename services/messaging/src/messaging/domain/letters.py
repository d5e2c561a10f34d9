"""The words of a message: a template filled in or a plain fallback, always with the reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class MessageType(StrEnum):
    CV_REQUEST = "cv_request"
    CV_REQUEST_REJECTED = "cv_request_rejected"
    CV_FOLLOWUP_1 = "cv_followup_1"
    CV_FOLLOWUP_2 = "cv_followup_2"
    REJECTION = "rejection"


PLACEHOLDERS = ("first_name", "position_title", "application_pk", "reference")
DEFAULT_LANGUAGE = "ro"


@dataclass(frozen=True, slots=True)
class Template:
    """``subject`` is for email only and may be empty."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it will be sent."""

    subject: str | None
    body: str


_NAME = re.compile(r"[ ,]*\{first_name\}")
_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")

_SUBJECTS = {"ro": "Candidatura dumneavoastră [{reference}]", "en": "Your application [{reference}]"}
_GREETINGS = {"ro": "Bună ziua, {first_name}! ", "en": "Hello {first_name}! "}
_CLOSINGS = {"ro": " Cod candidatură: {reference}.", "en": " Application code: {reference}."}
_SENTENCES = {
    (
        "cv_request",
        "ro",
    ): "Pentru postul {position_title} avem nevoie de CV-ul dumneavoastră: vă rugăm să ni-l "
    "trimiteți ca răspuns la acest mesaj (PDF sau Word).",
    (
        "cv_request",
        "en",
    ): "For the position {position_title} we need your CV: please send it in reply to this "
    "message (PDF or Word).",
    (
        "cv_request_rejected",
        "ro",
    ): "De această dată nu putem merge mai departe pentru postul {position_title}. "
    "Dacă doriți să vă contactăm pentru alte posturi, trimiteți-ne CV-ul ca răspuns la acest mesaj.",
    ("cv_request_rejected", "en"): "This time we can't go further for the position {position_title}. If you "
    "would like to hear of other positions, send us your CV in reply to this message.",
    (
        "cv_followup_1",
        "ro",
    ): "Nu am primit încă CV-ul dumneavoastră pentru postul {position_title}: ni-l puteți "
    "trimite ca răspuns la acest mesaj (PDF sau Word).",
    (
        "cv_followup_1",
        "en",
    ): "We have not received your CV for the position {position_title} yet: you can send "
    "it in reply to this message (PDF or Word).",
    ("cv_followup_2", "ro"): "Vă scriem pentru ultima oară: dacă postul {position_title} vă interesează, "
    "trimiteți-ne CV-ul ca răspuns la acest mesaj (PDF sau Word).",
    (
        "cv_followup_2",
        "en",
    ): "This is our last message: if the position {position_title} interests you, send us "
    "your CV in reply to this message (PDF or Word).",
    ("rejection", "ro"): "Vă mulțumim pentru interesul față de postul {position_title}. Nu putem merge mai "
    "departe cu candidatura dumneavoastră. Vă dorim mult succes!",
    (
        "rejection",
        "en",
    ): "Thank you for your interest in the position {position_title}. We can't go further with "
    "your application. We wish you every success!",
}


def fallback(message_type: MessageType, language: str) -> Template:
    """The words when no active template exists, so that nobody waits for a message because of a table."""
    spoken = language if language in _GREETINGS else DEFAULT_LANGUAGE
    body = _GREETINGS[spoken] + _SENTENCES[message_type.value, spoken] + _CLOSINGS[spoken]
    return Template(_SUBJECTS[spoken], body)


def languages_to_try(*wanted: str) -> list[str]:
    """The languages in which a template is looked for, best first, e.g. ``["en", "ro"]``."""
    return list(dict.fromkeys(code[:2].lower() for code in (*wanted, DEFAULT_LANGUAGE) if code))


def fill_in(
    template: Template, channel: Channel, *, first_name: str, title: str, application_id: int, reference: str
) -> Words:
    """Known placeholders are replaced, anything else in braces stays. A missing name leaves no gap."""
    values = {
        "first_name": first_name.strip(),
        "position_title": title,
        "application_pk": str(application_id),
        "reference": reference,
    }
    body = _fill(template.body.strip(), values)
    if channel is Channel.WHATSAPP:
        return Words(None, body if reference in body else f"{body}\n\n{reference}")
    subject = " ".join(_fill(template.subject, values).split())
    return Words(subject if reference in subject else f"{subject} [{reference}]".strip(), body)


def _fill(text: str, values: Mapping[str, str]) -> str:
    if not values["first_name"]:
        text = _NAME.sub("", text)
    return _KNOWN.sub(lambda found: values[found[1]], text)
