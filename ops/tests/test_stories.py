"""Stories are folded and judged without anybody's name in them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from contracts import Actor, Event
from contracts.calling import CallPlaced, CallPurpose
from contracts.intake import ApplicationStatus, ApplicationStatusChanged
from contracts.messaging import Channel, MessageSent, MessageType
from ops.demo.expectations import EXPECTED, mistakes
from ops.demo.stories import Story, told
from ops.history import Happening

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SOMEBODY = UUID(int=1)


def _happened(*events: Event) -> list[Happening]:
    return [Happening(UUID(int=place), NOON, event.context, event) for place, event in enumerate(events)]


def _moved(sequence: int, previous: str, current: str, kind: str = "system") -> ApplicationStatusChanged:
    return ApplicationStatusChanged(
        candidate_id=1,
        application_id=1,
        position_id=1,
        sequence=sequence,
        previous=ApplicationStatus(previous),
        current=ApplicationStatus(current),
        actor=Actor.model_validate({"kind": kind}),
        reason="test",
    )


def _called(attempt: int) -> CallPlaced:
    return CallPlaced(
        candidate_id=1,
        application_id=1,
        call_id=SOMEBODY,
        attempt_number=attempt,
        purpose=CallPurpose.SCREENING,
        placed_at=NOON,
    )


def _sent(kind: MessageType, channel: Channel) -> MessageSent:
    return MessageSent(
        candidate_id=1,
        application_id=1,
        message_id=SOMEBODY,
        channel=channel,
        message_type=kind,
        external_id=None,
        sent_at=NOON,
    )


def test_transitions_are_told_in_their_own_order_however_they_arrive() -> None:
    story = told(
        _happened(_moved(2, "call_queued", "call_in_progress"), _moved(1, "pending_call", "call_queued"))
    )[1]
    assert story.path == ["pending_call", "call_queued", "call_in_progress"]


def test_a_recruiter_putting_an_application_away_does_not_hide_where_it_rested() -> None:
    story = told(
        _happened(_moved(1, "pending_call", "cv_received"), _moved(2, "cv_received", "closed", "recruiter"))
    )[1]
    assert (story.rest, story.status) == ("cv_received", "closed")


def test_a_timer_closing_an_application_is_where_it_rests() -> None:
    story = told(_happened(_moved(1, "pending_call", "cv_overdue"), _moved(2, "cv_overdue", "closed")))[1]
    assert story.rest == "closed"


def test_a_message_that_was_sent_twice_is_a_mistake() -> None:
    once = _sent(MessageType.CV_REQUEST_REJECTED, Channel.WHATSAPP)
    path = (
        _moved(1, "pending_call", "not_qualified"),
        _moved(2, "not_qualified", "awaiting_cv_rejected"),
        _moved(3, "awaiting_cv_rejected", "closed"),
    )
    right = told(_happened(_called(1), once, *path))[1]
    assert mistakes(right, EXPECTED["not-qualified"]) == []
    twice = told(_happened(_called(1), once, once, *path))[1]
    assert len(mistakes(twice, EXPECTED["not-qualified"])) == 1


def test_everything_that_is_wrong_is_said() -> None:
    story = Story(
        1, path=["pending_call"], actors=["system"], attempts=3, messages=Counter({"other/email": 1})
    )
    story.cv = "manual"
    said = " ".join(mistakes(story, EXPECTED["qualifies"]))
    for part in ("pending_call", "3 calls", "other/email", "manual", "awaiting_cv"):
        assert part in said
