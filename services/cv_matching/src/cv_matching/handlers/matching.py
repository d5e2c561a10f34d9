"""Working out whose file it is: look the sender up, read the file where that is not enough, say the verdict.

Reading and asking the model happen outside any transaction. They change nothing in the world, so that they
may run again after a crash; the verdict is recorded once, under the item's lock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from chassis import Begin, Handlers, Tx
from chassis.blobs import BlobMissing, Blobs
from contracts.cv_matching import CvMatched, InboundUnmatched, MatchMethod, MatchRequested

from cv_matching.domain.chain import Match, Unmatched, by_content, by_sender, known_sender
from cv_matching.domain.kinds import TAKEN_AS_CV, NotACv
from cv_matching.handlers.attaching import attach
from cv_matching.handlers.evidence import content_evidence, read_claim, sender_evidence
from cv_matching.handlers.opening import Opened, kept_apart, open_file
from cv_matching.ports import (
    ApplicationCard,
    CvReading,
    Cvs,
    Directory,
    Documents,
    Item,
    Items,
    ItemState,
    ModelDeclined,
    ModelUnavailable,
)

handlers = Handlers("cv_matching")

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long to wait before the model is asked again; after the last one a recruiter gets the file."""


@handlers.acts_on(MatchRequested)
async def match_received_file(
    event: MatchRequested,
    begin: Begin,
    items: Items,
    directory: Directory,
    cvs: Cvs,
    blobs: Blobs,
    documents: Documents,
    reading: CvReading,
) -> None:
    """The chain of recruitflow.md section 11, from the sender to the content of the file."""
    async with begin() as tx:
        item = await items.get(tx, event.item_id)
        if item is None or item.state is not ItemState.WAITING:
            return
        verdict: Match | Unmatched = by_sender(await sender_evidence(tx, item, directory))
    opened: Opened | None = None
    try:
        opened = await open_file(item, blobs, documents)
    except BlobMissing:
        missing = "The file is not in the store any more; ask the sender for it again."
        verdict = Unmatched(missing, known_sender(verdict))
    else:
        if opened.kind not in TAKEN_AS_CV:
            verdict = Unmatched(NotACv(opened.kind).explanation, known_sender(verdict))
        elif isinstance(verdict, Unmatched):
            if opened.text is None:
                verdict = Unmatched(f"{verdict.explanation} {opened.note}")
            else:
                asked = await _ask(opened.text, verdict, event.item_id, begin, items, directory, reading)
                if asked is None:
                    return
                verdict = asked
    async with begin() as tx:
        await _record(tx, event.item_id, verdict, opened, items, directory, cvs)


async def _ask(
    text: str,
    so_far: Unmatched,
    item_id: UUID,
    begin: Begin,
    items: Items,
    directory: Directory,
    reading: CvReading,
) -> Match | Unmatched | None:
    """Step 5. None when the model is away and the item waits for it."""
    try:
        claim = await reading.contact_data(text)
    except ModelDeclined as declined:
        return Unmatched(f"{so_far.explanation} The CV could not be read by the model: {declined}.")
    except ModelUnavailable:
        async with begin() as tx:
            return await _wait_for_model(tx, item_id, so_far, items)
    async with begin() as tx:
        evidence = await content_evidence(tx, read_claim(claim, text), directory)
    return by_content(evidence, so_far.explanation)


async def _wait_for_model(tx: Tx, item_id: UUID, so_far: Unmatched, items: Items) -> Unmatched | None:
    item = await items.get(tx, item_id)
    if item is None or item.state is not ItemState.WAITING:
        return None
    if item.tries >= len(WAITS):
        return Unmatched(f"{so_far.explanation} The model that reads CVs could not be reached for a day.")
    await items.count_try(tx, item_id)
    tx.publish(MatchRequested(item_id=item_id), at=tx.now + WAITS[item.tries], key=f"match-again:{item_id}")
    return None


async def _record(
    tx: Tx,
    item_id: UUID,
    verdict: Match | Unmatched,
    opened: Opened | None,
    items: Items,
    directory: Directory,
    cvs: Cvs,
) -> None:
    item = await items.get(tx, item_id)
    if item is None or item.state is not ItemState.WAITING:
        return
    if opened is not None:
        await items.keep_reading(tx, item_id, opened.said)
        item = replace(item, reading=opened.said)
    if isinstance(verdict, Match):
        open_applications = await directory.open_applications(tx, verdict.candidate_id)
        if open_applications:
            await _attach_to_all(tx, item, verdict, open_applications, cvs)
            await items.settle(tx, item_id, ItemState.MATCHED, verdict.explanation)
            return
        closed = f"{verdict.explanation} Candidate {verdict.candidate_id} has no open application."
        verdict = Unmatched(closed, known_sender(verdict))
    await items.settle(tx, item_id, ItemState.UNMATCHED, verdict.explanation)
    tx.publish(_unmatched(item, verdict))


async def _attach_to_all(
    tx: Tx, item: Item, match: Match, applications: tuple[ApplicationCard, ...], cvs: Cvs
) -> list[CvMatched]:
    """A CV goes to every open application of the person (multi-application rule), under the id it has."""
    method = MatchMethod(match.method.value)
    return [
        said
        for application in applications
        if (
            said := await attach(
                tx,
                item,
                cvs,
                candidate_id=application.candidate_id,
                application_id=application.application_id,
                method=method,
                needs_review=not match.is_high,
                explanation=match.explanation,
            )
        )
    ]


def _unmatched(item: Item, verdict: Unmatched) -> InboundUnmatched:
    return InboundUnmatched(
        candidate_id=verdict.candidate_id,
        item_id=item.item_id,
        channel=item.channel,
        sender=item.sender,
        sender_name=item.sender_name,
        subject=item.subject,
        body_snippet=item.body[:300] or None,
        attachment_name=item.file_name,
        file=item.file,
        explanation=verdict.explanation,
        received_at=item.received_at,
        message_id=item.message_id,
        quarantined=kept_apart(item.reading),
        reading=item.reading,
    )
