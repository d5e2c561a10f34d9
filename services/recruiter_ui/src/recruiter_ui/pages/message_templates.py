"""The templates hub, tab message templates: what is sent for each type on each channel (12.7).

Nothing of it is kept here: messaging is asked each time. Where it does not answer the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.ids import new_id
from contracts import Refused
from contracts.messaging import (
    Channel,
    ListMessageTemplates,
    MessageTemplate,
    MessageType,
    WordsWithoutTemplate,
)
from starlette.responses import Response

from recruiter_ui.domain.message_words import (
    CHANNELS,
    DEFAULT_LANGUAGE,
    LANGUAGES,
    TYPES,
    is_language,
    language_name,
    title_of,
)
from recruiter_ui.web import Visit

PATIENCE_SECONDS = 3.0
"""A page that only shows does not wait longer for an answer."""
HOME = "/templates/messages"


@dataclass(frozen=True, slots=True)
class Entry:
    """One template; ``instead`` says what its speakers get while it is off."""

    template: MessageTemplate
    language: str
    instead: str

    @property
    def address(self) -> str:
        return address_of(self.template.message_type, self.template.channel, self.template.language)


@dataclass(frozen=True, slots=True)
class Place:
    """A type on a channel. ``fallback``: the words that are sent where nothing is active."""

    channel: str
    label: str
    entries: Sequence[Entry]
    fallback: WordsWithoutTemplate | None
    missing: Sequence[tuple[str, str]]
    """Languages of the hub that it has no template in, with where to write one."""

    @property
    def is_covered(self) -> bool:
        return any(it.template.is_active for it in self.entries)


@dataclass(frozen=True, slots=True)
class Group:
    """One type of message."""

    message_type: str
    label: str
    what_for: str
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Which:
    """What the address names."""

    message_type: MessageType
    channel: Channel
    language: str

    @property
    def address(self) -> str:
        return address_of(self.message_type, self.channel, self.language)

    @property
    def title(self) -> str:
        return title_of(self.message_type, self.channel, self.language)


def address_of(message_type: str, channel: str, language: str) -> str:
    return f"{HOME}/{message_type}/{channel}/{language}"


async def show(visit: Visit) -> Response:
    query = ListMessageTemplates(command_id=new_id(), actor=visit.actor)
    reply = await visit.ui.commands.send(query, timeout=PATIENCE_SECONDS)
    if isinstance(reply, Refused):
        return await visit.page("message_templates.html", status=503, groups=None, number=None)
    templates = [MessageTemplate.model_validate(it) for it in reply.result.get("templates", [])]
    fallbacks = [WordsWithoutTemplate.model_validate(it) for it in reply.result.get("fallbacks", [])]
    groups = [
        Group(name, label, what_for, [_place(name, channel, templates, fallbacks) for channel in CHANNELS])
        for name, (label, what_for) in TYPES.items()
    ]
    return await visit.page("message_templates.html", groups=groups, number=len(templates))


async def choose(visit: Visit) -> Response:
    """Which template to write: leads to its form, where one that is there already is shown."""
    picked = {name: visit.query.get(name, "") for name in ("type", "channel", "language")}
    kind, channel, language = picked["type"], picked["channel"], picked["language"].strip().lower()
    wrong = bool(language) and not is_language(language)
    if kind in TYPES and channel in CHANNELS and is_language(language):
        return visit.go(address_of(kind, channel, language))
    return await visit.page(
        "message_template_new.html",
        status=422 if wrong else 200,
        picked=picked,
        wrong=wrong,
        types=TYPES,
        channels=CHANNELS,
        languages=LANGUAGES,
    )


def _place(
    message_type: str,
    channel: str,
    templates: Sequence[MessageTemplate],
    fallbacks: Sequence[WordsWithoutTemplate],
) -> Place:
    mine = [it for it in templates if (it.message_type, it.channel) == (message_type, channel)]
    mine.sort(key=lambda it: (it.language != DEFAULT_LANGUAGE, it.language))
    active = {it.language for it in mine if it.is_active}
    wanted = dict.fromkeys((DEFAULT_LANGUAGE, "en", *(it.language for it in templates)))
    there = {it.language for it in mine}
    return Place(
        channel=channel,
        label=CHANNELS[channel],
        entries=[Entry(it, language_name(it.language), _instead(active)) for it in mine],
        fallback=next(
            (
                it
                for it in fallbacks
                if (it.message_type, it.channel, it.language) == (message_type, channel, DEFAULT_LANGUAGE)
            ),
            None,
        ),
        missing=[
            (language_name(code), address_of(message_type, channel, code))
            for code in wanted
            if code not in there
        ],
    )


def _instead(active: set[str]) -> str:
    """What is sent in place of one that is off, where the position's language has none either."""
    if DEFAULT_LANGUAGE in active:
        return f"the {language_name(DEFAULT_LANGUAGE)} template"
    return "the built-in words"


def named(visit: Visit) -> Which | None:
    path = visit.request.path_params
    kind, channel, language = str(path["kind"]), str(path["channel"]), str(path["language"])
    if kind not in TYPES or channel not in CHANNELS or not is_language(language):
        return None
    return Which(MessageType(kind), Channel(channel), language)
