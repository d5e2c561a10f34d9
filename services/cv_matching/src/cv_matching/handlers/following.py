"""Keeping up with intake, and writing down every file that reaches us.

One consumer for all of it: when a file is written down, everything said before it on the stream is known, so
that a service that was away for an hour matches as it would have matched then.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts.cv_matching import MatchRequested
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateAdded,
    CandidateProfile,
    CandidateProfileRevised,
    CandidatesMerged,
    CandidatesUnmerged,
)
from contracts.messaging import MessageReceived
from people import fold, fold_email

from cv_matching.ports import ApplicationCard, CandidateCard, Directory, Item, Items, Merges

handlers = Handlers("cv_matching")


@handlers.on(ApplicationOpened, consumer="follow_intake")
async def know_application(event: ApplicationOpened, tx: Tx, directory: Directory) -> None:
    """A candidate in the pipeline of a position may send a CV from now on."""
    await directory.keep_candidate(tx, _card(event.candidate_id, event.profile, tx))
    opened = ApplicationCard(event.candidate_id, event.application_id, ApplicationStatus.PENDING_CALL)
    await directory.keep_application(tx, opened, sequence=0)


@handlers.on(CandidateAdded, CandidateProfileRevised, consumer="follow_intake")
async def know_candidate(
    event: CandidateAdded | CandidateProfileRevised, tx: Tx, directory: Directory
) -> None:
    """Whom a merge gave another address may still write from the one they had."""
    revised = event if isinstance(event, CandidateProfileRevised) else None
    card = _card(event.candidate_id, event.profile, tx)
    if revised and revised.cause == "merge_undone":
        await directory.forget_former_contacts(tx, card)
    await directory.keep_candidate(tx, card)
    if revised and revised.cause == "merge" and revised.before is not None:
        await directory.keep_former_contacts(tx, _card(event.candidate_id, revised.before, tx))


@handlers.on(ApplicationStatusChanged, consumer="follow_intake")
async def know_status(event: ApplicationStatusChanged, tx: Tx, directory: Directory) -> None:
    current = ApplicationCard(event.candidate_id, event.application_id, event.current)
    await directory.keep_application(tx, current, event.sequence)


@handlers.on(CandidatesMerged, consumer="follow_intake")
async def know_merge(event: CandidatesMerged, tx: Tx, merges: Merges) -> None:
    """Who was merged into the merged one before (``also``) is known from that merge."""
    await merges.merged(tx, event.merge_id, event.candidate_id, event.merged_candidate_id)


@handlers.on(CandidatesUnmerged, consumer="follow_intake")
async def know_unmerge(event: CandidatesUnmerged, tx: Tx, merges: Merges) -> None:
    await merges.unmerged(tx, event.merge_id, event.candidate_id, event.merged_candidate_id)


@handlers.on(MessageReceived, consumer="follow_intake")
async def write_down_received_files(event: MessageReceived, tx: Tx, items: Items) -> None:
    """Each attachment is an item of its own: one may be a CV and the next a photograph."""
    for position, attachment in enumerate(event.attachments):
        item = Item(
            item_id=tx.new_id(),
            message_id=event.message_id,
            position=position,
            channel=event.channel,
            sender=event.sender,
            sender_name=event.sender_name,
            subject=event.subject,
            body=event.body,
            file=attachment.file,
            file_name=attachment.file_name,
            received_at=event.received_at,
        )
        if await items.add(tx, item):
            tx.publish(MatchRequested(item_id=item.item_id))


def _card(candidate_id: int, profile: CandidateProfile, tx: Tx) -> CandidateCard:
    numbers = dict.fromkeys(number for number in (profile.phone, profile.whatsapp_number) if number)
    return CandidateCard(
        candidate_id=candidate_id,
        name=fold(profile.full_name),
        emails=(fold_email(profile.email),) if profile.email else (),
        phones=tuple(numbers),
        as_of=tx.cause.time if tx.cause else tx.now,
    )
