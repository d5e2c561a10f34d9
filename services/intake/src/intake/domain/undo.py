"""What keeps a part of an import from being taken back: whatever happened to it since."""

from __future__ import annotations

from datetime import timedelta

from intake.domain.applications import Application
from intake.domain.status_machine import Status

CAN_BE_UNDONE_FOR = timedelta(days=30)

_UNDER_WAY = {
    Status.CALL_QUEUED: "queued for a call",
    Status.CALL_IN_PROGRESS: "being called",
    Status.CLOSED: "closed since",
}


def why_it_stays(
    application: Application, *, untouched: bool, noted: bool, merged: bool, came_live: bool = False
) -> str | None:
    """Why an application is kept; None when it can go. ``untouched``: it made no transition since."""
    if merged:
        return "merged with another candidate since"
    if application.status in _UNDER_WAY:
        return _UNDER_WAY[application.status]
    if application.calls:
        return "called since"
    if not untouched:
        return "moved on since"
    if application.assignee is not None:
        return f"assigned to {application.assignee.name or 'a recruiter'}"
    if noted:
        return "has a note"
    if came_live:
        return "the same lead came live"
    return None if application.cv_received_at is None else "a CV has come"


def why_they_stay(*, edited: bool, applies_elsewhere: bool) -> str | None:
    """Why a person who came with the import is kept, though their application goes."""
    if edited:
        return "profile edited since"
    return "applies to another position too" if applies_elsewhere else None
