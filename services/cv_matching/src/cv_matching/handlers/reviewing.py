"""What a recruiter says of a file that waits for a look: the match is right, or it is no CV."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.cv_matching import ConfirmCv, CvConfirmed, DiscardItem, ItemDiscarded

from cv_matching.decision_ports import DecisionKind, Decisions
from cv_matching.handlers.deciding import CV_UNKNOWN, decided_already, detach, file_to_decide, write_down
from cv_matching.ports import ItemState

handlers = Handlers("cv_matching")


@handlers.answers(ConfirmCv)
async def confirm_cv(command: ConfirmCv, tx: Tx, decisions: Decisions) -> Accepted | Refused:
    """A recruiter agrees with a doubtful match, for all the applications it went to."""
    item_id = await decisions.item_of(tx, command.cv_id)
    if item_id is None:
        return CV_UNKNOWN
    file = await file_to_decide(tx, item_id, decisions)
    if isinstance(file, Refused):
        return file
    attachments = await decisions.attachments(tx, item_id)
    doubtful = [one for one in attachments if one.attached and one.needs_review]
    if command.cv_id not in {one.cv_id for one in doubtful}:
        return await decided_already(tx, item_id, decisions, "cv_confirmed", "It needs no review.")
    decision_id = await write_down(tx, DecisionKind.CONFIRMED, file, attachments, command.actor, decisions)
    for one in doubtful:
        await decisions.review(tx, one.cv_id, needed=False)
        tx.publish(
            CvConfirmed(
                candidate_id=one.candidate_id,
                application_id=one.application_id,
                cv_id=one.cv_id,
                actor=command.actor,
            )
        )
    return Accepted(result={"decision_id": str(decision_id)})


@handlers.answers(DiscardItem)
async def discard_item(command: DiscardItem, tx: Tx, decisions: Decisions) -> Accepted | Refused:
    """Not a CV, or not one we want: taken from every application; the file itself is kept."""
    file = await file_to_decide(tx, command.item_id, decisions)
    if isinstance(file, Refused):
        return file
    attachments = await decisions.attachments(tx, file.item_id)
    present = [one for one in attachments if one.attached]
    await decisions.lock_cvs_of(tx, (one.application_id for one in present))
    decision_id = await write_down(tx, DecisionKind.DISCARDED, file, attachments, command.actor, decisions)
    for one in present:
        await detach(tx, one, "discarded", command.actor, decisions)
    await decisions.settle(tx, file.item_id, ItemState.DISCARDED, command.reason)
    tx.publish(
        ItemDiscarded(
            item_id=file.item_id, reason=command.reason, file_name=file.file_name, actor=command.actor
        )
    )
    return Accepted(result={"decision_id": str(decision_id)})
