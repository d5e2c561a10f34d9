"""What is known of our access to a channel, and what changes it: used, refused, or nobody answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

By = Literal["page", "environment"]
Known = Literal["connected", "lost", "away"]

LOOK_AGAIN = timedelta(hours=1)
"""A lost access is tried so often: refusals have been known to be mistakes of the provider's."""
LOOK_AGAIN_SOON = timedelta(minutes=5)
"""One that is mended elsewhere than on our page, and so without our hearing of it."""


class Refusal(StrEnum):
    """Why Google does not let us in, as far as it matters to whoever has to mend it."""

    REVOKED = "revoked"
    TOO_LITTLE = "too_little"
    """The access does not cover reading and sending."""
    API_OFF = "api_off"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class ChannelState:
    """``mark`` says of which access it is known. ``since``: in this state; ``tried_at``: last use."""

    mark: str
    by: By
    state: Known
    since: datetime
    account: str | None = None
    checked_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str | None = None
    what_to_do: str | None = None
    refusal: Refusal | None = None


def used(before: ChannelState | None, mark: str, by: By, account: str | None, now: datetime) -> ChannelState:
    """It works."""
    if before is not None and before.mark == mark and before.state == "connected":
        return replace(before, by=by, account=account or before.account, checked_at=now, tried_at=now)
    kept = before.since if before and before.mark == mark and before.state == "away" else now
    return ChannelState(mark, by, "connected", kept, account, now, now)


def refused(
    before: ChannelState | None,
    mark: str,
    by: By,
    problem: str,
    what_to_do: str,
    now: datetime,
    refusal: Refusal | None = None,
) -> ChannelState:
    """A person has to mend it."""
    if is_lost(before, mark):
        assert before is not None
        return replace(before, problem=problem, what_to_do=what_to_do, tried_at=now, refusal=refusal)
    mine = before if before is not None and before.mark == mark else None
    account, checked = (mine.account, mine.checked_at) if mine else (None, None)
    return ChannelState(mark, by, "lost", now, account, checked, now, problem, what_to_do, refusal)


def silent(before: ChannelState | None, problem: str, now: datetime) -> ChannelState | None:
    """Nobody answered; a loss that is known stays one. ``since`` goes on: the access is as it was."""
    if before is None or before.state == "lost":
        return before
    return replace(before, state="away", problem=problem, tried_at=now)


def is_lost(state: ChannelState | None, mark: str) -> bool:
    return state is not None and state.mark == mark and state.state == "lost"


def may_be_tried(state: ChannelState | None, mark: str, now: datetime) -> bool:
    if not is_lost(state, mark):
        return True
    assert state is not None
    pause = LOOK_AGAIN if state.refusal in (None, Refusal.REVOKED) else LOOK_AGAIN_SOON
    return state.tried_at is None or now - state.tried_at >= pause


def news(before: ChannelState | None, after: ChannelState) -> Literal["connected", "lost"] | None:
    """What has to be said aloud; an access that was only away for a while is no news."""
    if after.state == "lost":
        known = before is not None and is_lost(before, after.mark) and before.problem == after.problem
        return None if known else "lost"
    if after.state != "connected":
        return None
    worked = before is not None and before.mark == after.mark and before.state != "lost"
    return None if worked and before is not None and before.account == after.account else "connected"
