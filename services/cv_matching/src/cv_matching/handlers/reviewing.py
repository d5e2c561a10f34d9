"""What a recruiter decides: whose an unmatched file is, and that a doubtful match is right."""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.cv_matching import AssignUnmatched, ConfirmCv, CvConfirmed, MatchMethod, UnmatchedAssigned
from contracts.intake import ApplicationStatus

from cv_matching.handlers.attaching import attach
from cv_matching.ports import Cvs, Directory, Items, ItemState

handlers = Handlers("cv_matching")


@handlers.answers(AssignUnmatched)
async def assign_unmatched(
    command: AssignUnmatched, tx: Tx, items: Items, directory: Directory, cvs: Cvs
) -> Accepted | Refused:
    """The file becomes the CV of the application that the recruiter names, and of no other."""
    item = await items.get(tx, command.item_id)
    if item is None:
        return Refused(code="item_unknown", message="There is no such file. Reload the page.")
    if item.state is ItemState.WAITING:
        return Refused(code="item_waiting", message="The file is still being matched. Try again in a minute.")
    if item.state is not ItemState.UNMATCHED:
        return Refused(code="item_assigned", message="The file was assigned already. Reload the page.")
    application = await directory.application(tx, command.application_id)
    if application is None:
        return Refused(
            code="application_unknown", message="There is no such application. Search for it again."
        )
    if application.status is ApplicationStatus.CLOSED:
        return Refused(code="application_closed", message="The application is closed. Choose an open one.")
    explanation = "A recruiter assigned it."
    said = await attach(
        tx,
        item,
        cvs,
        candidate_id=application.candidate_id,
        application_id=application.application_id,
        method=MatchMethod.MANUAL,
        needs_review=False,
        explanation=explanation,
    )
    await items.settle(tx, item.item_id, ItemState.ASSIGNED, explanation)
    tx.publish(
        UnmatchedAssigned(
            candidate_id=application.candidate_id,
            application_id=application.application_id,
            item_id=item.item_id,
        )
    )
    return Accepted(result={"cv_id": str(said.cv_id)} if said else {})


@handlers.answers(ConfirmCv)
async def confirm_cv(command: ConfirmCv, tx: Tx, cvs: Cvs) -> Accepted | Refused:
    """A recruiter looked at a doubtful match and agrees."""
    cv = await cvs.get(tx, command.cv_id)
    if cv is None:
        return Refused(code="cv_unknown", message="There is no such CV. Reload the page.")
    if not cv.needs_review:
        return Refused(code="cv_confirmed", message="The CV needs no review (any more). Reload the page.")
    await cvs.confirm(tx, cv.cv_id)
    tx.publish(CvConfirmed(candidate_id=cv.candidate_id, application_id=cv.application_id, cv_id=cv.cv_id))
    return Accepted()
