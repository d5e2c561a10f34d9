"""Asking for a CV: what became of it, and when again (recruitflow.md 6, 7)."""

from __future__ import annotations

from pydantic import Field

from contracts.base import Event
from contracts.messaging.messages import Channel


class CvRequested(Event, name="messaging.cv_request.sent"):
    """The candidate was asked for a CV on at least one channel; ``for_later`` when they were not a fit."""

    candidate_id: int
    application_id: int
    channels: list[Channel]
    for_later: bool


class CvFollowedUp(Event, name="messaging.cv_request.followed_up"):
    """Follow-up 1 or 2 went out on at least one channel."""

    candidate_id: int
    application_id: int
    number: int = Field(ge=1, le=2)
    channels: list[Channel]


class CvRequestExpired(Event, name="messaging.cv_request.expired"):
    """Two follow-ups went unanswered for the position's interval."""

    candidate_id: int
    application_id: int


class CandidateUnreachable(Event, name="messaging.cv_request.unreachable"):
    """No channel is left on which the candidate can be asked for a CV."""

    candidate_id: int
    application_id: int
    reason: str


class FollowUpDue(Event, name="messaging.cv_request.follow_up_due"):
    """A timer: the interval after a CV request or follow-up has passed. ``number`` 3 means give up."""

    candidate_id: int
    application_id: int
    number: int = Field(ge=1, le=3)
