"""Ports in memory: what the handlers' tests run on. The behaviour suite holds them to the real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from chassis import Tx
from contracts.cv_matching import CvMatched, FileReading
from contracts.intake import ApplicationStatus
from cv_matching.adapters.directory import TAKES_CV
from cv_matching.domain.contents import Extracted
from cv_matching.domain.kinds import READABLE, Kind, why_no_text
from cv_matching.domain.names import THRESHOLD, likeness
from cv_matching.domain.verdicts import Person
from cv_matching.ports import (
    ApplicationCard,
    CandidateCard,
    Cv,
    Item,
    ItemState,
    Reading,
    SenderLink,
)


class MemoryMerges:
    def __init__(self) -> None:
        self._merges: dict[UUID, tuple[int, int]] = {}
        self._undone: set[UUID] = set()

    async def merged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None:
        self._merges[merge_id] = (kept_id, merged_id)

    async def unmerged(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int) -> None:
        self._undone.add(merge_id)

    def person(self, candidate_id: int) -> int:
        for merge_id, (kept_id, merged_id) in self._merges.items():
            if merged_id == candidate_id and merge_id not in self._undone:
                return self.person(kept_id)
        return candidate_id


class MemoryDirectory:
    def __init__(self, merges: MemoryMerges | None = None) -> None:
        self._person = (merges or MemoryMerges()).person
        self.candidates: dict[int, CandidateCard] = {}
        self.applications: dict[int, tuple[ApplicationCard, int]] = {}
        self.former: dict[int, list[CandidateCard]] = {}
        self.links: dict[UUID, SenderLink] = {}

    async def keep_candidate(self, tx: Tx, card: CandidateCard) -> None:
        known = self.candidates.get(card.candidate_id)
        if known is None or known.as_of <= card.as_of:
            self.candidates[card.candidate_id] = card

    async def keep_former_contacts(self, tx: Tx, before: CandidateCard) -> None:
        self.former.setdefault(before.candidate_id, []).append(before)

    async def forget_former_contacts(self, tx: Tx, again: CandidateCard) -> None:
        former = self.former.get(again.candidate_id, [])
        contacts = (again.emails, again.phones)
        self.former[again.candidate_id] = [one for one in former if (one.emails, one.phones) != contacts]

    async def keep_link(self, tx: Tx, link: SenderLink) -> None:
        self.links.setdefault(link.link_id, link)

    async def forget_link(self, tx: Tx, link_id: UUID) -> None:
        self.links.pop(link_id, None)

    def _reached_by(self, kind: str, candidate_id: int) -> set[str]:
        known = [*self.former.get(candidate_id, []), *filter(None, [self.candidates.get(candidate_id)])]
        linked = {
            one.value for one in self.links.values() if (one.candidate_id, one.kind) == (candidate_id, kind)
        }
        return linked.union(*((one.emails if kind == "email" else one.phones) for one in known))

    def _reached(self, kind: str, *values: str) -> tuple[int, ...]:
        ids = {*self.candidates, *(one.candidate_id for one in self.links.values())}
        return tuple(
            sorted({self._person(each) for each in ids if self._reached_by(kind, each).intersection(values)})
        )

    async def keep_application(self, tx: Tx, application: ApplicationCard, sequence: int) -> None:
        known = self.applications.get(application.application_id)
        if known is None or known[1] < sequence:
            self.applications[application.application_id] = (application, sequence)

    async def application(self, tx: Tx, application_id: int) -> ApplicationCard | None:
        known = self.applications.get(application_id)
        return known[0] if known else None

    async def with_email(self, tx: Tx, email: str) -> tuple[int, ...]:
        return self._reached("email", email)

    async def with_phone(self, tx: Tx, *phones: str) -> tuple[int, ...]:
        return self._reached("phone", *phones)

    async def of_applications(self, tx: Tx, application_ids: Sequence[int]) -> tuple[int, ...]:
        known = [self.applications[each][0] for each in application_ids if each in self.applications]
        return self._people(known)

    async def people(self, tx: Tx, candidate_ids: Sequence[int]) -> tuple[Person, ...]:
        found = (self._known(each) for each in dict.fromkeys(candidate_ids))
        return tuple(each for each in found if each.names)

    async def named_like(self, tx: Tx, name: str) -> tuple[Person, ...]:
        alike: dict[int, int] = {}
        for each in self.candidates.values():
            if (score := likeness(each.name, name)) >= THRESHOLD:
                person = self._person(each.candidate_id)
                alike[person] = max(score, alike.get(person, 0))
        nearest = sorted(alike, key=lambda each: (-alike[each], each))[:20]
        return tuple(self._known(each) for each in nearest)

    def _known(self, person: int) -> Person:
        ids = [each for each in {person, *self.candidates} if self._person(each) == person]
        statuses = [each for each, _ in self.applications.values() if each.status in TAKES_CV]
        return Person(
            person,
            names=tuple(sorted({self.candidates[each].name for each in ids if each in self.candidates})),
            emails=frozenset().union(*(self._reached_by("email", each) for each in ids)),
            phones=frozenset().union(*(self._reached_by("phone", each) for each in ids)),
            waits=any(each.candidate_id in ids for each in statuses),
        )

    async def open_applications(self, tx: Tx, candidate_id: int) -> tuple[ApplicationCard, ...]:
        person = self._person(candidate_id)
        known = (each for each, _ in self.applications.values() if self._person(each.candidate_id) == person)
        still_open = (each for each in known if each.status is not ApplicationStatus.CLOSED)
        return tuple(sorted(still_open, key=lambda each: each.application_id))

    def _people(self, found: Iterable[CandidateCard | ApplicationCard]) -> tuple[int, ...]:
        return tuple(sorted({self._person(each.candidate_id) for each in found}))


class MemoryItems:
    def __init__(self) -> None:
        self.items: dict[UUID, Item] = {}
        self.explanations: dict[UUID, str] = {}

    async def add(self, tx: Tx, item: Item) -> bool:
        place = (item.message_id, item.position)
        if place in {(each.message_id, each.position) for each in self.items.values()}:
            return False
        self.items[item.item_id] = item
        return True

    async def get(self, tx: Tx, item_id: UUID) -> Item | None:
        return self.items.get(item_id)

    async def settle(self, tx: Tx, item_id: UUID, state: ItemState, explanation: str) -> None:
        self.items[item_id] = replace(self.items[item_id], state=state, settled_before=True)
        self.explanations[item_id] = explanation

    async def tell(self, tx: Tx, item_id: UUID, explanation: str) -> None:
        self.items[item_id] = replace(self.items[item_id], settled_before=True)
        self.explanations[item_id] = explanation

    async def wait_again(self, tx: Tx, message_ids: Sequence[UUID]) -> list[UUID]:
        again = [
            one
            for one in self.items.values()
            if one.message_id in message_ids and one.state is ItemState.UNMATCHED
        ]
        for one in again:
            self.items[one.item_id] = replace(one, state=ItemState.WAITING, tries=0)
        return sorted(one.item_id for one in again)

    async def count_try(self, tx: Tx, item_id: UUID) -> None:
        self.items[item_id] = replace(self.items[item_id], tries=self.items[item_id].tries + 1)

    async def keep_reading(self, tx: Tx, item_id: UUID, reading: FileReading) -> None:
        self.items[item_id] = replace(self.items[item_id], reading=reading)


class MemoryCvs:
    def __init__(self) -> None:
        self.cvs: dict[UUID, Cv] = {}
        self.said: dict[UUID, CvMatched] = {}

    async def add(self, tx: Tx, cv: Cv) -> tuple[UUID, int] | None:
        if (cv.item_id, cv.application_id) in {(e.item_id, e.application_id) for e in self.cvs.values()}:
            return None
        self.cvs[cv.cv_id] = cv
        return cv.cv_id, sum(each.application_id == cv.application_id for each in self.cvs.values())

    async def keep_said(self, tx: Tx, said: CvMatched) -> None:
        self.said[said.cv_id] = said


class TextInMemory:
    """Fills ``Documents``: every file reads as the given text, None as a scan."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.asked = 0

    async def read(self, body: bytes, kind: Kind) -> Reading:
        self.asked += 1
        if kind not in READABLE:
            return Reading(None, why_no_text(kind))
        return Reading(self.text, None if self.text else "The file holds no text: it may be a scan.")


class ScriptedReading:
    """Fills ``CvReading``: answers what it was given, or raises it."""

    def __init__(self, answer: Extracted | Exception | None = None) -> None:
        self.answer = answer or Extracted()
        self.asked = 0

    async def contact_data(self, text: str) -> Extracted:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
