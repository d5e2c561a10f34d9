"""Writing a verdict down, once, under the item's lock: whose CVs it makes, or what a recruiter is told."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis import Tx
from contracts.cv_matching import (
    CvMatched,
    InboundUnmatched,
    MatchMethod,
    MatchRequested,
    RunnerUp,
    UnmatchedAssigned,
)

from cv_matching.domain.chain import SenderEvidence
from cv_matching.domain.verdicts import Match, Near, Unmatched, Verdict, known_sender
from cv_matching.handlers.attaching import attach
from cv_matching.handlers.evidence import sender_evidence
from cv_matching.handlers.opening import Opened, kept_apart
from cv_matching.ports import ApplicationCard, Cvs, Directory, Item, Items, ItemState

TRIES_UNTOLD = 3
"""For the first few minutes a file waits for the model where nobody has to look."""


async def record_verdict(
    tx: Tx,
    item_id: UUID,
    verdict: Verdict,
    opened: Opened | None,
    items: Items,
    directory: Directory,
    cvs: Cvs,
    evidence: SenderEvidence | None = None,
) -> None:
    """``evidence``: what the verdict stands on. Nobody gets a CV, or none, by what is not so any more."""
    item = await items.get(tx, item_id)
    if item is None or item.state is not ItemState.WAITING:
        return
    if evidence and await _is_out_of_date(tx, item, evidence, directory):
        tx.publish(MatchRequested(item_id=item_id))
        return
    if opened is not None:
        await items.keep_reading(tx, item_id, opened.said)
        item = replace(item, reading=opened.said)
    if isinstance(verdict, Match):
        open_applications = await directory.open_applications(tx, verdict.candidate_id)
        if open_applications:
            said = await _attach_to_all(tx, item, verdict, open_applications, cvs)
            if item.settled_before and said:
                tx.publish(_no_longer_unmatched(said[0]))
            await items.settle(tx, item_id, ItemState.MATCHED, verdict.explanation)
            return
        closed = f"{verdict.explanation} The candidate has no open application."
        runner_up = Near(verdict.candidate_id, verdict.score or 0, "Has no open application.")
        verdict = Unmatched(closed, known_sender(verdict), (runner_up, *verdict.runners_up))
    await items.settle(tx, item_id, ItemState.UNMATCHED, verdict.explanation)
    tx.publish(_unmatched(item, verdict))


async def tell_while_it_waits(
    tx: Tx, item_id: UUID, verdict: Unmatched, opened: Opened, items: Items
) -> None:
    """It stands among the unmatched, where somebody may say whose it is, until it is matched after all."""
    item = await items.get(tx, item_id)
    if item is None or item.state is not ItemState.WAITING or item.tries < TRIES_UNTOLD:
        return
    if item.settled_before and item.tries != TRIES_UNTOLD:
        return
    await items.keep_reading(tx, item_id, opened.said)
    await items.tell(tx, item_id, verdict.explanation)
    tx.publish(_unmatched(replace(item, reading=opened.said), verdict))


async def _is_out_of_date(tx: Tx, item: Item, evidence: SenderEvidence, directory: Directory) -> bool:
    """Whether somebody else is known by the sender's address since."""
    now = await sender_evidence(tx, item, directory)
    known, then = ([each.candidate_id for each in (*it.by_email, *it.by_phone)] for it in (now, evidence))
    return known != then


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
                score=match.score,
                runners_up=_runners_up(match),
                review_reasons=_reasons(match, item),
            )
        )
    ]


def _no_longer_unmatched(said: CvMatched) -> UnmatchedAssigned:
    return UnmatchedAssigned(
        candidate_id=said.candidate_id, application_id=said.application_id, item_id=said.item_id
    )


def _reasons(match: Match, item: Item) -> list[str]:
    """Why a recruiter has to look, in words."""
    if match.is_high:
        return []
    hidden = item.reading is not None and item.reading.hidden_text
    return [match.doubt, *(["The file holds words that nobody sees."] if hidden else [])]


def _runners_up(verdict: Verdict) -> list[RunnerUp]:
    return [
        RunnerUp(candidate_id=each.candidate_id, score=each.score, why=each.why)
        for each in verdict.runners_up
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
        runners_up=_runners_up(verdict),
    )
