"""What happens next with an application, in one sentence: the next step by itself, or who it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from recruiter_ui.domain.moments import spoken
from recruiter_ui.domain.waiting import lowered, missed, waits_for, waits_until

CLOSED_WORDS = {
    "recruiter": "Closed by hand",
    "withdrawn": "Withdrew",
    "no_cv": "No CV came in time",
    "cv_kept": "CV kept for later roles",
    "unreachable": "Could not be written to",
    "merged": "The same person has another application here",
    "import_undone": "The import was undone",
}
"""Why an application is closed."""
_PROPOSED = {"qualified": "qualified", "not_qualified": "not a fit", "callback_scheduled": "a callback"}
_WAIT_FOR_A_PERSON = frozenset({"needs_human", "call_failed", "cv_overdue"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sentence is made from; moments are UTC."""

    status: str
    status_at: datetime
    status_reason: str | None
    attempts: int
    attempts_allowed: int
    dial_kind: str | None
    dial_until: datetime | None
    dial_note: str | None
    callback_at: datetime | None
    needs_human_reason: str | None
    cv_asked_at: datetime | None
    follow_up_hours: int
    rejected_cv_days: int
    to_review: bool = False
    request_taken_back: bool = False
    """A recruiter took back that they were asked for a CV for later."""
    can_be_phoned: bool = True
    """False where there is no phone number that can be dialled."""
    no_calls: bool = False
    """They asked not to be called."""
    has_words: bool = True
    """False where the position does not say what the assistant says."""
    to_confirm: bool = False
    needs_review: bool = False
    """The evidence of the outcome does not hold."""
    by_hand: bool = False
    previous: str | None = None
    actor: str | None = None
    """Who moved it last, where a person did."""
    assignee: str | None = None
    """Who looks after it; ``you`` for the reader."""
    closed_because: str | None = None
    dial_code: str | None = None
    """The gate's name for what a queued call waits for."""
    dial_zone: str | None = None
    """Whose clock that goes by, where it is not the position's."""
    stop: int | None = None
    """What is stopped: 0 everything, else their position."""
    callback_asked_for: datetime | None = None
    callback_planned_at: datetime | None = None
    callback_moved_because: str | None = None
    given_up_because: str | None = None
    """Why it was not tried again before all attempts were made."""


def next_step(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    """One sentence without a full stop; ``zone`` is the reader's."""
    say = _proposal if it.to_confirm else _SENTENCES.get(it.status)
    sentence = say(it, now, zone) if say else it.status
    if it.assignee and (it.to_confirm or it.status in _WAIT_FOR_A_PERSON):
        return f"{sentence} (with {it.assignee})"
    return sentence


def _proposal(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.status == "callback_scheduled" and it.callback_at is not None:
        return f"AI proposes a callback {spoken(it.callback_at, now, zone)}: {_decide(it)}"
    return f"AI proposes {_PROPOSED.get(it.status, it.status)}: {_decide(it)}"


def _decide(it: Situation) -> str:
    return "its evidence needs a look" if it.needs_review else "confirm or reverse"


_SETTLED = {
    "unknown": "Nobody knows whether the call rang: find out",
    "rang": "The call rang, what was said is not known: decide",
    "did_not_ring": "The call didn't ring: decide",
}
"""Where a call of which nobody knew the end is why a person is needed."""


def _pending(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.no_calls:
        return "Asked not to be called: decide without a call"
    if not it.can_be_phoned:
        return "No usable phone number: correct it first"
    if not it.has_words:
        return "The position has no instructions or no first message"
    if it.previous == "closed":
        return "Reopened: waits for you to trigger the call"
    return "Waits for you to trigger the call"


def _queued(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.stop is not None:
        return (
            "Waits: all calls are stopped"
            if it.stop == 0
            else "Waits: the calls of this position are stopped"
        )
    if it.dial_until is not None and it.dial_until > now:
        return waits_until(it.dial_kind, it.dial_code, it.dial_note, it.dial_zone, _attempt(it),
                           spoken(it.dial_until, now, zone))  # fmt: skip
    if it.dial_kind == "deferred" and it.dial_until is None:
        return waits_for(it.dial_code, it.dial_note)
    if it.dial_kind == "taken_back":
        return "Called off before it rang: keeps its place in the queue"
    if it.dial_kind == "did_not_ring":
        return "The last call didn't ring: in the queue again"
    return f"In the call queue, attempt {it.attempts + 1} of {max(it.attempts_allowed, it.attempts + 1)}"


def _attempt(it: Situation) -> str:
    return f"attempt {it.attempts + 1} of {max(it.attempts_allowed, it.attempts + 1)}"


def _in_call(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    return f"Being called, attempt {max(it.attempts, 1)}"


def _callback(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.callback_at is None:
        return "Asked to be called again, no time agreed"
    if it.callback_asked_for == it.callback_at and it.callback_planned_at != it.callback_at:
        asked, why = spoken(it.callback_at, now, zone), it.callback_moved_because
        moved = f"asked for {asked}: {lowered(why)}" if why else f"asked for {asked}"
        if it.callback_planned_at is None:
            return f"Callback waits ({moved})"
        return f"Calls {spoken(it.callback_planned_at, now, zone)} ({moved})"
    agreed = f"set by {it.actor or 'a recruiter'}" if it.by_hand else "as agreed in the call"
    return f"Calls {spoken(it.callback_at, now, zone)}, {agreed}"


def _needs_human(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.dial_kind in _SETTLED:
        return _SETTLED[it.dial_kind]
    return it.needs_human_reason or it.status_reason or "A person has to decide"


def _failed(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.dial_kind == "refused":
        return it.dial_note or "Could not be called"
    tries = f"{it.attempts} of {max(it.attempts_allowed, it.attempts)} attempts"
    if it.given_up_because:
        return f"{tries}: {lowered(it.given_up_because)}"
    return f"{tries}, last: {missed(it.dial_note)}" if it.dial_note else f"{tries} without an answer"


def _after(it: Situation, hours: int, now: datetime, zone: ZoneInfo, before: str, past: str) -> str:
    due = (it.cv_asked_at or it.status_at) + timedelta(hours=hours)
    return f"{before} {spoken(due, now, zone)}" if due > now else past


def _awaiting(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    return _after(it, it.follow_up_hours, now, zone, "Reminder 1", "Reminder 1 goes out now")


def _first_reminder(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    return _after(it, it.follow_up_hours, now, zone, "Reminder 2", "Reminder 2 goes out now")


def _second_reminder(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    return _after(it, it.follow_up_hours, now, zone, "Overdue", "Overdue now")


def _overdue(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    closes = it.status_at + timedelta(hours=it.follow_up_hours)
    return f"2 reminders, no CV; closes {spoken(closes, now, zone)}"


def _received(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    return "Check the CV: the match is not certain" if it.to_review else "Ready for the hiring manager"


def _not_a_fit(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    if it.request_taken_back:
        return "The request for a CV was taken back: send it, reject or close"
    return "Asks for a CV for later roles"


def _later_cv(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    closes = it.status_at + timedelta(days=it.rejected_cv_days)
    return f"CV welcome for later roles; closes {spoken(closes, now, zone)}"


def _on_file(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    closes = it.status_at + timedelta(days=it.rejected_cv_days)
    return f"Kept for future roles; closes {spoken(closes, now, zone)}"


def _closed(it: Situation, now: datetime, zone: ZoneInfo) -> str:
    why = it.status_reason or ""
    kind = CLOSED_WORDS.get(it.closed_because or "")
    if it.closed_because == "recruiter":
        return f"Closed by {it.actor}: {why}" if it.actor and why else why or "Closed by hand"
    if it.closed_because == "withdrawn":
        return f"Withdrew: {why}" if why else "Withdrew"
    return kind or why or "Nothing more happens"


_SENTENCES: dict[str, Callable[[Situation, datetime, ZoneInfo], str]] = {
    "pending_call": _pending,
    "call_queued": _queued,
    "callback_scheduled": _callback,
    "call_in_progress": _in_call,
    "call_completed": lambda it, now, zone: "Call ended, its evaluation starts",
    "scoring": lambda it, now, zone: "The call is being evaluated",
    "needs_human": _needs_human,
    "call_failed": _failed,
    "cv_overdue": _overdue,
    "qualified": lambda it, now, zone: "The CV request goes out now",
    "awaiting_cv": _awaiting,
    "cv_followup_1": _first_reminder,
    "cv_followup_2": _second_reminder,
    "cv_received": _received,
    "not_qualified": _not_a_fit,
    "awaiting_cv_rejected": _later_cv,
    "cv_received_rejected": _on_file,
    "closed": _closed,
}
