"""A file becomes an application's CV: written down once for each item and application, and said."""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Tx
from contracts.cv_matching import CvMatched, CvSource, MatchMethod, RunnerUp
from contracts.messaging import Channel

from cv_matching.ports import Cv, Cvs, Item

SOURCES = {Channel.EMAIL: CvSource.EMAIL_ATTACHMENT, Channel.WHATSAPP: CvSource.WHATSAPP_MEDIA}


async def attach(
    tx: Tx,
    item: Item,
    cvs: Cvs,
    *,
    candidate_id: int,
    application_id: int,
    method: MatchMethod,
    needs_review: bool,
    explanation: str,
    score: int | None = None,
    runners_up: Sequence[RunnerUp] = (),
    review_reasons: Sequence[str] = (),
) -> CvMatched | None:
    """Attach an item to one application; None when it was attached already."""
    cv = Cv(
        cv_id=tx.new_id(),
        item_id=item.item_id,
        candidate_id=candidate_id,
        application_id=application_id,
        method=method,
        source=SOURCES[item.channel],
        file=item.file,
        file_name=item.file_name,
        needs_review=needs_review,
        received_at=item.received_at,
    )
    added = await cvs.add(tx, cv)
    if added is None:
        return None
    cv_id, number = added
    said = CvMatched(
        candidate_id=candidate_id,
        application_id=application_id,
        cv_id=cv_id,
        item_id=item.item_id,
        method=method,
        confidence="medium" if needs_review else "high",
        needs_review=needs_review,
        explanation=explanation,
        file=item.file,
        file_name=item.file_name,
        source=cv.source,
        received_at=item.received_at,
        reading=item.reading,
        score=score,
        review_reasons=list(review_reasons),
        runners_up=list(runners_up),
        number=number,
    )
    await cvs.keep_said(tx, said)
    tx.publish(said)
    return said
