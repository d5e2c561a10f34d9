"""Who is asked, reminded and named."""

from __future__ import annotations

import pytest
from messaging.domain.cv_requests import (
    MessageStatus,
    channels_for,
    follow_up_now,
    later_status,
    nobody_to_ask,
)
from messaging.domain.letters import (
    Channel,
    MessageType,
)
from messaging.domain.patience import MOST_TRIES, pause_before_try
from messaging.domain.people import Writer, the_writer

from .office import PHONE


@pytest.mark.parametrize(
    ("present", "reported", "after"),
    [
        ("sent", "delivered", "delivered"),
        ("sent", "read", "read"),
        ("read", "delivered", None),
        ("delivered", "delivered", None),
        ("sent", "failed", "failed"),
        ("delivered", "failed", None),
        ("failed", "delivered", None),
        ("unknown", "delivered", None),
        ("sent", "sent", None),
    ],
)
def test_a_status_moves_forward_only(present: str, reported: str, after: str | None) -> None:
    moved = later_status(MessageStatus(present), MessageStatus(reported))
    assert moved == (MessageStatus(after) if after else None)


@pytest.mark.parametrize(
    ("number", "status", "cv_known", "todo"),
    [
        (1, "awaiting_cv", False, "send"),
        (2, "cv_followup_1", False, "send"),
        (3, "cv_followup_2", False, "expire"),
        (1, "qualified", False, "too early"),
        (2, "awaiting_cv", False, "too early"),
        (3, "awaiting_cv", False, "too early"),
        (1, "cv_followup_1", False, "behind"),
        (1, "awaiting_cv", True, "not wanted"),
        (3, "cv_followup_2", True, "not wanted"),
        (1, "awaiting_cv_rejected", False, "not wanted"),
        (2, "closed", False, "not wanted"),
    ],
)
def test_what_a_due_reminder_turns_into(number: int, status: str, cv_known: bool, todo: str) -> None:
    assert follow_up_now(number, status, cv_known).value == todo


def test_channels_follow_the_verdict() -> None:
    both = channels_for(MessageType.CV_REQUEST, email="a@example.com", phone=PHONE)
    assert set(both) == {Channel.EMAIL, Channel.WHATSAPP}
    later = MessageType.CV_REQUEST_REJECTED
    assert channels_for(later, email="a@example.com", phone=PHONE) == [Channel.WHATSAPP]
    assert channels_for(later, email="a@example.com", phone=None) == [Channel.EMAIL]
    assert channels_for(later, email=None, phone=None) == []


@pytest.mark.parametrize(
    ("message_type", "forbidden", "left"),
    [
        (MessageType.CV_REQUEST, [], ["whatsapp", "email"]),
        (MessageType.CV_REQUEST, [Channel.WHATSAPP], ["email"]),
        (MessageType.CV_REQUEST, [Channel.EMAIL], ["whatsapp"]),
        (MessageType.CV_REQUEST, [Channel.EMAIL, Channel.WHATSAPP], []),
        (MessageType.CV_FOLLOWUP_2, [Channel.EMAIL], ["whatsapp"]),
        (MessageType.CV_REQUEST_REJECTED, [], ["whatsapp"]),
        (MessageType.CV_REQUEST_REJECTED, [Channel.EMAIL], ["whatsapp"]),
        (MessageType.CV_REQUEST_REJECTED, [Channel.WHATSAPP], ["email"]),
        (MessageType.CV_REQUEST_REJECTED, [Channel.EMAIL, Channel.WHATSAPP], []),
    ],
)
def test_nobody_is_written_to_where_they_asked_not_to_be(
    message_type: MessageType, forbidden: list[Channel], left: list[str]
) -> None:
    assert channels_for(message_type, email="a@example.com", phone=PHONE, forbidden=forbidden) == left


@pytest.mark.parametrize(
    ("email", "phone", "forbidden", "reason"),
    [
        (None, None, [], "no email address and no phone number"),
        (None, None, [Channel.EMAIL], "no email address and no phone number"),
        ("a@example.com", PHONE, [Channel.EMAIL, Channel.WHATSAPP], "by email and WhatsApp"),
        ("a@example.com", None, [Channel.EMAIL], "by email, and there is no phone number"),
        (None, PHONE, [Channel.WHATSAPP], "by WhatsApp, and there is no email address"),
    ],
)
def test_it_is_said_why_nobody_can_be_asked(
    email: str | None, phone: str | None, forbidden: list[Channel], reason: str
) -> None:
    said = nobody_to_ask(email, phone, forbidden).reason
    assert said.endswith(reason)
    assert ("asked not to be contacted" in said) == reason.startswith("by")


def test_the_writer_is_the_only_one_or_the_only_one_with_an_open_application() -> None:
    assert the_writer([]) is None
    assert the_writer([Writer(1, None)]) == Writer(1, None)
    assert the_writer([Writer(1, None), Writer(2, 5)]) == Writer(2, 5)
    assert the_writer([Writer(1, 4), Writer(2, 5)]) is None


def test_pauses_grow_and_end() -> None:
    assert [pause_before_try(tries) for tries in (1, 2, 3)] == [2.0, 4.0, 8.0]
    assert pause_before_try(20) == 600.0
    assert pause_before_try(MOST_TRIES) is None
