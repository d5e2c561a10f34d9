"""Templates: everything is escaped, an unknown name is an error, icons come from one sprite."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chassis.ids import new_id
from contracts.references import reference
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from recruiter_ui.domain import moments
from recruiter_ui.domain.cv_compare import apart_from
from recruiter_ui.domain.dialler import dialler_line, stop_words
from recruiter_ui.domain.likeness import marked
from recruiter_ui.domain.prompt_words import SECTIONS
from recruiter_ui.domain.statuses import OPEN_STAGES, PIPELINE_STAGES, STAGES, STATUSES
from recruiter_ui.domain.waiting import missed
from recruiter_ui.opening import opening_pieces
from recruiter_ui.static_files import static_url

_AVATARS = ("a1", "a2", "a3", "a4", "a5")


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(age=_age, spoken=_spoken, stamp=_stamp, day=_day, grouped=_grouped, phone=_phone)
    made.filters.update(
        initials=initials, duration=moments.duration, position=moments.clock_position, missed=missed
    )
    made.filters.update(dialler_line=_dialler_line, stop_words=stop_words)
    made.globals.update(
        icon=icon,
        static=static_url,
        reference=reference,
        avatar_class=avatar_class,
        STATUSES=STATUSES,
        SECTIONS=SECTIONS,
        STAGES=STAGES,
        OPEN_STAGES=OPEN_STAGES,
        PIPELINE_STAGES=PIPELINE_STAGES,
        timedelta=timedelta,
        marked=marked,
        apart_from=apart_from,
        new_id=new_id,
        opening_pieces=opening_pieces,
    )
    return made


def render(template: str, context: dict[str, Any]) -> str:
    return environment().get_template(template).render(context)


def icon(name: str, size: str = "") -> Markup:
    """One of our glyphs; ``size`` is a class (``i-s``, ``i-xs``)."""
    sprite = static_url("icons.svg")
    return Markup(
        '<svg class="i {}" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#{}"/></svg>'
    ).format(size, sprite, name)


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar_class(name: str) -> str:
    """The same colour for the same person, on every page."""
    return _AVATARS[sum(map(ord, name)) % len(_AVATARS)]


@pass_context
def _age(context: Context, then: datetime | None) -> str:
    return moments.age(then, context["now"])


@pass_context
def _spoken(context: Context, moment: datetime | None) -> str:
    return moments.spoken(moment, context["now"], context["zone"]) if moment else ""


@pass_context
def _dialler_line(context: Context, side: dict[str, Any]) -> str:
    return dialler_line(side, context["now"], context["zone"])


@pass_context
def _stamp(context: Context, moment: datetime | None) -> str:
    return moments.stamp(moment, context["now"], context["zone"]) if moment else ""


@pass_context
def _day(context: Context, moment: datetime | None) -> str:
    zone: ZoneInfo = context["zone"]
    return f"{moment.astimezone(zone):%-d %b %Y}" if moment else ""


def _grouped(number: int) -> str:
    return f"{number:,}"


def _phone(number: str | None) -> Markup | str:
    """E.164 in groups that can be read out: +40 712 345 678. What is none stays as it was written."""
    digits = number[1:] if number and number.startswith("+") else ""
    if len(digits) < 7 or not digits.isdigit():
        return escape((number or "").removeprefix("p:").strip())
    country = 1 if digits[0] in "17" else 2
    rest = digits[country:]
    groups = [rest[index : index + 3] for index in range(0, len(rest), 3)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return escape(f"+{digits[:country]} {' '.join(groups)}")
