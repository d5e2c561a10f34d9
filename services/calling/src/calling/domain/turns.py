"""Judging a queue in its order: who comes first takes the line, the day's last call, and the person's ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from calling.domain.contactability import Allowed, Callee, Hours, Terms, Verdict, verdict


@dataclass(slots=True)
class Taken:
    """Who is called already, and on how many lines."""

    people: set[int | str] = field(default_factory=set)
    """By person and by number."""
    lines: int = 0

    def has(self, callee: Callee) -> bool:
        return callee.person in self.people or callee.phone in self.people

    def add(self, callee: Callee) -> None:
        self.people |= {one for one in (callee.person, callee.phone) if one is not None}
        self.lines += 1


def in_turn(
    callees: Sequence[Callee], terms: Terms, now: datetime, taken: Taken | None = None
) -> list[Verdict]:
    """One verdict for each; nobody, and no number, is called twice. ``taken`` grows by who is allowed."""
    answers: list[Verdict] = []
    taken = taken or Taken()
    hours = Hours(terms)
    for callee in callees:
        asked = replace(callee, on_the_phone=True) if taken.has(callee) else callee
        answer = verdict(asked, terms, now, hours)
        if isinstance(answer, Allowed):
            taken.add(callee)
            terms = after_one_more(terms)
        answers.append(answer)
    return answers


def after_one_more(terms: Terms) -> Terms:
    """What is left of the limits once one more call is made."""
    if terms.calls_left_today is None and terms.lines_left is None:
        return terms
    return replace(
        terms,
        calls_left_today=_less(terms.calls_left_today),
        lines_left=_less(terms.lines_left),
    )


def _less(left: int | None) -> int | None:
    return None if left is None else left - 1


def facts(callee: Callee, terms: Terms) -> dict[str, Any]:
    """What a verdict went by, to be kept with it: no name, no number."""
    place = callee.where.place(terms.time_zone)
    stop = None
    if terms.stop:
        stop = {"code": terms.stop.code, "everything": terms.stop.everything}
    said = {
        "position": terms.status,
        "prompts": terms.has_prompts,
        "hours": [terms.hour_start, terms.hour_end],
        "days": sorted(terms.days),
        "zones": list(place.zones),
        "country": place.country,
        "number": bool(callee.phone),
        "queued": callee.still_queued,
        "do_not_contact": callee.do_not_contact,
        "attempts": [callee.attempts_in_round, terms.most_attempts],
        "on_the_phone": callee.on_the_phone,
        "agreed": callee.agreed,
        "last_other_call": _moment(callee.last_other_call),
        "cooldown_hours": terms.cooldown.total_seconds() / 3600,
        "not_before": _moment(callee.not_before),
        "stop": stop,
        "calls_left_today": terms.calls_left_today,
        "lines_left": terms.lines_left,
    }
    return {name: value for name, value in said.items() if value is not None}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
