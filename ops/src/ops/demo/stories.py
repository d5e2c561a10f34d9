"""What became of each application, folded from the history; nothing personal in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.calling import CallPlaced
from contracts.cv_matching import CvMatched
from contracts.intake import ApplicationOpened, ApplicationStatusChanged
from contracts.messaging import MessageSent

from ops.history import Happening

TOLD_BY = (ApplicationOpened, ApplicationStatusChanged, CallPlaced, MessageSent, CvMatched)
"""The events a story is made of."""


@dataclass(slots=True)
class Story:
    """``path`` is every status in order; ``rest`` is where the pipeline itself left the application."""

    application_id: int
    lead_id: str | None = None
    phone: str | None = None
    path: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    attempts: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    cv: str | None = None
    """By which method the first CV was matched."""

    @property
    def status(self) -> str:
        return self.path[-1]

    @property
    def rest(self) -> str:
        """Where it stood before a recruiter put it away."""
        by_recruiter = self.actors[-1] == "recruiter" and len(self.path) > 1
        return self.path[-2] if by_recruiter else self.path[-1]

    def outcome(self) -> dict[str, Any]:
        """What must come out the same whatever was killed or stopped meanwhile."""
        return {
            "application_id": self.application_id,
            "rest": self.rest,
            "status": self.status,
            "attempts": self.attempts,
            "messages": dict(sorted(self.messages.items())),
            "cv": self.cv,
        }


def told(history: Iterable[Happening]) -> dict[int, Story]:
    """One story per application. Transitions are put in order by their own number."""
    stories: dict[int, Story] = {}
    changes: list[ApplicationStatusChanged] = []
    for happening in history:
        event = happening.event
        if event.application_id is None:
            continue
        story = stories.setdefault(event.application_id, Story(event.application_id))
        match event:
            case ApplicationOpened():
                story.lead_id, story.phone = event.profile.meta_lead_id, event.profile.phone
            case ApplicationStatusChanged():
                changes.append(event)
            case CallPlaced():
                story.attempts = max(story.attempts, event.attempt_number)
            case MessageSent():
                story.messages[f"{event.message_type}/{event.channel}"] += 1
            case CvMatched():
                story.cv = story.cv or str(event.method)
    for story in stories.values():
        story.path, story.actors = ["pending_call"], ["system"]
    for change in sorted(changes, key=lambda one: (one.application_id, one.sequence)):
        stories[change.application_id].path.append(str(change.current))
        stories[change.application_id].actors.append(change.actor.kind)
    return stories
