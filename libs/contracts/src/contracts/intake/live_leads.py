"""Live leads: Meta announces each by its id, intake fetches it, and it is in the pipeline within seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import Command, Event


class LiveLeadAnnounced(Event, name="intake.live_lead.announced"):
    """Meta says that somebody filled in a form; who, has to be asked. Ids are Meta's, without prefix."""

    leadgen_id: str
    form_id: str | None = None
    page_id: str | None = None
    announced_at: datetime


class LiveLeadFetchDue(Event, name="intake.live_lead.fetch_due"):
    """A timer: the Graph API did not give the lead; it is asked again."""

    leadgen_id: str


class LiveLeadHeld(Event, name="intake.live_lead.held"):
    """The lead can't go on by itself; it is kept. ``message`` says what a recruiter or operator can do."""

    leadgen_id: str
    form_id: str | None = None
    form_name: str | None = None
    code: Literal[
        "no_position", "position_closed", "no_access", "unreachable", "gone", "unreadable", "test_lead"
    ]
    message: str


class LiveLeadBroughtIn(Event, name="intake.live_lead.brought_in"):
    """The lead is somebody: ``created`` when nobody knew them before."""

    candidate_id: int
    application_id: int | None = None
    leadgen_id: str
    form_id: str | None = None
    position_id: int
    created: bool


class BindLeadForm(Command, name="intake.bind_lead_form"):
    """Leads of this form belong to the position from now on; those that were held for it go on.

    Answers ``{"released": int}``. Refused when the form belongs to another position that is not closed.
    """

    form_id: str = Field(min_length=1, max_length=32)
    position_id: int


class RetryLiveLeads(Command, name="intake.retry_live_leads"):
    """Try again what is held, of one form or of all. Answers ``{"released": int}``."""

    form_id: str | None = None
