"""What would happen to calls if they were asked for now, said before anybody is called."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.base import Query, Value
from contracts.calling.calls import ZoneFrom


class WouldWait(Value):
    """Callable, but not now: from ``until`` on, or once something changes (None)."""

    application_ids: list[int]
    code: str
    message: str
    until: datetime | None
    time_zone: str | None = None
    zone_from: ZoneFrom | None = None


class WouldBeRefused(Value):
    application_ids: list[int]
    code: str
    message: str


class CallsPreview(Value):
    """The gate's verdict per application; ``not_known``: calling has not heard of them yet."""

    now: list[int] = Field(default_factory=list)
    later: list[WouldWait] = Field(default_factory=list)
    refused: list[WouldBeRefused] = Field(default_factory=list)
    not_known: list[int] = Field(default_factory=list)


class PreviewCalls(Query, name="calling.preview_calls"):
    """Answers a ``CallsPreview``. Whether an application's status allows a call is for intake to say."""

    application_ids: list[int] = Field(min_length=1, max_length=10_000)
