"""What each status means on screen: its stage, its glyph, its word, and who moves next.

Hue says the stage, the glyph says the step, the weight says who moves next; colour is never alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Weight(Enum):
    """Who moves next; the value is the badge's CSS class."""

    SYSTEM = ""
    PROPOSED = "ring"
    YOU = "act"
    NOBODY = "out"


@dataclass(frozen=True, slots=True)
class Stage:
    """A group of the list. ``rank`` is its place there and the number kept in the database."""

    rank: int
    slug: str
    css: str
    label: str


ON_CALL = Stage(1, "on_call", "st-oncall", "On call")
NEEDS_YOU = Stage(2, "needs_you", "st-needs", "Needs you")
TO_CALL = Stage(3, "to_call", "st-tocall", "To call")
COLLECTING = Stage(4, "collecting_cv", "st-cv", "Collecting CV")
CV_IN = Stage(5, "cv_in", "st-in", "CV in")
NOT_A_FIT = Stage(6, "not_a_fit", "st-nofit", "Not a fit")
CLOSED = Stage(7, "closed", "st-end", "Closed")

STAGES = (ON_CALL, NEEDS_YOU, TO_CALL, COLLECTING, CV_IN, NOT_A_FIT, CLOSED)
OPEN_STAGES = STAGES[:-1]
PIPELINE_STAGES = (TO_CALL, ON_CALL, NEEDS_YOU, COLLECTING, CV_IN, NOT_A_FIT)
"""In the order a person passes them; the order of the bars."""


@dataclass(frozen=True, slots=True)
class Status:
    stage: Stage
    glyph: str
    label: str
    weight: Weight = Weight.SYSTEM


STATUSES: dict[str, Status] = {
    "pending_call": Status(TO_CALL, "dash", "Pending call"),
    "call_queued": Status(TO_CALL, "clock", "Queued"),
    "callback_scheduled": Status(TO_CALL, "back", "Callback"),
    "call_in_progress": Status(ON_CALL, "wave", "In call"),
    "call_completed": Status(ON_CALL, "phchk", "Call done"),
    "scoring": Status(ON_CALL, "spark", "Scoring"),
    "needs_human": Status(NEEDS_YOU, "hand", "Needs human", Weight.YOU),
    "call_failed": Status(NEEDS_YOU, "phx", "Call failed", Weight.YOU),
    "cv_overdue": Status(NEEDS_YOU, "docbang", "CV overdue", Weight.YOU),
    "qualified": Status(COLLECTING, "okc", "Qualified"),
    "awaiting_cv": Status(COLLECTING, "doc", "Awaiting CV"),
    "cv_followup_1": Status(COLLECTING, "doc1", "Follow-up 1"),
    "cv_followup_2": Status(COLLECTING, "doc2", "Follow-up 2"),
    "cv_received": Status(CV_IN, "doccheck", "CV received"),
    "not_qualified": Status(NOT_A_FIT, "noc", "Not a fit"),
    "awaiting_cv_rejected": Status(NOT_A_FIT, "doc", "CV for later"),
    "cv_received_rejected": Status(NOT_A_FIT, "doccheck", "CV on file", Weight.NOBODY),
    "closed": Status(CLOSED, "box", "Closed", Weight.NOBODY),
}

STAGE_BY_SLUG = {stage.slug: stage for stage in STAGES}
STAGE_BY_RANK = {stage.rank: stage for stage in STAGES}

CALLABLE = frozenset({"pending_call", "call_failed", "needs_human", "callback_scheduled"})
"""From these a recruiter may have a person called (intake decides; this is what the preview says)."""

OUTCOMES = frozenset({"qualified", "not_qualified", "callback_scheduled"})
"""What the model may propose; a proposal stands under "Needs you" until somebody decides."""


def shown_as(status: str, *, to_confirm: bool) -> Status:
    """The badge: a proposal has the ring, whatever its status would look like once it counts."""
    badge = STATUSES[status]
    return replace(badge, weight=Weight.PROPOSED) if to_confirm else badge
