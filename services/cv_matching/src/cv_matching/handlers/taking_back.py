"""A decision about a file is taken back: everything stands as it did before, and says so again."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Actor, Refused
from contracts.cv_matching import CvReviewReopened, ItemReopened, ShowCvDecision, UndoCvDecision

from cv_matching.decision_ports import Attachment, Decision, Decisions
from cv_matching.handlers.deciding import decided_already, detach
from cv_matching.ports import ItemState

handlers = Handlers("cv_matching")

_UNKNOWN = Refused(code="decision_unknown", message="There is no such decision. Reload the page.")
_UNDONE = Refused(code="decision_undone", message="This was taken back already.")


@handlers.answers(ShowCvDecision)
async def show_decision(query: ShowCvDecision, tx: Tx, decisions: Decisions) -> Accepted:
    last = await decisions.last(tx, query.item_id)
    told = last and {
        "decision_id": str(last.decision_id),
        "kind": last.kind.value,
        "by": last.actor.name,
        "at": last.at.isoformat(),
    }
    return Accepted(result={"decision": told})


@handlers.answers(UndoCvDecision)
async def undo_decision(command: UndoCvDecision, tx: Tx, decisions: Decisions) -> Accepted | Refused:
    """Refused when something else was decided about the file since: that has to be taken back first."""
    decision = await decisions.get(tx, command.decision_id)
    if decision is None:
        return _UNKNOWN
    file = await decisions.file(tx, decision.item_id)
    assert file is not None  # files are never thrown away
    last = await decisions.last(tx, decision.item_id)
    if last is None or last.decision_id != decision.decision_id:
        now = await decisions.get(tx, decision.decision_id)  # as it is now that nobody else decides
        if now is not None and now.undone:
            return _UNDONE
        return await decided_already(tx, decision.item_id, decisions, "decided_since", "It was decided anew.")
    await _restore(tx, decision, command.actor, decisions)
    await decisions.settle(tx, decision.item_id, decision.before.state, decision.before.explanation)
    await decisions.undo(tx, decision.decision_id, command.actor)
    if decision.before.state is ItemState.UNMATCHED:
        tx.publish(ItemReopened(item_id=decision.item_id, actor=command.actor))
    return Accepted(result={"item_id": str(decision.item_id)})


async def _restore(tx: Tx, decision: Decision, actor: Actor, decisions: Decisions) -> None:
    """Taken from whom the decision had given it to first: they are to be asked for a CV again."""
    present = await decisions.attachments(tx, decision.item_id)
    before = {one.cv_id: one for one in decision.before.attachments}
    await decisions.lock_cvs_of(tx, (one.application_id for one in present))
    for now in present:
        then = before.get(now.cv_id)
        if now.attached and not (then and then.attached):
            await detach(tx, now, "undone", actor, decisions)
    for now in present:
        then = before.get(now.cv_id)
        if then and then.attached:
            await _put_back(tx, now, then, actor, decisions)


async def _put_back(tx: Tx, now: Attachment, then: Attachment, actor: Actor, decisions: Decisions) -> None:
    if not now.attached:
        tx.publish(await decisions.attach(tx, then.said, needs_review=then.needs_review))
    elif then.needs_review and not now.needs_review:
        await decisions.review(tx, now.cv_id, needed=True)
        tx.publish(
            CvReviewReopened(
                candidate_id=now.candidate_id,
                application_id=now.application_id,
                cv_id=now.cv_id,
                actor=actor,
            )
        )
