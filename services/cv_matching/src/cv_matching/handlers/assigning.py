"""A recruiter says whose a file is: one that nobody could be named for, one of somebody else, their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import Handlers, Tx
from chassis.blobs import BlobMissing, Blobs
from chassis.ids import new_id
from contracts import Accepted, Actor, Refused
from contracts.cv_matching import (
    AssignUnmatched,
    CvConfirmed,
    CvSource,
    FileReading,
    ReassignCv,
    UnmatchedAssigned,
    UploadCv,
)

from cv_matching.decision_ports import Attachment, DecisionKind, Decisions, FileOnDesk
from cv_matching.handlers.deciding import (
    APPLICATION_CLOSED,
    CV_UNKNOWN,
    attach_by_hand,
    decided_already,
    detach,
    file_to_decide,
    open_application,
    write_down,
)
from cv_matching.handlers.opening import kept_apart, open_upload
from cv_matching.ports import ApplicationCard, Directory, Documents, ItemState

handlers = Handlers("cv_matching")

ASSIGNED = "A recruiter said whose it is."
UPLOADED = "A recruiter uploaded it."


@handlers.answers(AssignUnmatched)
async def assign_unmatched(
    command: AssignUnmatched, tx: Tx, directory: Directory, decisions: Decisions
) -> Accepted | Refused:
    """The file becomes the CV of all open applications of the person whose application is named."""
    file = await file_to_decide(tx, command.item_id, decisions)
    if isinstance(file, Refused):
        return file
    if file.state is not ItemState.UNMATCHED:
        return await decided_already(
            tx, file.item_id, decisions, "item_assigned", "Its person was found meanwhile."
        )
    if kept_apart(file.reading):
        return Refused(
            code="kept_apart", message="This file is kept apart, it may do harm: ask for the CV as a PDF."
        )
    application = await open_application(tx, command.application_id, directory)
    if isinstance(application, Refused):
        return application
    result = await _give(tx, DecisionKind.ASSIGNED, file, application, command.actor, directory, decisions)
    if isinstance(result, Refused):
        return result
    tx.publish(
        UnmatchedAssigned(
            candidate_id=application.candidate_id,
            application_id=application.application_id,
            item_id=file.item_id,
            actor=command.actor,
        )
    )
    return result


@handlers.answers(ReassignCv)
async def reassign_cv(
    command: ReassignCv, tx: Tx, directory: Directory, decisions: Decisions
) -> Accepted | Refused:
    """Taken from the wrong person's applications, given to all open ones of the right one."""
    item_id = await decisions.item_of(tx, command.cv_id)
    if item_id is None:
        return CV_UNKNOWN
    file = await file_to_decide(tx, item_id, decisions)
    if isinstance(file, Refused):
        return file
    present = [one for one in await decisions.attachments(tx, item_id) if one.attached]
    if command.cv_id not in {one.cv_id for one in present}:
        return await decided_already(tx, item_id, decisions, "cv_detached", "It was given to somebody else.")
    application = await open_application(tx, command.application_id, directory)
    if isinstance(application, Refused):
        return application
    if application.application_id in {one.application_id for one in present}:
        return Refused(
            code="already_theirs",
            message="It is this person's CV already. Confirm it, or choose another one.",
        )
    return await _give(tx, DecisionKind.REASSIGNED, file, application, command.actor, directory, decisions)


async def _give(
    tx: Tx,
    kind: DecisionKind,
    file: FileOnDesk,
    named: ApplicationCard,
    actor: Actor,
    directory: Directory,
    decisions: Decisions,
) -> Accepted | Refused:
    """Who has it already by being the same person keeps it, and it is certain now.

    Refused where the named application was closed since it was looked at.
    """
    theirs = await directory.open_applications(tx, named.candidate_id)
    if named.application_id not in {one.application_id for one in theirs}:
        return APPLICATION_CLOSED
    known = {one.application_id: one for one in await decisions.attachments(tx, file.item_id)}
    await decisions.lock_cvs_of(tx, [*known, *(one.application_id for one in theirs)])
    decision_id = await write_down(tx, kind, file, list(known.values()), actor, decisions)
    person = await directory.of_applications(tx, [named.application_id])
    for one in (one for one in known.values() if one.attached):
        if await directory.of_applications(tx, [one.application_id]) != person:
            await detach(tx, one, "reassigned", actor, decisions)
        elif one.needs_review:
            await _confirm(tx, one, actor, decisions)
    cv_ids: dict[int, UUID] = {}
    for application in theirs:
        former = known.get(application.application_id)
        if former and former.attached:
            cv_ids[application.application_id] = former.cv_id
            continue
        said = await attach_by_hand(tx, file, application, former, ASSIGNED, actor, decisions)
        cv_ids[application.application_id] = said.cv_id
    await decisions.settle(tx, file.item_id, ItemState.ASSIGNED, ASSIGNED)
    return Accepted(result={"cv_id": str(cv_ids[named.application_id]), "decision_id": str(decision_id)})


async def _confirm(tx: Tx, one: Attachment, actor: Actor, decisions: Decisions) -> None:
    await decisions.review(tx, one.cv_id, needed=False)
    tx.publish(
        CvConfirmed(
            candidate_id=one.candidate_id, application_id=one.application_id, cv_id=one.cv_id, actor=actor
        )
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """What was uploaded, or why it is not taken."""

    found: FileReading | Refused


async def read_upload(command: UploadCv, blobs: Blobs, documents: Documents) -> Upload:
    """Before the transaction: a stranger's file may take its time, and holds nobody else up meanwhile."""
    try:
        reading = await open_upload(new_id(), command.file, blobs, documents)
    except BlobMissing:
        return Upload(Refused(code="file_missing", message="The file did not arrive. Choose it again."))
    return Upload(Refused(code="not_a_document", message=reading) if isinstance(reading, str) else reading)


@handlers.answers(UploadCv, first=read_upload)
async def upload_cv(
    command: UploadCv, tx: Tx, directory: Directory, decisions: Decisions, upload: Upload
) -> Accepted | Refused:
    """A file that a recruiter got elsewhere becomes the CV of this application alone."""
    application = await open_application(tx, command.application_id, directory)
    if isinstance(application, Refused):
        return application
    if isinstance(upload.found, Refused):
        return upload.found
    item_id = tx.new_id()
    await decisions.lock_cvs_of(tx, [application.application_id])
    sha256 = command.file.sha256
    if sha256 and await decisions.is_cv_of(tx, application.application_id, sha256):
        return Refused(code="already_there", message="This very file is a CV of this application already.")
    file = FileOnDesk(
        item_id=item_id,
        source=CvSource.MANUAL_UPLOAD,
        file=command.file,
        file_name=command.file_name,
        received_at=tx.now,
        state=ItemState.DISCARDED,
        explanation="The upload was taken back.",
        reading=upload.found,
    )
    await decisions.add_upload(tx, file)
    decision_id = await write_down(tx, DecisionKind.UPLOADED, file, [], command.actor, decisions)
    said = await attach_by_hand(tx, file, application, None, UPLOADED, command.actor, decisions)
    await decisions.settle(tx, file.item_id, ItemState.ASSIGNED, UPLOADED)
    return Accepted(result={"cv_id": str(said.cv_id), "decision_id": str(decision_id)})
