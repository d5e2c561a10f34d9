"""Events that say something: one story of one application, out of the golden samples of every kind.

The samples share one number (7) for every id, so they speak of one person, one position and one call already.
What a sample can't know (a number to dial, hours that exist, a body that a provider would send) is here.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import asyncpg
from contracts import Event
from contracts.calling import CallCompleted, CallPlaced
from contracts.cv_matching import CvMatched
from contracts.gateway import ElevenLabsWebhookReceived, MetaWebhookReceived, WhapiWebhookReceived
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    CandidateProfileRevised,
    PositionDetails,
    PositionOpened,
    PositionRevised,
)
from contracts.messaging import CvFollowedUp, CvRequested, CvRequestExpired, MessageReceived
from contracts.registry import EVENTS
from contracts.samples import golden
from contracts.scoring import EvaluationCompleted, EvaluationRequested

_POSITION = PositionDetails(
    title="Sales", system_prompt="Be kind.", first_message="Hello!", calling_hour_start=0, calling_hour_end=24
)
_PERSON = CandidateProfile(
    full_name="Ana Probă",
    first_name="Ana",
    last_name="Probă",
    phone="+40712000007",
    email="ana.proba@example.com",
    time_zone="Europe/Bucharest",
)
_CALL_FAILED = {
    "type": "call_initiation_failure",
    "event_timestamp": 1_795_000_000,
    "data": {"conversation_id": "conv_7", "failure_reason": "busy", "metadata": {}},
}
_A_TEXT = {
    "messages": [
        {
            "id": "wa.7",
            "from_me": False,
            "type": "text",
            "chat_id": "40712000007@s.whatsapp.net",
            "from": "40712000007",
            "timestamp": 1_795_000_000,
            "text": {"body": "Mâine, după ora 14"},
        }
    ]
}
_LEADS = {
    "object": "page",
    "entry": [{"changes": [{"field": "leadgen", "value": {"leadgen_id": 7, "form_id": "77"}}]}],
}
_STORY: tuple[type[Event], ...] = (
    *(PositionOpened, PositionRevised, ApplicationOpened, CandidateProfileRevised, ApplicationStatusChanged),
    *(CallPlaced, CallCompleted, EvaluationRequested, EvaluationCompleted, CvRequested, CvFollowedUp),
    *(CvRequestExpired, CvMatched),
)
"""What happens when all goes well; the rest comes behind it, too late to move anything."""

_CHANGES: dict[type[Event], tuple[dict[str, Any], ...]] = {
    PositionOpened: ({"details": _POSITION},),
    PositionRevised: ({"details": _POSITION, "revision": 2},),
    ApplicationOpened: ({"profile": _PERSON},),
    CandidateProfileRevised: ({"profile": _PERSON},),
    ApplicationStatusChanged: (
        # Two moments that make others act; what lies between them is of no concern here.
        {"sequence": 1, "previous": ApplicationStatus.SCORING, "current": ApplicationStatus.QUALIFIED},
        {"sequence": 2, "previous": ApplicationStatus.NEEDS_HUMAN, "current": ApplicationStatus.CALL_QUEUED},
    ),
    CvRequested: ({"for_later": False},),
    CvFollowedUp: ({"number": 1}, {"number": 2}),
    MessageReceived: ({"sender": "ana.proba@example.com"},),
    ElevenLabsWebhookReceived: (
        {"kind": "call_initiation_failure", "body": json.dumps(_CALL_FAILED), "body_ref": None},
    ),
    WhapiWebhookReceived: ({"kind": "messages", "body": json.dumps(_A_TEXT), "body_ref": None},),
    MetaWebhookReceived: ({"kind": "leadgen", "body": json.dumps(_LEADS), "body_ref": None},),
}


def plausible(kinds: Collection[type[Event]]) -> list[Event]:
    """At least one event of each kind, in the order of the story."""
    rest = [kind for kind in EVENTS.values() if kind not in _STORY]
    return [
        golden(kind).model_copy(update=changes)
        for kind in (*_STORY, *rest)
        if kind in kinds
        for changes in _CHANGES.get(kind, ({},))
    ]


_POSITION_ROW = """
INSERT INTO positions (position_id, title, status, revision, details, created_at, updated_at)
VALUES (7, 'Sales', 'open', 1, $1::jsonb, now(), now())
"""
_CANDIDATE_ROW = """
INSERT INTO candidates (candidate_id, full_name, first_name, last_name, name_folded, language, source,
                        form_answers, created_at, updated_at)
VALUES (7, 'Ana Probă', 'Ana', 'Probă', 'ana proba', 'ro', 'meta_form', '[]', now(), now())
"""
_APPLICATION_ROW = """
INSERT INTO applications (application_id, candidate_id, position_id, status, created_at, updated_at)
VALUES (7, 7, 7, 'call_queued', now(), now())
"""


async def prepare(service: str, db: asyncpg.Connection[Any]) -> None:
    """intake knows people by its own commands; everybody else by what it says."""
    if service == "intake":
        await db.execute(_POSITION_ROW, _POSITION.model_dump_json())
        await db.execute(_CANDIDATE_ROW)
        await db.execute(_APPLICATION_ROW)
