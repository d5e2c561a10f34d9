"""Judging a queue in its order: who comes first takes the line, the day's last call, and the person's ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from calling.domain.contactability import Allowed, Callee, Terms, Verdict, verdict


def in_turn(callees: Sequence[Callee], terms: Terms, now: datetime) -> list[Verdict]:
    """One verdict for each; nobody, and no number, is called twice."""
    answers: list[Verdict] = []
    taken: set[int | str | None] = set()
    for callee in callees:
        if callee.person in taken or callee.phone in taken:
            callee = replace(callee, on_the_phone=True)
        answer = verdict(callee, terms, now)
        if isinstance(answer, Allowed):
            taken |= {one for one in (callee.person, callee.phone) if one is not None}
            terms = after_one_more(terms)
        answers.append(answer)
    return answers


def after_one_more(terms: Terms, calls: int = 1) -> Terms:
    """What is left of the limits once so many more calls are made."""
    if terms.calls_left_today is None and terms.lines_left is None:
        return terms
    return replace(
        terms,
        calls_left_today=_less(terms.calls_left_today, calls),
        lines_left=_less(terms.lines_left, calls),
    )


def _less(left: int | None, calls: int) -> int | None:
    return None if left is None else left - calls


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
