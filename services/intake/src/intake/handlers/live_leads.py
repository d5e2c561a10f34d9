"""A lead that Meta announces is fetched, read like a row of a file, and is in the pipeline within seconds.

What can't go on by itself is held with its reason, never lost; what may work later is asked for again by a
timer. Asking changes nothing at Meta, so that a crash at any place only means to ask once more: whatever is
written is written in one transaction, under the lock of the lead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from chassis import Begin, Handlers, Tx
from chassis.blobs import Blobs
from contracts.gateway import MetaWebhookReceived
from contracts.intake import LiveLeadAnnounced, LiveLeadFetchDue, LiveLeadHeld, PositionStatus

from intake.domain.live_leads import (
    MOST_LOOKS,
    NO_ACCESS_WAIT,
    QUIET_LOOKS,
    RATE_LIMIT_WAIT,
    UNREACHABLE_WAIT,
    GraphLead,
    TestLead,
    UnreadableLead,
    announced_in,
    read_lead,
    wait_after,
)
from intake.handlers.lead_forms import timer_of
from intake.handlers.live_people import People, bring_in
from intake.ports import (
    Applications,
    Candidates,
    Contacts,
    ImportTraces,
    KnownPeople,
    LeadForms,
    LeadNotGiven,
    Leads,
    LeadState,
    LiveLead,
    LiveLeads,
    NoAccess,
    NotNow,
    Position,
    Positions,
    UnknownLead,
    Unusable,
)

handlers = Handlers("intake")

STILL_ASKED_FOR = ("no_access", "unreachable")
"""Why a lead is held that a timer goes on asking for all the same."""

_log = structlog.get_logger(__name__)

LONGEST_NUMBER = 100
"""Python refuses to read numbers of some thousand digits."""

_NOBODYS_ZONE = ZoneInfo("Europe/Bucharest")
"""For times without a zone of leads that no position is known for; Meta's own have one."""


@handlers.on(MetaWebhookReceived)
async def announce_live_leads(event: MetaWebhookReceived, tx: Tx, blobs: Blobs, live: LiveLeads) -> None:
    """Each lead once, however often it is announced."""
    said = announced_in(await _body(event, blobs))
    if said.nonsense:
        _log.warning("announcements_unreadable", delivery_id=str(event.delivery_id), count=said.nonsense)
    for lead in await live.announce(tx, said.leads, event.received_at):
        tx.publish(
            LiveLeadAnnounced(
                leadgen_id=lead.leadgen_id,
                form_id=lead.form_id,
                page_id=lead.page_id,
                announced_at=event.received_at,
            )
        )


async def _body(event: MetaWebhookReceived, blobs: Blobs) -> Any:
    raw: str | bytes = event.body or ""
    if event.body_ref is not None:
        raw = await blobs.get(event.body_ref)
    try:
        return json.loads(raw, parse_int=_whole_number)
    except (ValueError, RecursionError):
        return None


def _whole_number(digits: str) -> int | str:
    """One too long to be an id says nothing, but takes no other lead of the delivery with it."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


@dataclass(frozen=True, slots=True)
class Desk:
    """One lead in one transaction."""

    tx: Tx
    live: LiveLeads
    lead: LiveLead

    async def hold(self, code: Any, message: str, *, form_name: str | None = None, **changed: Any) -> None:
        """Put it aside; said once for each reason, however often it is looked at again."""
        held = replace(self.lead, state=LeadState.HELD, code=code, tries=0, **changed)
        await self.live.save(self.tx, held)
        if self.lead.code != code:
            self.tx.publish(
                LiveLeadHeld(
                    leadgen_id=held.leadgen_id,
                    form_id=held.form_id,
                    form_name=form_name,
                    code=code,
                    message=message,
                )
            )

    async def again(self, wait: timedelta) -> None:
        """Ask once more when so much time has passed."""
        key = timer_of(self.lead.leadgen_id)
        self.tx.publish(LiveLeadFetchDue(leadgen_id=self.lead.leadgen_id), at=self.tx.now + wait, key=key)


@handlers.acts_on(LiveLeadAnnounced, LiveLeadFetchDue, consumer="fetch_live_leads")
async def fetch_live_lead(
    event: LiveLeadAnnounced | LiveLeadFetchDue,
    begin: Begin,
    leads: Leads,
    live: LiveLeads,
    forms: LeadForms,
    positions: Positions,
    candidates: Candidates,
    applications: Applications,
    contacts: Contacts,
    known: KnownPeople,
    traces: ImportTraces,
) -> None:
    """Ends with the lead brought in, held, or a timer for the next look."""
    async with begin() as tx:
        lead = await live.get(tx, event.leadgen_id)
    if lead is None or not _is_to_be_fetched(lead):
        return
    try:
        given = lead.given or await leads.fetch(event.leadgen_id)
    except LeadNotGiven as trouble:
        async with begin() as tx:
            await _not_given(tx, live, event.leadgen_id, trouble)
        return
    form_id = lead.form_id or given.form_id
    form_name = None
    async with begin() as tx:
        unclaimed = form_id is None or await forms.position_of(tx, form_id) is None
    if form_id is not None and unclaimed:
        form_name = await leads.form_name(form_id)  # for whoever has to decide where it belongs
    async with begin() as tx:
        position = await _position_for(tx, forms, positions, form_id)
        fresh = await live.lock(tx, event.leadgen_id)
        if fresh is None or not _is_to_be_fetched(fresh):
            return
        desk = Desk(tx, live, replace(fresh, form_id=form_id))
        people = People(known, candidates, applications, positions, contacts, traces)
        await _take(desk, given, position, form_name, people)


def _is_to_be_fetched(lead: LiveLead) -> bool:
    """Not what waits for a person: a timer or a message that comes late finds it put aside."""
    return lead.state is LeadState.AWAITED or lead.code in STILL_ASKED_FOR


async def _position_for(
    tx: Tx, forms: LeadForms, positions: Positions, form_id: str | None
) -> Position | None:
    position_id = await forms.position_of(tx, form_id) if form_id is not None else None
    return await positions.get(tx, position_id) if position_id is not None else None


async def _take(
    desk: Desk, given: GraphLead, position: Position | None, form_name: str | None, people: People
) -> None:
    zone = ZoneInfo(position.details.time_zone) if position else _NOBODYS_ZONE
    try:
        read = read_lead(given, zone)
    except TestLead:
        await desk.hold("test_lead", "A test lead of Meta's form tester: nobody to call.", given=None)
        return
    except UnreadableLead as unreadable:
        await desk.hold("unreadable", unreadable.reason, given=None)
        return
    if position is None:
        message = "No position takes the leads of this form: choose one, and they go on."
        await desk.hold("no_position", message, form_name=form_name, given=given)
        return
    if position.details.status is PositionStatus.CLOSED:
        message = f"The position {position.details.title!r} is closed: open it again, or choose another one."
        await desk.hold("position_closed", message, given=given)
        return
    candidate_id = await bring_in(desk.tx, read, position, people, desk.lead)
    brought_in = replace(
        desk.lead, state=LeadState.BROUGHT_IN, code=None, tries=0, given=None, candidate_id=candidate_id
    )
    await desk.live.save(desk.tx, brought_in)
    desk.tx.cancel(timer_of(desk.lead.leadgen_id))


async def _not_given(tx: Tx, live: LiveLeads, leadgen_id: str, trouble: LeadNotGiven) -> None:
    lead = await live.lock(tx, leadgen_id)
    if lead is None or not _is_to_be_fetched(lead):
        return
    tries = lead.tries + 1
    desk = Desk(tx, live, lead)
    _log.info("live_lead_not_given", leadgen_id=leadgen_id, tries=tries, why=type(trouble).__name__)
    if isinstance(trouble, NoAccess):
        message = f"{trouble.reason} Renew Meta's access, then retry; it is also tried again every hour."
        await desk.hold("no_access", message)
        await desk.again(NO_ACCESS_WAIT)
    elif isinstance(trouble, UnknownLead) and tries >= MOST_LOOKS:
        message = f"{trouble.reason} It was deleted, is older than 90 days, or our access does not cover it."
        await desk.hold("gone", message)
    elif isinstance(trouble, Unusable) and tries >= MOST_LOOKS:
        message = f"{trouble.reason} It was asked for {tries} times: look at the lead at Meta, then retry."
        await desk.hold("unreadable", message)
    elif isinstance(trouble, NotNow) and (tries >= QUIET_LOOKS or lead.code == "unreachable"):
        message = (
            f"{trouble.reason} It is still asked for every hour: if Meta itself works, look at the network"
            " of this installation, then retry."
        )
        await desk.hold("unreachable", message)
        await desk.again(UNREACHABLE_WAIT)
    else:
        too_often = isinstance(trouble, NotNow) and trouble.too_often
        await live.save(tx, replace(lead, tries=tries))
        await desk.again(wait_after(tries, RATE_LIMIT_WAIT) if too_often else wait_after(tries))
