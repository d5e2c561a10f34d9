"""Templates as they are kept, and what is wrong with words before they become one (recruitflow.md 4.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from messaging.domain.letters import (
    PLACEHOLDERS,
    Channel,
    MessageType,
    Template,
    Whom,
    fill_in,
)

LONGEST_SUBJECT = 300
LONGEST_EMAIL = 10_000
LONGEST_WHATSAPP = 4_096
"""Characters of a text message, the reference included (developers.facebook.com, WhatsApp text messages)."""
_LONGEST = Whom("N" * 300, "T" * 200, 10**9, "RF-0000000")
"""As long as a name and a title can be (recruitflow.md 4.1, 4.2): whoever gets it, it is not too long."""

_MADE_UP = {"ro": "Operator depozit, Cluj-Napoca", "en": "Warehouse operator, Cluj-Napoca"}
MADE_UP_APPLICATION = 10_482
LISTED = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
_BRACES = re.compile(r"\{\{\s*(?P<doubled>[^{}]*?)\s*\}\}|\{(?P<single>[^{}]*)\}|(?P<alone>[{}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-z]{2}")
_AROUND = 20


@dataclass(frozen=True, slots=True)
class Revision:
    """How a template read once. ``saved_by`` None: it came with RecruitFlow."""

    revision: int
    subject: str
    body: str
    is_active: bool
    saved_at: datetime
    saved_by: str | None = None

    def reads_as(self, subject: str, body: str, is_active: bool) -> bool:
        return (self.subject, self.body, self.is_active) == (subject, body, is_active)


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """``now`` is its newest revision."""

    template_id: int
    message_type: MessageType
    channel: Channel
    language: str
    now: Revision
    seed_subject: str | None = None
    seed_body: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` begins with ``subject_`` where it is the subject's."""

    code: str
    text: str


def is_language(code: str) -> bool:
    """Two small letters."""
    return _LANGUAGE.fullmatch(code) is not None


def tidy(channel: Channel, subject: str, body: str) -> tuple[str, str]:
    """As they are kept: line ends of one kind, a subject of one line, and none for WhatsApp."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    return (" ".join(subject.split()) if channel is Channel.EMAIL else ""), lines


def problems_in(channel: Channel, language: str, subject: str, body: str) -> list[Problem]:
    """Why these words can't become a template, everything at once; none: they can."""
    found = [Problem(f"subject_{it.code}", f"In the subject: {it.text}") for it in _wrong_in(subject)]
    found += _wrong_in(body)
    if not any(char.isalpha() for char in _BRACES.sub("", body)):
        found.append(Problem("no_text", "Write what the message says: a body without words is no message."))
    if len(subject) > LONGEST_SUBJECT:
        found.append(Problem("subject_too_long", f"A subject has at most {LONGEST_SUBJECT} characters."))
    if too_long := _too_long(channel, Template(subject, body, language)):
        found.append(Problem("too_long", too_long))
    return found


def made_up(language: str, reference: str) -> Whom:
    """Somebody to show words with."""
    return Whom("Maria", _MADE_UP.get(language, _MADE_UP["ro"]), MADE_UP_APPLICATION, reference)


def _wrong_in(text: str) -> Iterator[Problem]:
    if _CONTROL.search(text):
        yield Problem("text_damaged", "It holds control characters, which no text does.")
    unknown: dict[str, None] = {}
    for found in _BRACES.finditer(text):
        if found["alone"]:
            yield _alone(text, found.start())
        elif found["doubled"] is not None:
            once = f"{{{_meant(found['doubled']) or found['doubled']}}}"
            yield Problem("doubled_braces", f"Write {once} with one brace on each side, not {found[0]}.")
        elif found["single"] not in PLACEHOLDERS:
            unknown.setdefault(found["single"])
    if unknown:
        yield _unknown(list(unknown))


def _unknown(names: list[str]) -> Problem:
    listed = ", ".join(f"{{{name[:40]}}}" for name in names[:5])
    meant = [f"{{{near}}}" for name in names if (near := _meant(name))]
    hint = f" Did you mean {' or '.join(dict.fromkeys(meant))}?" if meant else ""
    return Problem("unknown_placeholder", f"Nothing fills {listed}.{hint} Known are {LISTED}.")


def _meant(name: str) -> str | None:
    plain = re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
    return next(iter(get_close_matches(plain, PLACEHOLDERS, n=1)), None)


def _alone(text: str, at: int) -> Problem:
    around = " ".join(text[max(0, at - _AROUND) : at + _AROUND].split())
    partner = "}" if text[at] == "{" else "{"
    return Problem("unbalanced_braces", f"There is a {text[at]} without its {partner}, at “{around}”.")


def _too_long(channel: Channel, template: Template) -> str | None:
    if channel is Channel.EMAIL:
        if len(template.body) <= LONGEST_EMAIL:
            return None
        return f"It is {len(template.body):,} characters long; at most {LONGEST_EMAIL:,} are taken."
    longest = len(fill_in(template, channel, _LONGEST).body)
    if longest <= LONGEST_WHATSAPP:
        return None
    return (
        f"Filled in with the longest name and title it is {longest:,} characters long, and WhatsApp takes "
        f"{LONGEST_WHATSAPP:,}: shorten it by {longest - LONGEST_WHATSAPP:,}."
    )
