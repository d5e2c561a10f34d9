"""Who is asked, reminded and named."""

from __future__ import annotations

import pytest
from messaging.domain.cv_requests import MessageStatus, channels_for, follow_up_now, later_status
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
        (1, "cv_followup_1", False, "not wanted"),
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


def test_the_writer_is_the_only_one_or_the_only_one_with_an_open_application() -> None:
    assert the_writer([]) is None
    assert the_writer([Writer(1, None)]) == Writer(1, None)
    assert the_writer([Writer(1, None), Writer(2, 5)]) == Writer(2, 5)
    assert the_writer([Writer(1, 4), Writer(2, 5)]) is None


def test_pauses_grow_and_end() -> None:
    assert [pause_before_try(tries) for tries in (1, 2, 3)] == [2.0, 4.0, 8.0]
    assert pause_before_try(20) == 600.0
    assert pause_before_try(MOST_TRIES) is None
