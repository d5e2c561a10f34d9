"""Events on the wire: CloudEvents 1.0 in the NATS binary binding, there and back."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from contracts.base import EVENTS, Accepted, Event, Refused, parse_reply
from contracts.calling import CallPlaced, DialDue
from contracts.envelope import Envelope, NotAnEvent, format_time, parse_envelope
from contracts.registry import COMMANDS
from contracts.samples import anything, golden
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def an_envelope(event: Event, **changes: object) -> Envelope:
    plain = Envelope(
        id=UUID(int=1),
        type=event.type(),
        source="recruitflow/calling",
        time=NOON,
        event=event,
        correlation_id=UUID(int=2),
        causation_id=UUID(int=3),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@given(
    st.sampled_from(sorted(EVENTS)),
    st.integers(0, 2**32),
    st.uuids(),
    st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.text(min_size=1, max_size=40),
    st.none() | st.uuids(),
)
def test_what_was_sent_is_what_is_read(
    kind: str, seed: int, event_id: UUID, time: datetime, source: str, cause: UUID | None
) -> None:
    event = anything(EVENTS[kind], random.Random(seed))
    sent = an_envelope(event, id=event_id, time=time, source=source, causation_id=cause, traceparent=None)
    assert parse_envelope(sent.headers(), sent.data()) == sent


def test_the_headers_are_those_of_cloudevents() -> None:
    headers = an_envelope(golden(CallPlaced)).headers()
    assert headers == {
        "Nats-Msg-Id": str(UUID(int=1)),
        "ce-specversion": "1.0",
        "ce-id": str(UUID(int=1)),
        "ce-type": "calling.call.placed.v1",
        "ce-source": "recruitflow/calling",
        "ce-subject": "application/7",
        "ce-time": "2026-11-18T12:00:00.000000Z",
        "ce-correlationid": str(UUID(int=2)),
        "ce-causationid": str(UUID(int=3)),
        "content-type": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }


def test_headers_are_plain_ascii_whatever_the_source_is_called() -> None:
    headers = an_envelope(golden(CallPlaced), source="serviciu/ș\r\nNats-Rollup: all").headers()
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_an_event_without_a_person_has_no_subject_header_and_dashes_in_its_nats_subject() -> None:
    event = DialDue(position_id=4)
    assert "ce-subject" not in an_envelope(event).headers()
    assert event.nats_subject() == "evt.calling.queue.dial_due.v1.-.-"


@pytest.mark.parametrize("cls", EVENTS.values(), ids=EVENTS)
def test_a_subject_is_found_by_the_filter_of_its_class_and_by_the_person(cls: type[Event]) -> None:
    subject = golden(cls).nats_subject()
    assert subject == f"evt.{cls.type()}.7.7"
    assert len(subject.split(".")) == len(cls.nats_filter().split(".")) == 7
    assert cls.nats_filter() == f"evt.{cls.type()}.*.*"


def test_times_in_text_order_are_times_in_order() -> None:
    moments = [NOON, NOON + timedelta(microseconds=1), NOON.astimezone(timezone(timedelta(hours=-7)))]
    assert format_time(moments[2]) == format_time(moments[0]) < format_time(moments[1])


@pytest.mark.parametrize("missing", ["ce-id", "ce-type", "ce-source", "ce-time", "ce-correlationid"])
def test_a_message_without_a_needed_header_is_no_event(missing: str) -> None:
    sent = an_envelope(golden(CallPlaced))
    headers = sent.headers()
    del headers[missing]
    with pytest.raises(NotAnEvent, match="missing"):
        parse_envelope(headers, sent.data())


@pytest.mark.parametrize("headers", [None, {}])
def test_a_message_without_headers_is_no_event(headers: dict[str, str] | None) -> None:
    with pytest.raises(NotAnEvent, match="no headers"):
        parse_envelope(headers, b"{}")


@pytest.mark.parametrize(
    ("header", "value"),
    [("ce-type", "calling.call.imagined.v1"), ("ce-id", "7"), ("ce-time", "noon"), ("ce-causationid", "x")],
)
def test_a_header_that_makes_no_sense_makes_no_event(header: str, value: str) -> None:
    sent = an_envelope(golden(CallPlaced))
    with pytest.raises(NotAnEvent):
        parse_envelope({**sent.headers(), header: value}, sent.data())


@pytest.mark.parametrize("body", [b"", b"[]", b'{"candidate_id": "seven"}', b"\xff"])
def test_a_body_that_does_not_fit_its_class_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        parse_envelope(an_envelope(golden(CallPlaced)).headers(), body)


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    sent = an_envelope(golden(CallPlaced))
    newer = sent.data()[:-1] + b', "mood": "sunny"}'
    assert parse_envelope(sent.headers(), newer).event == sent.event


def test_events_cannot_be_changed_after_the_fact() -> None:
    event = golden(CallPlaced)
    with pytest.raises(ValidationError):
        setattr(event, "attempt_number", 9)  # noqa: B010 - mypy knows that it is read-only


@pytest.mark.parametrize(
    "reply", [Accepted(result={"position_id": 4}), Refused(code="closed", message="No.")]
)
def test_a_reply_is_read_as_what_it_was(reply: Accepted | Refused) -> None:
    assert parse_reply(reply.model_dump_json().encode()) == reply


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"status":"perhaps"}'])
def test_anything_else_is_no_reply(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        parse_reply(raw)


def test_a_command_goes_to_its_owner() -> None:
    for name, command in COMMANDS.items():
        assert command.nats_subject() == f"cmd.{name}"


def test_a_name_that_is_no_name_is_refused_when_the_class_is_written() -> None:
    with pytest.raises(TypeError, match="is not <context>"):
        type("Odd", (Event,), {}, name="Odd")
    with pytest.raises(TypeError, match="declared twice"):
        type("Again", (Event,), {}, name="calling.call.placed")
