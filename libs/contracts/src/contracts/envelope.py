"""CloudEvents 1.0 in the NATS binary binding: attributes travel as ``ce-`` headers, the body is the data.

Source: CloudEvents 1.0.2, NATS Protocol Binding 1.0.2, section 3.1; the extensions ``correlationid`` and
``causationid`` are ours, ``traceparent`` is W3C Trace Context and travels without the prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote
from uuid import UUID

from contracts.base import EVENTS, Event

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"


class NotAnEvent(ValueError):
    """A message on the stream that is no CloudEvent of ours."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"not an event of ours: {problem}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with what is known about it: who says so, when, and because of what."""

    id: UUID
    type: str
    source: str
    time: datetime
    event: Event
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None

    @property
    def subject(self) -> str:
        return self.event.nats_subject()

    def data(self) -> bytes:
        return self.event.model_dump_json().encode()

    def headers(self) -> dict[str, str]:
        """The NATS headers, ``Nats-Msg-Id`` included: the stream drops a second publication of one id."""
        headers = {
            "Nats-Msg-Id": str(self.id),
            "ce-specversion": SPEC_VERSION,
            "ce-id": str(self.id),
            "ce-type": self.type,
            "ce-source": quote(self.source, safe="/:-_.~"),
            "ce-time": format_time(self.time),
            "ce-correlationid": str(self.correlation_id),
            "content-type": CONTENT_TYPE,
        }
        if self.event.application_id is not None:
            headers["ce-subject"] = f"application/{self.event.application_id}"
        elif self.event.candidate_id is not None:
            headers["ce-subject"] = f"candidate/{self.event.candidate_id}"
        if self.causation_id is not None:
            headers["ce-causationid"] = str(self.causation_id)
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers

    def with_event(self, event: Event) -> Envelope:
        return replace(self, event=event, type=event.type())


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_envelope(headers: Mapping[str, str] | None, data: bytes) -> Envelope:
    """Read an event off the wire.

    Raises ``NotAnEvent`` when headers are missing or make no sense or the type is unknown,
    ``pydantic.ValidationError`` when the body does not fit its class.
    """
    if not headers:
        raise NotAnEvent("no headers")
    try:
        kind = headers["ce-type"]
        cls = EVENTS[kind]
    except KeyError as missing:
        raise NotAnEvent(f"unknown or missing {missing}") from missing
    event = cls.model_validate_json(data)
    try:
        return Envelope(
            id=UUID(headers["ce-id"]),
            type=kind,
            source=unquote(headers["ce-source"]),
            time=datetime.fromisoformat(headers["ce-time"]),
            event=event,
            correlation_id=UUID(headers["ce-correlationid"]),
            causation_id=UUID(headers["ce-causationid"]) if "ce-causationid" in headers else None,
            traceparent=headers.get("traceparent"),
        )
    except KeyError as missing:
        raise NotAnEvent(f"missing header {missing}") from missing
    except ValueError as odd:
        raise NotAnEvent(f"a header makes no sense: {odd}") from odd
