"""A refusal in words, as it stands next to the action that was refused."""

from __future__ import annotations

from contracts import Refused


def trouble(reply: Refused, owner: str = "intake") -> str:
    """An owner that does not answer is no reason to fear that something happened twice."""
    if reply.code == "unavailable":
        return f"{owner.capitalize()} is not answering; nothing was changed. Try again in a moment."
    return reply.message
