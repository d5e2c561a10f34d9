"""The gate is asked in one way, whoever asks: with the limits and the public holidays of this moment, in the
order of the queue, and its verdicts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chassis import Tx

from calling.domain.contactability import Terms
from calling.domain.turns import facts, in_turn
from calling.ports import Case, Gate, Judged, Position


def terms_now(gate: Gate, position: Position, cases: Sequence[Case], now: datetime) -> Terms:
    """What the position says, and what this moment adds to it."""
    terms = replace(position.terms, cooldown=gate.cooldown)
    places = {case.callee.where.place(terms.time_zone) for case in cases}
    countries = {place.country for place in places if place.country}
    return replace(terms, days_off=gate.days_off.of(countries, now))


def judge(tx: Tx, terms: Terms, cases: Sequence[Case]) -> list[Judged]:
    """One verdict for each, in turn."""
    answers = in_turn([case.callee for case in cases], terms, tx.now)
    return [
        Judged(case, answer, None, facts(case.callee, terms))
        for case, answer in zip(cases, answers, strict=True)
    ]
