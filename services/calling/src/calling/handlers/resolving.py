"""Calls of which nobody could say what became of them: a person found out, and says whether it rang."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.calling import CallSettledByHand, SettleUnknownCall

from calling.domain.attempts import AttemptState
from calling.ports import Attempt, Attempts, Switchboard

handlers = Handlers("calling")

_NOT_FOUND = Refused(code="call_not_found", message="There is no such call. Reload the page.")
_KNOWN = Refused(
    code="outcome_known",
    message="What became of this call is known by now. Reload the page to see it.",
)
_OTHERWISE = Refused(
    code="settled_otherwise",
    message=(
        "Somebody else has said the opposite of this call. Reload the page, and talk to them:"
        " trigger another call only when you are both sure."
    ),
)


@handlers.answers(SettleUnknownCall)
async def settle_unknown_call(
    command: SettleUnknownCall, tx: Tx, attempts: Attempts, board: Switchboard
) -> Accepted | Refused:
    """It rang: it counts, and the application stays with the recruiter. It did not: it does not count, and
    when intake queues the application again, its round goes on as if it had not been made."""
    attempt = await attempts.get(tx, command.call_id, lock=True)
    if attempt is None:
        return _NOT_FOUND
    said = await board.recalls.word_of_a_person(tx, attempt.call_id)
    if said is not None and attempt.state in (AttemptState.UNKNOWN, AttemptState.WITHDRAWN):
        return Accepted(result={"queued_again": False}) if said == command.rang else _OTHERWISE
    if attempt.state is not AttemptState.UNKNOWN:
        return _KNOWN
    queued_again = False
    if command.rang:
        await board.recalls.said_to_have_rung(tx, attempt.call_id)
    else:
        queued_again = await board.recalls.did_not_ring(tx, attempt)
    tx.publish(_settled(attempt, command))
    return Accepted(result={"queued_again": queued_again})


def _settled(attempt: Attempt, command: SettleUnknownCall) -> CallSettledByHand:
    return CallSettledByHand(
        candidate_id=attempt.candidate_id,
        application_id=attempt.application_id,
        call_id=attempt.call_id,
        attempt_number=attempt.attempt_number,
        rang=command.rang,
        actor=command.actor,
        note=command.note.strip(),
    )
