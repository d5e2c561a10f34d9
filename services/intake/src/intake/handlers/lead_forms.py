"""Which position the leads of a form belong to: written in the position, and looked up by form.

A form belongs to one position. One that is closed lets go of a form that another claims, as a revision of its
own.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import (
    BindLeadForm,
    LiveLeadFetchDue,
    PositionDetails,
    PositionOpened,
    PositionRevised,
    PositionStatus,
    RetryLiveLeads,
)

from intake.domain.live_leads import form_key
from intake.domain.positions import too_many_forms
from intake.handlers.position_revisions import revise
from intake.ports import LeadForms, LiveLeads, Positions

handlers = Handlers("intake")

WAIT_FOR_A_POSITION = ("no_position", "position_closed")
CAN_BE_RETRIED = (*WAIT_FOR_A_POSITION, "no_access", "unreachable", "gone", "unreadable")
"""All but test leads, which nothing can make a person of."""


async def claim_forms(
    tx: Tx,
    positions: Positions,
    forms: LeadForms,
    wanted: PositionDetails,
    actor: Actor,
    position_id: int | None = None,
) -> PositionDetails | Refused:
    """The details with their form ids tidied, or why the position (None: a new one) can't have these forms.

    Once the position is written, ``forms.bind`` makes them its own.
    """
    if not wanted.lead_form_ids:
        return wanted
    keys = {written: form_key(written) for written in wanted.lead_form_ids}
    if odd := [written for written, key in keys.items() if key is None]:
        message = f"{odd[0][:40]!r} is no form id: Meta's are digits only, such as 1202134567890."
        return Refused(code="bad_form_id", message=message)
    form_ids = list(dict.fromkeys(key for key in keys.values() if key is not None))
    for form_id, owner in sorted((await forms.owners(tx, form_ids)).items()):
        if owner != position_id and (refused := await _let_go(tx, positions, owner, form_id, actor)):
            return refused
    return wanted.model_copy(update={"lead_form_ids": form_ids})


async def _let_go(tx: Tx, positions: Positions, owner: int, form_id: str, actor: Actor) -> Refused | None:
    holder = await positions.lock(tx, owner)
    if holder is None or form_id not in holder.details.lead_form_ids:
        return None
    if holder.details.status is not PositionStatus.CLOSED:
        return Refused(
            code="form_taken",
            message=f"Leads of form {form_id} go to the position {holder.details.title!r} (no. {owner}):"
            " take the form out there first, or close that position.",
        )
    left = [each for each in holder.details.lead_form_ids if each != form_id]
    then = holder.details.model_copy(update={"lead_form_ids": left})
    await revise(tx, positions, holder, then, actor, f"form {form_id} went to another position")
    return None


@handlers.on(PositionOpened, PositionRevised, consumer="release_live_leads")
async def release_live_leads(
    event: PositionOpened | PositionRevised, tx: Tx, forms: LeadForms, live: LiveLeads
) -> None:
    """Leads that waited for this position, or for any, go on: it has their form, or is open again."""
    if event.details.status is not PositionStatus.CLOSED:
        await let_go_on(tx, forms, live, event.details.lead_form_ids)


async def let_go_on(tx: Tx, forms: LeadForms, live: LiveLeads, form_ids: Sequence[str]) -> int:
    if not form_ids:
        return 0
    await forms.owners(tx, form_ids)  # whoever puts a lead of these aside at this moment is waited for
    return await release(tx, live, WAIT_FOR_A_POSITION, form_ids)


async def release(tx: Tx, live: LiveLeads, codes: Sequence[str], form_ids: Sequence[str] | None) -> int:
    released = await live.release(tx, codes, form_ids)
    for leadgen_id in released:
        tx.cancel(timer_of(leadgen_id))
        tx.publish(LiveLeadFetchDue(leadgen_id=leadgen_id))
    return len(released)


def timer_of(leadgen_id: str) -> str:
    """The key under which the next look at a lead waits."""
    return f"live-lead:{leadgen_id}"


@handlers.answers(BindLeadForm)
async def bind_lead_form(
    command: BindLeadForm, tx: Tx, positions: Positions, forms: LeadForms, live: LiveLeads
) -> Accepted | Refused:
    """Bound already, it only lets what is held go on."""
    position = await positions.lock(tx, command.position_id)
    if position is None:
        return Refused(code="not_found", message=f"There is no position {command.position_id}.")
    if position.details.status is PositionStatus.CLOSED:
        return Refused(code="position_closed", message="The position is closed: open it again first.")
    form_ids = [*position.details.lead_form_ids, command.form_id]
    wanted = position.details.model_copy(update={"lead_form_ids": form_ids})
    if wrong := too_many_forms(wanted):
        return Refused(code=wrong.code, message=wrong.message)
    details = await claim_forms(tx, positions, forms, wanted, command.actor, position.position_id)
    if isinstance(details, Refused):
        return details
    await revise(tx, positions, position, details, command.actor, "leads of a further form belong here")
    await forms.bind(tx, position.position_id, details.lead_form_ids)
    return Accepted(result={"released": await let_go_on(tx, forms, live, details.lead_form_ids)})


@handlers.answers(RetryLiveLeads)
async def retry_live_leads(command: RetryLiveLeads, tx: Tx, live: LiveLeads) -> Accepted | Refused:
    form_ids = None
    if command.form_id is not None:
        key = form_key(command.form_id)
        form_ids = [key] if key is not None else []
    released = await release(tx, live, CAN_BE_RETRIED, form_ids)
    if not released:
        return Refused(code="nothing_held", message="No live lead is held here (any more).")
    return Accepted(result={"released": released})
