"""Fetching what the rules look at: who fits the sender, and who fits the CV."""

from __future__ import annotations

from chassis import Tx
from contracts.messaging import Channel
from contracts.references import find_references
from people import fold, fold_email, normalise_phone

from cv_matching.domain.chain import ContentEvidence, SenderEvidence
from cv_matching.domain.contents import Extracted, verified
from cv_matching.ports import AwaitingCandidate, Directory, Item


def comparable_phone(number: str, channel: Channel | None = None) -> str | None:
    """E.164 or None. WhatsApp gives the digits with the country code, and no plus."""
    given = number.partition("@")[0].strip()
    if channel is Channel.WHATSAPP and not given.startswith("+"):
        given = f"+{given}"
    return normalise_phone(given).e164


async def sender_evidence(tx: Tx, item: Item, directory: Directory) -> SenderEvidence:
    """Steps 1 to 4 of the chain."""
    by_email: tuple[int, ...] = ()
    by_phone: tuple[int, ...] = ()
    if item.channel is Channel.EMAIL:
        by_email = await directory.with_email(tx, fold_email(item.sender))
    elif number := comparable_phone(item.sender, item.channel):
        by_phone = await directory.with_phone(tx, number)
    references = find_references(f"{item.subject or ''}\n{item.body}")
    name = fold(item.sender_name) if item.sender_name else None
    return SenderEvidence(
        by_email=by_email,
        by_phone=by_phone,
        by_reference=await directory.of_applications(tx, references) if references else (),
        name=name,
        by_name=await directory.awaiting_named_like(tx, name) if name else (),
        namesakes=await directory.namesakes(tx, name) if name else (),
    )


def read_claim(claim: Extracted, text: str) -> Extracted:
    """What of the model's claim stands in the text."""
    folded = Extracted(
        first_name=fold(claim.first_name) if claim.first_name else None,
        last_name=fold(claim.last_name) if claim.last_name else None,
    )
    return verified(claim, text, fold(text), folded)


async def content_evidence(tx: Tx, said: Extracted, directory: Directory) -> ContentEvidence:
    """Step 5 of the chain: only candidates who wait for a CV are looked at."""
    by_email: tuple[AwaitingCandidate, ...] = ()
    by_phone: tuple[AwaitingCandidate, ...] = ()
    if said.email:
        by_email = await directory.awaiting_with_email(tx, fold_email(said.email))
    if said.phone and (number := comparable_phone(said.phone)):
        by_phone = await directory.awaiting_with_phone(tx, number)
    name = fold(said.full_name) if said.full_name else None
    return ContentEvidence(
        name=name,
        by_email=tuple(each.named for each in by_email),
        by_phone=tuple(each.named for each in by_phone),
        by_name=await directory.awaiting_named_like(tx, name) if name else (),
        given_names={each.named.candidate_id: each.given_names for each in (*by_email, *by_phone)},
    )
