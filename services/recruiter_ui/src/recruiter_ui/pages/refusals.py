"""A refusal in words, as it stands next to the action that was refused."""

from __future__ import annotations

from contracts import Command, Refused

_OWNERS = {
    "intake": "Intake",
    "calling": "Calling",
    "scoring": "Scoring",
    "messaging": "Messaging",
    "cv_matching": "CV matching",
}


def trouble(reply: Refused, command: Command | type[Command] | None = None) -> str:
    """An owner that does not answer is no reason to fear that something happened twice."""
    if reply.code == "unavailable":
        owner = _OWNERS.get(command.context, "RecruitFlow") if command else "Intake"
        return f"{owner} is not answering; nothing was changed. Try again in a moment."
    return reply.message
