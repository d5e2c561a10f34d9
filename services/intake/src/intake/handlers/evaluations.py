"""Evaluations beside the pipeline: all are remembered, a later one counts when a recruiter says so.

Who says in a call that they are not to be called again is not called again, whatever else was found. Such
words count once: when calls were allowed again since, a further look at the same old call forbids nothing.
"""

from __future__ import annotations

import structlog
from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.intake import AdoptEvaluation
from contracts.scoring import EvaluationCompleted

from intake.domain.contact import ContactChannel, Wish
from intake.domain.evaluations import EVALUATION, adopted, wish_not_to_be_called
from intake.handlers.contact import forbid
from intake.handlers.decisions import as_expected, decide
from intake.handlers.facts import evaluation_of
from intake.ports import Applications, Ban, Candidates, Contacts, Evaluations, Positions

handlers = Handlers("intake")
_log = structlog.get_logger(__name__)

_UNKNOWN = Refused(
    code="unknown_evaluation", message="There is no such evaluation (yet): try again in a moment."
)
_OF_ANOTHER = Refused(
    code="of_another_application",
    message="This evaluation belongs to another application: open that one to let it count there.",
)


@handlers.on(EvaluationCompleted)
async def remember_evaluation(
    event: EvaluationCompleted, tx: Tx, evaluations: Evaluations, candidates: Candidates, contacts: Contacts
) -> None:
    evaluation = evaluation_of(event)
    heard_before = await evaluations.heard_not_to_call(tx, evaluation.call_id)
    await evaluations.remember(tx, evaluation)
    if not evaluation.do_not_call or heard_before:
        return
    if await candidates.get(tx, event.candidate_id) is None:
        _log.warning("wish_of_nobody_known", application_id=event.application_id)
        return
    wish = Wish(
        event.candidate_id, ContactChannel.CALL, tx.now, EVALUATION, wish_not_to_be_called(evaluation)
    )
    await forbid(tx, contacts, event.candidate_id, [Ban(wish, Actor.system())])


@handlers.answers(AdoptEvaluation)
async def adopt_evaluation(
    command: AdoptEvaluation,
    tx: Tx,
    applications: Applications,
    positions: Positions,
    evaluations: Evaluations,
) -> Accepted | Refused:
    """What the recruiter has seen counts: it is no proposal, even where its evidence is thin."""
    found = await as_expected(tx, applications, command.application_id, command.expected_sequence)
    if isinstance(found, Refused):
        return found
    evaluation = await evaluations.get(tx, command.evaluation_id)
    if evaluation is None:
        return _UNKNOWN
    if evaluation.application_id != found.application_id:
        return _OF_ANOTHER
    return await decide(tx, found, adopted(evaluation, found, tx.now), command.actor, applications, positions)
