"""The model's outcomes that a recruiter sees before they count (decision note 0016)."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.intake import ApplicationStatus, ConfirmOutcome, OutcomeConfirmed, ReverseOutcome

from intake.domain.applications import Happening
from intake.domain.decisions import confirmed, why_not_confirm
from intake.domain.status_machine import Fact, Status
from intake.handlers.decisions import as_expected, decide
from intake.handlers.moves import goes_on, record
from intake.ports import Applications, Move, Positions

handlers = Handlers("intake")

_OUTCOMES = {
    "qualified": Status.QUALIFIED,
    "not_qualified": Status.NOT_QUALIFIED,
    "needs_human": Status.NEEDS_HUMAN,
    "callback": Status.CALLBACK_SCHEDULED,
}


@handlers.answers(ConfirmOutcome)
async def confirm_outcome(
    command: ConfirmOutcome, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    """No transition: what follows from the outcome starts now, and a CV that came meanwhile counts."""
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    if refusal := why_not_confirm(found):
        return Refused(code=refusal.code, message=refusal.message)
    then = confirmed(found)
    tx.publish(
        OutcomeConfirmed(
            candidate_id=then.candidate_id,
            application_id=then.application_id,
            position_id=then.position_id,
            sequence=then.sequence,
            status=ApplicationStatus(then.status),
            actor=command.actor,
            cv_received_at=then.cv_received_at,
        )
    )
    moves = [Move(found, then, command.actor, "the outcome was confirmed", None), *goes_on(then, None)]
    await record(tx, moves, applications, positions)
    last = moves[-1].then
    return Accepted(result={"sequence": last.sequence, "status": last.status.value})


@handlers.answers(ReverseOutcome)
async def reverse_outcome(
    command: ReverseOutcome, tx: Tx, applications: Applications, positions: Positions
) -> Accepted | Refused:
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    wish = Happening(
        Fact.REVERSED,
        command.reason,
        status=_OUTCOMES[command.outcome],
        callback_at=command.callback_at,
        needs_human_reason=command.reason,
    )
    return await decide(tx, found, wish, command.actor, applications, positions)
