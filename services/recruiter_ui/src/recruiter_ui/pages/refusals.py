"""A refusal in words, as it stands next to the action that was refused."""

from __future__ import annotations

from contracts import Refused


def trouble(reply: Refused) -> str:
    """An owner that does not answer is no reason to fear that something happened twice."""
    if reply.code == "unavailable":
        return "Intake is not answering; nothing was changed. Try again in a moment."
    return reply.message
