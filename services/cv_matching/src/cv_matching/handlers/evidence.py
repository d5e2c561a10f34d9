"""Fetching what the rules look at: who fits the sender, what the document says, and whom that fits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chassis import Tx
from contracts.messaging import Channel
from contracts.references import find_references
from people import DEFAULT_REGION, fold, fold_email, phone_region, phone_variants

from cv_matching.domain.agreement import ContentEvidence
from cv_matching.domain.chain import SenderEvidence
from cv_matching.domain.contents import Extracted, verified
from cv_matching.domain.paper import HEAD_LINES, Paper, name_words
from cv_matching.domain.verdicts import Match, Person, Verdict
from cv_matching.ports import Directory, Item

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w/])[+(]{0,2}\d[\d ().\-/]{6,20}\d")
_NO_WORD = re.compile(r"[\W\d_]+")
HIDDEN_NUMBER = "@lid"
MOST_NUMBERS = 40
"""A page of numbers is a table, not contact data."""


def sender_phones(sender: str, channel: Channel) -> tuple[str, ...]:
    """E.164, in every way it may be on file. WhatsApp gives digits with the country code, no plus.

    Who hides their number has an id in ``@lid``: it is no number, and known only where a recruiter linked it.
    """
    if sender.strip().lower().endswith(HIDDEN_NUMBER):
        return (sender.strip().lower(),)
    given = sender.partition("@")[0].strip()
    if channel is Channel.WHATSAPP and not given.startswith("+"):
        given = f"+{given}"
    return phone_variants(given)


async def by_address(tx: Tx, sender: str, channel: Channel, directory: Directory) -> tuple[int, ...]:
    """Everybody whose address or number the sender is."""
    if channel is Channel.EMAIL:
        return await directory.with_email(tx, fold_email(sender))
    numbers = sender_phones(sender, channel)
    return await directory.with_phone(tx, *numbers) if numbers else ()


async def sender_evidence(tx: Tx, item: Item, directory: Directory) -> SenderEvidence:
    """Steps 1 to 4 of the chain. A name is looked for only where nothing surer is."""
    reached = await by_address(tx, item.sender, item.channel, directory)
    by_email, by_phone = (reached, ()) if item.channel is Channel.EMAIL else ((), reached)
    references = find_references(f"{item.subject or ''}\n{item.body}")
    by_reference = await directory.of_applications(tx, references) if references else ()
    found = [*by_email, *by_phone, *by_reference]
    known = {each.candidate_id: each for each in await directory.people(tx, found)} if found else {}
    name = fold(item.sender_name) if item.sender_name else None
    certain = len(set(found)) == 1
    return SenderEvidence(
        by_email=_known(by_email, known),
        by_phone=_known(by_phone, known),
        by_reference=_known(by_reference, known),
        name=name,
        by_name=await directory.named_like(tx, name) if name and not certain else (),
    )


def named_by(verdict: Verdict, evidence: SenderEvidence) -> Person | None:
    if not isinstance(verdict, Match):
        return None
    found = (*evidence.by_email, *evidence.by_phone, *evidence.by_reference, *evidence.by_name)
    return next(each for each in found if each.candidate_id == verdict.candidate_id)


def read_paper(text: str, evidence: SenderEvidence, sender: str) -> Paper:
    """What a document says by itself. National numbers are of the countries of whoever is in question."""
    lines = [line for line in (line.strip() for line in text.splitlines()) if line][:HEAD_LINES]
    people = (*evidence.by_email, *evidence.by_phone, *evidence.by_reference, *evidence.by_name)
    phones = {phone for each in people for phone in each.phones}
    return Paper(
        head=tuple(name_words(fold(line)) for line in lines),
        emails=frozenset(fold_email(each) for each in _EMAIL.findall(text)),
        phones=frozenset(_numbers_in(text, _regions(phones))),
    )


def file_words(file_name: str) -> tuple[str, ...]:
    """The folded words of a file's name: people call it by the name of whose CV it is."""
    stem = file_name.rpartition(".")[0] or file_name
    return name_words(fold(_NO_WORD.sub(" ", stem)))


def read_claim(claim: Extracted, text: str) -> Extracted:
    """What of the model's claim stands in the text."""
    folded = Extracted(
        first_name=fold(claim.first_name) if claim.first_name else None,
        last_name=fold(claim.last_name) if claim.last_name else None,
    )
    return verified(claim, text, fold(text), folded)


async def content_evidence(
    tx: Tx, said: Extracted, directory: Directory, region: str | None = None
) -> ContentEvidence:
    """Step 5 of the chain. ``region``: of the number it was sent from, where it was."""
    emails = frozenset({fold_email(said.email)} if said.email else ())
    phones = frozenset(_numbers_in(said.phone, [DEFAULT_REGION, *([region] if region else [])], given=True))
    found: list[int] = []
    for email in emails:
        found += await directory.with_email(tx, email)
    if phones:
        found += await directory.with_phone(tx, *sorted(phones))
    name = fold(said.full_name) if said.full_name else None
    return ContentEvidence(
        name=name,
        emails=emails,
        phones=phones,
        by_contact=await directory.people(tx, found) if found else (),
        by_name=await directory.named_like(tx, name) if name else (),
    )


def sender_region(item: Item) -> str | None:
    numbers = sender_phones(item.sender, item.channel) if item.channel is Channel.WHATSAPP else ()
    return phone_region(numbers[0]) if numbers else None


def _known(ids: Iterable[int], known: dict[int, Person]) -> tuple[Person, ...]:
    return tuple(known[each] for each in ids if each in known)


def _regions(phones: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([DEFAULT_REGION, *(phone_region(each) or DEFAULT_REGION for each in phones)]))


def _numbers_in(text: str | None, regions: Iterable[str], *, given: bool = False) -> set[str]:
    """``given``: the text is nothing but a number."""
    if not text:
        return set()
    written = [text] if given else _NUMBER.findall(text)[:MOST_NUMBERS]
    return {variant for one in written for region in regions for variant in phone_variants(one, region)}
