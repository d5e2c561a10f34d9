"""What every decision about a received file shares: it is written down with how it was before.

The file is locked first and the CVs of the applications it touches next, in the order of their ids: two
recruiters who decide at once, and the chain that does, do so one after the other, and whoever comes second
is told what the first one did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from chassis import Tx
from contracts import Actor, Refused
from contracts.cv_matching import CvDetached, CvMatched, MatchMethod
from contracts.intake import ApplicationStatus

from cv_matching.decision_ports import Attachment, Before, Decision, DecisionKind, Decisions, FileOnDesk
from cv_matching.ports import ApplicationCard, Directory, ItemState

ITEM_UNKNOWN = Refused(code="item_unknown", message="There is no such file. Reload the page.")
CV_UNKNOWN = Refused(code="cv_unknown", message="There is no such CV. Reload the page.")
APPLICATION_CLOSED = Refused(
    code="application_closed",
    message="The application is closed. Open it again first, or choose another one.",
)
_WAITING = Refused(code="item_waiting", message="The file is still being matched. Try again in a minute.")
_DONE = {
    DecisionKind.CONFIRMED: "confirmed it",
    DecisionKind.REASSIGNED: "gave it to somebody else",
    DecisionKind.ASSIGNED: "said whose it is",
    DecisionKind.DISCARDED: "said that it is not a CV",
    DecisionKind.UPLOADED: "uploaded it",
}


async def file_to_decide(tx: Tx, item_id: UUID, decisions: Decisions) -> FileOnDesk | Refused:
    """The file, locked; refused while the chain is at it, and once it was discarded."""
    file = await decisions.file(tx, item_id)
    if file is None:
        return ITEM_UNKNOWN
    if file.state is ItemState.WAITING:
        return _WAITING
    if file.state is ItemState.DISCARDED:
        return await decided_already(tx, item_id, decisions, "item_discarded", "It was discarded already.")
    return file


async def decided_already(tx: Tx, item_id: UUID, decisions: Decisions, code: str, otherwise: str) -> Refused:
    """Who was faster, and what they did."""
    last = await decisions.last(tx, item_id)
    what = f"{last.actor.name or 'Another recruiter'} {_DONE[last.kind]}." if last else otherwise
    return Refused(code=code, message=f"{what} Nothing was changed now.")


async def open_application(tx: Tx, application_id: int, directory: Directory) -> ApplicationCard | Refused:
    application = await directory.application(tx, application_id)
    if application is None:
        return Refused(
            code="application_unknown", message="There is no such application. Search for it again."
        )
    if application.status is ApplicationStatus.CLOSED:
        return APPLICATION_CLOSED
    return application


async def write_down(
    tx: Tx,
    kind: DecisionKind,
    file: FileOnDesk,
    attachments: Sequence[Attachment],
    actor: Actor,
    decisions: Decisions,
) -> UUID:
    before = Before(file.state, file.explanation, attachments)
    decision = Decision(tx.new_id(), file.item_id, kind, actor, tx.now, before)
    await decisions.add(tx, decision)
    return decision.decision_id


async def detach(
    tx: Tx,
    attachment: Attachment,
    because: Literal["reassigned", "discarded", "undone"],
    actor: Actor,
    decisions: Decisions,
) -> None:
    left = await decisions.detach(tx, attachment.cv_id)
    tx.publish(
        CvDetached(
            candidate_id=attachment.candidate_id,
            application_id=attachment.application_id,
            cv_id=attachment.cv_id,
            item_id=attachment.said.item_id,
            because=because,
            cvs_left=left,
            actor=actor,
        )
    )


async def attach_by_hand(
    tx: Tx,
    file: FileOnDesk,
    application: ApplicationCard,
    known: Attachment | None,
    explanation: str,
    actor: Actor,
    decisions: Decisions,
) -> CvMatched:
    """Under the id it had at this application, if it ever was its CV."""
    said = CvMatched(
        candidate_id=application.candidate_id,
        application_id=application.application_id,
        cv_id=known.cv_id if known else tx.new_id(),
        item_id=file.item_id,
        method=MatchMethod.MANUAL,
        confidence="high",
        needs_review=False,
        explanation=explanation,
        file=file.file,
        file_name=file.file_name,
        source=file.source,
        received_at=file.received_at,
        reading=file.reading,
        actor=actor,
    )
    said = await decisions.attach(tx, said, needs_review=False)
    tx.publish(said)
    return said
