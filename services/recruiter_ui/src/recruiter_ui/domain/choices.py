"""What a recruiter can decide about an application, and what will follow from it, said before it is done.

Intake decides again when the command comes; this is what the forms offer and promise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from recruiter_ui.domain.moments import zone as zone_of

SETTABLE = (
    "qualified",
    "not_qualified",
    "needs_human",
    "pending_call",
    "cv_received",
    "cv_received_rejected",
    "closed",
)
"""What can be set by hand; everything else is only reached by the pipeline."""
ON_THE_LINE = frozenset({"call_in_progress", "call_completed", "scoring"})
"""While a call is held or looked at, none can be arranged."""
ON_THE_WAY_OF = {
    "qualified": frozenset({"awaiting_cv", "cv_followup_1", "cv_followup_2", "cv_overdue", "cv_received"}),
    "not_qualified": frozenset({"awaiting_cv_rejected", "cv_received_rejected"}),
}
"""Where an outcome has led already: who is found the same again stays there and is asked nothing."""
FARTHEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Reach:
    """On what a person can be written to; what they forbade is not among it."""

    email: bool
    whatsapp: bool

    def words(self, *, for_later: bool = False) -> str:
        """``by email and WhatsApp``; empty where nobody can be written to."""
        if for_later and self.whatsapp:
            return "by WhatsApp"
        ways = [word for word, there in (("email", self.email), ("WhatsApp", self.whatsapp)) if there]
        return f"by {' and '.join(ways)}" if ways else ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the lines about the consequences are made from."""

    reach: Reach
    rejected_cv_days: int
    cv_is_here: bool = False

    def of(self, status: str) -> str:
        """One sentence: what happens by itself once the application has this status."""
        return _FOLLOWS[status](self)


def _qualified(it: Outlook) -> str:
    if it.cv_is_here:
        return "The CV that is here counts at once; none is asked for."
    ways = it.reach.words()
    return f"The CV request goes out {ways}." if ways else "No CV request: there is no way to write to them."


def _not_a_fit(it: Outlook) -> str:
    if it.cv_is_here:
        return f"The CV is kept for later roles; closes after {it.rejected_cv_days} days."
    ways = it.reach.words(for_later=True)
    if not ways:
        return "Nothing is sent: there is no way to write to them."
    return f"A CV for later roles is asked for {ways}; closes after {it.rejected_cv_days} days."


_FOLLOWS: dict[str, Callable[[Outlook], str]] = {
    "qualified": _qualified,
    "not_qualified": _not_a_fit,
    "callback_scheduled": lambda it: "They are called at the time you give.",
    "needs_human": lambda it: "Stands under “Needs you” with your reason. Nothing is sent.",
    "pending_call": lambda it: "Waits for you to trigger the call. Nothing is sent.",
    "call_queued": lambda it: "Goes into the call queue now, inside their calling hours.",
    "cv_received": lambda it: "Ready for the hiring manager; reminders stop.",
    "cv_received_rejected": lambda it: f"Kept for later roles; closes after {it.rejected_cv_days} days.",
    "closed": lambda it: "Nothing more happens and nothing is sent. It can be reopened.",
}

RESOLUTIONS = {
    "qualified": ("Qualified", "qualified"),
    "not_qualified": ("Not a fit", "not_qualified"),
    "call_again": ("Call again", "call_queued"),
    "callback": ("Callback at a time", "callback_scheduled"),
    "close": ("Close", "closed"),
}
"""How a case that needed a person is settled: the word for it, and the status it leads to."""

REVERSALS = {
    "qualified": ("Qualified", "qualified"),
    "not_qualified": ("Not a fit", "not_qualified"),
    "callback": ("Callback at a time", "callback_scheduled"),
    "needs_human": ("A person has to look at it", "needs_human"),
}
"""What can be said instead of a proposed outcome."""


@dataclass(frozen=True, slots=True)
class TheirClock:
    """What a recruiter has to know to name a moment on a candidate's clock."""

    zone_name: str
    place: str
    now: str
    ahead: str
    earliest: str
    """As a ``datetime-local`` field takes it."""


def their_clock(zone_name: str | None, own: ZoneInfo, now: datetime) -> TheirClock:
    """Where their zone is not known, the reader's own is meant and said."""
    there = zone_of(zone_name)
    known = there or own
    local = now.astimezone(known)
    minutes = round(((local.utcoffset() or timedelta()) - (now.astimezone(own).utcoffset() or timedelta()))
                    / timedelta(minutes=1))  # fmt: skip
    place = known.key.rpartition("/")[2].replace("_", " ")
    return TheirClock(
        zone_name=known.key,
        place=place if there else f"{place}, your own zone: theirs is not known",
        now=f"{local:%H:%M}",
        ahead=_ahead(minutes),
        earliest=f"{local:%Y-%m-%dT%H:%M}",
    )


def _ahead(minutes: int) -> str:
    if minutes == 0:
        return "the same as yours"
    hours, rest = divmod(abs(minutes), 60)
    span = f"{hours} h {rest} min" if rest and hours else (f"{hours} h" if hours else f"{rest} min")
    return f"{span} {'ahead of' if minutes > 0 else 'behind'} yours"


class Unclear(ValueError):
    """A form that can't be carried out as it is; the message says to a person what is missing."""


def moment_there(text: str, zone_name: str, now: datetime) -> datetime:
    """A ``datetime-local`` value on their clock; raises ``Unclear``."""
    there = zone_of(zone_name)
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise Unclear("Say when: a day and a time.") from None
    if there is None or local.tzinfo is not None or not now.year - 1 <= local.year <= now.year + 2:
        raise Unclear("Say when: a day and a time.")
    at = local.replace(tzinfo=there)
    if at <= now:
        raise Unclear("This moment is over there already: choose a later one.")
    if at > now + FARTHEST:
        raise Unclear("Choose a moment within the next 12 months.")
    return at
