"""Stopping the dialler: for a position, or for everything (``position_id`` None). Queued calls are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import Actor, Command, Event


class DiallingStopped(Event, name="calling.dialling.stopped"):
    """Nothing is dialled from now on, and what does not ring yet is called off.

    ``too_many_failures``: the circuit breaker did it; ``reason`` says what it saw.
    """

    position_id: int | None
    code: Literal["by_hand", "too_many_failures"]
    reason: str
    actor: Actor


class DiallingResumed(Event, name="calling.dialling.resumed"):
    position_id: int | None
    actor: Actor


class StopDialling(Command, name="calling.stop_dialling"):
    """Answers ``{"queued": int, "called_off": int, "ringing": int}``: what waits, what the provider has and
    is asked not to dial (who rings already goes on), and what can't be stopped any more.

    Stopped already: accepted, and changes nothing.
    """

    position_id: int | None = None
    reason: str = Field(default="", max_length=500)


class ResumeDialling(Command, name="calling.resume_dialling"):
    """Answers ``{"queued": int}``. A position's stop and the one for everything are resumed separately."""

    position_id: int | None = None
