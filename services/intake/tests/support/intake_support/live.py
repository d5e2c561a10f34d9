"""Meta as a script, and a desk at which live leads are taken in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from contracts import Accepted, Command, Event, Refused
from contracts.base import EVENTS
from contracts.gateway import MetaWebhookReceived
from contracts.intake import (
    BindLeadForm,
    LeadsImportUndone,
    LeadsImportUndoRequested,
    LiveLeadFetchDue,
    OpenPosition,
    PositionDetails,
    RetryLiveLeads,
    RevisePosition,
    SetPositionStatus,
    UndoImport,
)
from intake.adapters.postgres import PostgresLeadForms, PostgresLiveLeads
from intake.domain.live_leads import GraphLead, graph_lead
from intake.handlers.lead_forms import bind_lead_form, retry_live_leads
from intake.handlers.live_leads import announce_live_leads, fetch_live_lead
from intake.handlers.positions import open_position, revise_position, set_position_status
from intake.handlers.undo_import import undo_import, undo_leads_import
from intake.ports import LeadNotGiven, UnknownLead

from intake_support.facts import NOON
from intake_support.stores import RECRUITER, PostgresStore

Kind = TypeVar("Kind", bound=Event)

_HANDLED: dict[type[Command], tuple[Any, tuple[str, ...]]] = {
    OpenPosition: (open_position, ("positions", "forms")),
    RevisePosition: (revise_position, ("positions", "forms")),
    SetPositionStatus: (set_position_status, ("positions",)),
    BindLeadForm: (bind_lead_form, ("positions", "forms", "live")),
    RetryLiveLeads: (retry_live_leads, ("live",)),
}


def an_answer(number: int = 1, form_id: str | None = "120213", **fields: str) -> dict[str, Any]:
    """A lead as the Graph API gives it; the same as ``files.a_row`` of that number."""
    given = {
        "ai_experiență_în_vânzări?": "da,_peste_3_ani",
        "ai_permis_de_conducere_categoria_b?": "da",
        "email": f"Ana{number}@Example.com",
        "full_name": f"Ana Maria Pop{number}",
        "phone_number": f"+4071200{number:04}",
        **fields,
    }
    return {
        "id": f"19902338985{number:05}",
        "created_time": "2025-09-12T12:05:13+0000",
        "campaign_name": "Sales Representative B2B - stabil",
        "form_id": form_id,
        "is_organic": False,
        "platform": "fb",
        "field_data": [{"name": name, "values": [value]} for name, value in given.items()],
    }


class ScriptedLeads:
    """Gives what it was told to give; an exception is raised as often as it is listed."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.troubles: list[LeadNotGiven] = []
        self.asked: list[str] = []

    async def fetch(self, leadgen_id: str) -> GraphLead:
        self.asked.append(leadgen_id)
        if self.troubles:
            raise self.troubles.pop(0)
        if leadgen_id not in self.known:
            raise UnknownLead("Meta answers error 100, subcode 33.")
        return graph_lead(leadgen_id, self.known[leadgen_id])

    async def form_name(self, form_id: str) -> str | None:
        return f"form {form_id}"


class LiveDesk:
    """Over a real PostgreSQL; events of intake itself go round only when a test lets them."""

    def __init__(self, store: PostgresStore) -> None:
        self.store, self.meta = store, ScriptedLeads()
        self.live, self.forms = PostgresLiveLeads(), PostgresLeadForms()
        self.ports = {"positions": store.positions, "forms": self.forms, "live": self.live}

    async def position(self, *form_ids: str, **details: Any) -> int:
        wanted = PositionDetails(title="Sales", lead_form_ids=list(form_ids), **details)
        reply = await self.asks(OpenPosition, details=wanted)
        assert isinstance(reply, Accepted), reply
        position_id: int = reply.result["position_id"]
        return position_id

    async def asks(self, kind: type[Command], **fields: Any) -> Accepted | Refused:
        handler, ports = _HANDLED[kind]
        command = kind.model_validate({"command_id": uuid4(), "actor": RECRUITER, **fields})
        async with self.store.begin() as tx:
            reply: Accepted | Refused = await handler(command, tx, *(self.ports[port] for port in ports))
        return reply

    async def hears(self, *leadgen_ids: str, body: Any = None, form_id: str = "120213") -> None:
        values = [{"leadgen_id": each, "form_id": form_id, "page_id": 7} for each in leadgen_ids]
        changes = [{"field": "leadgen", "value": value} for value in values]
        said = {"object": "page", "entry": [{"changes": changes}]} if body is None else body
        event = MetaWebhookReceived(
            delivery_id=uuid4(), kind="leadgen", body=json.dumps(said), received_at=NOON
        )
        async with self.store.begin() as tx:
            await announce_live_leads(event, tx, self.store.blobs, self.live)

    async def looks(self, leadgen_id: str) -> None:
        store = self.store
        await fetch_live_lead(
            LiveLeadFetchDue(leadgen_id=leadgen_id),
            store.begin,
            self.meta,
            self.live,
            self.forms,
            store.positions,
            store.candidates,
            store.applications,
            store.contacts,
            store.people,
            store.traces,
        )

    async def comes(self, answer: dict[str, Any]) -> str:
        """A lead from its announcement to the first look at it; answers its id."""
        leadgen_id = str(answer["id"])
        self.meta.known[leadgen_id] = answer
        await self.hears(leadgen_id, form_id=str(answer["form_id"]))
        await self.looks(leadgen_id)
        return leadgen_id

    async def undo(self, import_id: UUID) -> LeadsImportUndone:
        """An import is taken back, from the recruiter's command to the end."""
        store = self.store
        command = UndoImport(command_id=uuid4(), actor=RECRUITER, import_id=import_id)
        async with store.begin() as tx:
            reply = await undo_import(command, tx, store.imports, store.positions)
        assert isinstance(reply, Accepted), reply
        await undo_leads_import(
            (await self.said(LeadsImportUndoRequested))[-1],
            store.begin,
            store.imports,
            store.positions,
            store.applications,
            store.candidates,
            store.contacts,
            store.traces,
        )
        return (await self.said(LeadsImportUndone))[-1]

    async def said(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in await self.store.published() if isinstance(event, kind)]

    async def timers(self) -> dict[str, timedelta]:
        """Leads that will be looked at again, and how long after the last look."""
        rows = await self.store.pool.fetch(
            "SELECT type, data, key, due_at - time AS wait FROM outbox WHERE due_at IS NOT NULL"
        )
        found = {}
        for row in rows:
            event = EVENTS[row["type"]].model_validate_json(row["data"])
            assert isinstance(event, LiveLeadFetchDue)
            found[event.leadgen_id] = row["wait"]
        return found

    async def people(self) -> Sequence[Any]:
        """Candidates with their applications."""
        return await self.store.pool.fetch(
            "SELECT c.candidate_id, c.full_name, c.phone, c.lead_key, a.application_id, a.position_id"
            " FROM candidates c LEFT JOIN applications a USING (candidate_id)"
            " ORDER BY c.candidate_id, a.application_id"
        )
