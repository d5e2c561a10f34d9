"""The bar above everything on an application's page: what was proposed or decided, what can be decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from recruiter_ui.domain.choices import Outlook
from recruiter_ui.domain.moments import spoken, stamp
from recruiter_ui.domain.moments import zone as zone_of
from recruiter_ui.domain.next_step import CLOSED_WORDS
from recruiter_ui.pages.telling import OUTCOMES
from recruiter_ui.queries.detail import Application
from recruiter_ui.views import ApplicationView


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: it opens the form ``act``, or carries it out at once."""

    act: str
    label: str
    key: str = ""
    chosen: str = ""
    """Which of the form's possibilities the button means."""
    primary: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    css: str
    title: str
    text: str
    choices: tuple[Choice, ...] = ()


def bar_of(found: Application, it: ApplicationView, outlook: Outlook, now: datetime, own: ZoneInfo) -> Bar:
    if it.to_confirm:
        return _proposal(found, it, outlook, now, own)
    text = f"{it.next.rstrip('.')}."
    if it.status in _WAITING:
        title, choices = _WAITING[it.status]
        if it.status == "call_failed" and found.row["dial_kind"] == "refused":
            title = "The call was not placed"
        return Bar("n", title, text, choices)
    if it.status == "closed":
        ways = () if found.row["by_hand"] else (Choice("reopen", "Reopen"),)  # undo stands above it
        return Bar("x", "Closed", _why_closed(found, text), ways)
    return _what_was_found(found, it, text, now, own)


_WAITING = {
    "needs_human": (
        "This one needs you",
        (
            Choice("resolve", "Call again", "c", "call_again"),
            Choice("resolve", "Callback", "b", "callback"),
            Choice("resolve", "Not a fit", "n", "not_qualified"),
            Choice("resolve", "Qualified", "q", "qualified"),
        ),
    ),
    "call_failed": (
        "Nobody was reached",
        (Choice("callback", "Callback", "b"), Choice("close", "Close", "e")),
    ),
    "cv_overdue": (
        "The CV did not come",
        (Choice("status", "Set a status", "s"), Choice("close", "Close", "e")),
    ),
}


def _proposal(found: Application, it: ApplicationView, outlook: Outlook, now: datetime, own: ZoneInfo) -> Bar:
    """Both ways have a button, neither is chosen before; a callback can also be moved."""
    css, look = ("n", f"{_why_look(found)} ") if found.row["needs_review"] else ("", "")
    if it.status == "callback_scheduled":
        at: datetime | None = found.row["callback_at"]
        when = spoken(at, now, own) if at else "at a time that is not known"
        there = zone_of(found.row["time_zone"])
        theirs = (
            f"; it is {spoken(at, now, there)} on their clock"
            if at and there and there.key != own.key
            else ""
        )
        return Bar(
            css,
            f"AI proposes: callback {when}. You decide.",
            f"{look}Nobody is called before you confirm{theirs}.",
            (
                Choice("reverse", "Something else", "n"),
                Choice("callback", "Another time", "b"),
                Choice("confirm", "Confirm callback", "q", at_once=True, primary=True),
            ),
        )
    follows = outlook.of(it.status)
    text = f"{look}Confirming: {follows[0].lower()}{follows[1:]} Nothing leaves before you decide."
    if it.status == "qualified":
        return Bar(
            css,
            "AI proposes: qualified. You decide.",
            text,
            (
                Choice("reverse", "Not a fit", "n", "not_qualified"),
                Choice("confirm", "Confirm qualified", "q", at_once=True, primary=True),
            ),
        )
    return Bar(
        css,
        "AI proposes: not a fit. You decide.",
        text,
        (
            Choice("reverse", "Qualified", "q", "qualified"),
            Choice("confirm", "Confirm not a fit", "n", at_once=True, primary=True),
        ),
    )


def _why_look(found: Application) -> str:
    """Why the evidence has to be looked at before anything follows, in the first of its reasons."""
    reasons = (found.evaluation or {}).get("review_reasons") or []
    first = f"{reasons[0].rstrip('.')}." if reasons else "Its evidence does not hold."
    return f"Look first: {first}"


def _why_closed(found: Application, text: str) -> str:
    kind = CLOSED_WORDS.get(found.row["closed_because"] or "")
    return text if kind is None or text.startswith(("Closed by", "Withdrew", kind)) else f"{kind}. {text}"


def _what_was_found(found: Application, it: ApplicationView, text: str, now: datetime, own: ZoneInfo) -> Bar:
    evaluation = found.evaluation
    if evaluation is None or evaluation["state"] == "requested":
        return Bar("x", "No evaluation yet", text)
    if evaluation["state"] == "failed":
        return Bar("n", "The evaluation failed", text)
    words = OUTCOMES.get(evaluation["outcome"], evaluation["outcome"])
    css = "" if evaluation["qualified"] else "x"
    confirmed = next(
        (line for line in found.timeline if line["kind"] == "application.outcome_confirmed"), None
    )
    if confirmed is None:
        return Bar(css, f"The AI found: {words}", text)
    who = confirmed["actor_name"] or "a recruiter"
    return Bar(css, f"The AI found: {words}. Confirmed by {who}, {stamp(confirmed['at'], now, own)}", text)
