"""Calling as the pages meet it: its gate's verdicts, stops, and calls whose end nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts import Accepted
from contracts.calling import CallsPreview, PreviewCalls, WouldBeRefused, WouldWait, ZoneFrom


def everybody_now(query: PreviewCalls) -> Accepted:
    return said(CallsPreview(now=query.application_ids))


def said(preview: CallsPreview) -> Accepted:
    return Accepted(result=preview.model_dump(mode="json"))


def gate(
    *,
    outside: dict[int, datetime] | None = None,
    refused: dict[int, tuple[str, str]] | None = None,
    not_known: tuple[int, ...] = (),
    **more: Any,
) -> Callable[[PreviewCalls], Accepted]:
    """Everybody now, but for these: outside hours until then, refused by code and message."""

    def answer(query: PreviewCalls) -> Accepted:
        waiting, no = outside or {}, refused or {}
        asked = query.application_ids
        return said(
            CallsPreview(
                now=[it for it in asked if it not in waiting and it not in no and it not in not_known],
                later=[
                    WouldWait(
                        application_ids=[number],
                        code="outside_hours",
                        message="Outside the calling hours where the person is.",
                        until=until,
                        time_zone="America/Halifax",
                        zone_from=ZoneFrom.NUMBER,
                    )
                    for number, until in waiting.items()
                    if number in asked
                ],
                refused=[
                    WouldBeRefused(application_ids=[number], code=code, message=message)
                    for number, (code, message) in no.items()
                    if number in asked
                ],
                not_known=[it for it in not_known if it in asked],
            )
        )

    return answer
