"""One application's history as the stream tells it, for people."""

from __future__ import annotations

from datetime import datetime

from chassis.history import Unreadable
from contracts import Envelope, Event
from contracts.calling import CallCompleted, CallDeferred, CallNotAnswered, CallPlaced, CallRefused
from contracts.cv_matching import CvMatched
from contracts.intake import ApplicationStatusChanged
from contracts.messaging import CvFollowedUp, CvRequested, MessageFailed, MessageReceived, MessageSent
from contracts.scoring import EvaluationCompleted, EvaluationFailed


def told(event: Event) -> str:
    """One line on what happened; ids and types, no names."""
    match event:
        case ApplicationStatusChanged():
            return f"{event.previous} -> {event.current}: {event.reason}"
        case CallPlaced():
            return f"call {event.attempt_number} ({event.purpose})"
        case CallCompleted():
            return f"spoke for {event.duration_seconds or 0} s"
        case CallNotAnswered():
            later = f", again at {event.retry_at:%a %d %b %H:%M} UTC" if event.retry_at else ", no tries left"
            return f"{event.outcome}{later}"
        case CallDeferred():
            return (
                f"waits until {event.until:%a %d %b %H:%M} UTC: {event.reason}"
                if event.until
                else event.reason
            )
        case CallRefused():
            return event.message
        case EvaluationCompleted():
            scored = "no score" if event.score is None else f"score {event.score}"
            return f"{event.outcome}, {scored}{', to be looked at' if event.needs_review else ''}"
        case EvaluationFailed() | MessageFailed():
            return event.reason
        case MessageSent():
            return f"{event.message_type} by {event.channel}"
        case CvRequested() | CvFollowedUp():
            return "by " + " and ".join(event.channels)
        case MessageReceived():
            return f"by {event.channel}" + (
                f" with {len(event.attachments)} file(s)" if event.attachments else ""
            )
        case CvMatched():
            return f"by {event.method}, {event.confidence} confidence"
        case _:
            return ""


def line(moment: datetime, event: Event) -> tuple[str, str, str]:
    """Time (UTC), fact, and what it says."""
    return f"{moment:%a %d %b %H:%M:%S}", event.type().rpartition(".v")[0], told(event)


def line_of(said: Envelope | Unreadable) -> tuple[str, str, str]:
    """The same of a message of the stream. One that can't be read has no time to believe."""
    if isinstance(said, Unreadable):
        kind = ".".join(said.subject.split(".")[1:4])
        return "?", kind, f"message {said.sequence} of the stream can't be read: {said.reason}"
    return line(said.time, said.event)
