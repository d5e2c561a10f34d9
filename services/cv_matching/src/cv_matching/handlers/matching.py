"""Working out whose file it is: look the sender up, read the file where that is not enough, say the verdict.

Reading and asking the model happen outside any transaction. They change nothing in the world, so that they
may run again after a crash; the verdict is recorded once, under the item's lock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from chassis import Begin, Handlers, Tx
from chassis.blobs import BlobMissing, Blobs
from chassis.telemetry import where_it_failed
from contracts.cv_matching import (
    CvContacts,
    MatchRequested,
)

from cv_matching.domain.agreement import Judged, by_content, judge
from cv_matching.domain.chain import SenderEvidence, by_sender
from cv_matching.domain.contents import Extracted
from cv_matching.domain.kinds import TAKEN_AS_CV, NotACv
from cv_matching.domain.verdicts import Match, Unmatched, Verdict, came_near, known_sender
from cv_matching.handlers.evidence import (
    content_evidence,
    file_words,
    named_by,
    read_claim,
    read_paper,
    sender_evidence,
    sender_region,
)
from cv_matching.handlers.opening import Opened, open_file
from cv_matching.handlers.recording import record_verdict, tell_while_it_waits
from cv_matching.ports import (
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

_log = structlog.get_logger(__name__)
handlers = Handlers("cv_matching")

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long to wait before the model is asked again; after the last one a recruiter gets the file."""

TRIES_WHERE_NAMED = 3
"""Who is named already, if for review, does not wait for a day; nor does what fails for no known reason."""


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
    """The chain of recruitflow.md section 11, from the sender to the content of the file.

    Whatever goes wrong, the file never waits where nobody looks: it is tried again, and then a recruiter's.
    """
    try:
        await _match(event, begin, items, directory, cvs, blobs, documents, reading)
    except Exception as failure:
        async with begin() as tx:
            if not await _try_again_later(tx, event.item_id, items, TRIES_WHERE_NAMED):
                failed = Unmatched("The file could not be looked at; open it, and say whose it is.")
                await record_verdict(tx, event.item_id, failed, None, items, directory, cvs)
        _log.error("item_failed", item_id=str(event.item_id), **where_it_failed(failure))


async def _match(
    event: MatchRequested,
    begin: Begin,
    items: Items,
    directory: Directory,
    cvs: Cvs,
    blobs: Blobs,
    documents: Documents,
    reading: CvReading,
) -> None:
    async with begin() as tx:
        item = await items.get(tx, event.item_id)
        if item is None or item.state is not ItemState.WAITING:
            return
        evidence = await sender_evidence(tx, item, directory)
    verdict: Verdict | None
    opened: Opened | None = None
    try:
        opened = await open_file(item, blobs, documents)
    except BlobMissing:
        verdict = _to_nobody("The file is not in the store any more; ask the sender for it again.", evidence)
    else:
        if opened.kind not in TAKEN_AS_CV:
            verdict = _to_nobody(NotACv(opened.kind).explanation, evidence)
        else:
            opened, verdict = await _with_document(opened, item, evidence, begin, items, directory, reading)
    if verdict is None:
        return
    async with begin() as tx:
        await record_verdict(tx, event.item_id, verdict, opened, items, directory, cvs, evidence)


def _to_nobody(explanation: str, evidence: SenderEvidence) -> Unmatched:
    """Whoever it may have come from is named beside: a recruiter decides."""
    sent_by = by_sender(evidence)
    return Unmatched(explanation, known_sender(sent_by), came_near(sent_by))


async def _with_document(
    opened: Opened,
    item: Item,
    evidence: SenderEvidence,
    begin: Begin,
    items: Items,
    directory: Directory,
    reading: CvReading,
) -> tuple[Opened, Verdict | None]:
    """The document has a say in every verdict; the model is asked only where it does not agree by itself."""
    verdict = by_sender(evidence)
    paper = read_paper(opened.text, evidence, item.sender) if opened.text is not None else None
    named = named_by(verdict, evidence)
    judged = judge(verdict, named, paper, opened.note, file_words(item.file_name), evidence.name)
    if opened.text is None or not judged.ask:
        return opened, judged.verdict
    return await _ask(opened, opened.text, judged, item, begin, items, directory, reading)


async def _ask(
    opened: Opened,
    text: str,
    judged: Judged,
    item: Item,
    begin: Begin,
    items: Items,
    directory: Directory,
    reading: CvReading,
) -> tuple[Opened, Verdict | None]:
    """Step 5. No verdict when the model is away and the item waits for it."""
    try:
        claim = await reading.contact_data(text)
    except ModelDeclined as declined:
        return opened, _also(judged.verdict, f"The CV could not be read by the model: {declined}.")
    except ModelUnavailable:
        async with begin() as tx:
            return opened, await _wait_for_model(tx, item.item_id, judged.verdict, opened, items)
    said = read_claim(claim, text)
    async with begin() as tx:
        content = await content_evidence(tx, said, directory, sender_region(item))
    return _with_contacts(opened, said), by_content(content, judged)


async def _wait_for_model(
    tx: Tx, item_id: UUID, so_far: Verdict, opened: Opened, items: Items
) -> Verdict | None:
    """While it is away for long, whoever knows whose file it is need not wait for it."""
    tries = TRIES_WHERE_NAMED if isinstance(so_far, Match) else len(WAITS)
    if not await _try_again_later(tx, item_id, items, tries):
        return _also(so_far, "The model that reads CVs could not be reached.")
    if isinstance(so_far, Unmatched):
        away = "The model that reads CVs can't be reached just now and is asked again."
        await tell_while_it_waits(
            tx, item_id, replace(so_far, explanation=f"{so_far.explanation} {away}"), opened, items
        )
    return None


async def _try_again_later(tx: Tx, item_id: UUID, items: Items, tries: int) -> bool:
    """False when that was done often enough. What is settled meanwhile is left alone then."""
    item = await items.get(tx, item_id)
    if item is None or item.state is not ItemState.WAITING:
        return True
    if item.tries >= tries:
        return False
    await items.count_try(tx, item_id)
    tx.publish(MatchRequested(item_id=item_id), at=tx.now + WAITS[item.tries], key=f"match-again:{item_id}")
    return True


def _also(verdict: Verdict, note: str) -> Verdict:
    return replace(verdict, explanation=f"{verdict.explanation} {note}")


def _with_contacts(opened: Opened, said: Extracted) -> Opened:
    contacts = CvContacts(
        first_name=said.first_name, last_name=said.last_name, email=said.email, phone=said.phone
    )
    return replace(opened, said=opened.said.model_copy(update={"contacts": contacts}))
