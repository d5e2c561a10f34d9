"""What messaging keeps of the pipeline, and of who wants no more of it, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from chassis import Tx
from messaging.domain.conversations import sender_key
from messaging.domain.cv_requests import TO_CONFIRM
from messaging.domain.letters import Channel
from messaging.domain.people import Writer
from messaging.domain.quiet_hours import zones_of
from messaging.ports import (
    Addressee,
    NotYetKnown,
    Objection,
    Person,
    Position,
    Standing,
)


@dataclass
class Application:
    candidate_id: int
    position_id: int
    status: str = "pending_call"
    sequence: int = 0
    cv_known: bool = False


def _reached_alike(one: Person, other: Person) -> bool:
    return (one.email, one.phone, one.whatsapp_number) == (other.email, other.phone, other.whatsapp_number)


@dataclass
class MemoryPipeline:
    positions: dict[int, Position] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    applications: dict[int, Application] = field(default_factory=dict)
    merges: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    undone: set[UUID] = field(default_factory=set)
    former: dict[int, list[Person]] = field(default_factory=dict)
    wishes: set[tuple[int, Channel]] = field(default_factory=set)
    links: dict[str, int] = field(default_factory=dict)
    """Whose a sender is by a recruiter's word, by its key."""

    async def position_reads(self, tx: Tx, position: Position) -> None:
        known = self.positions.get(position.position_id)
        if known is None or known.revision < position.revision:
            self.positions[position.position_id] = position

    async def person_reads(self, tx: Tx, person: Person) -> None:
        self.people[person.candidate_id] = person

    async def application_opened(
        self, tx: Tx, application_id: int, candidate_id: int, position_id: int
    ) -> None:
        self.applications.setdefault(application_id, Application(candidate_id, position_id))

    async def application_stands(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        application = self._known(application_id)
        if sequence <= application.sequence:
            return False
        application.status, application.sequence = status, sequence
        return True

    async def outcome_confirmed(self, tx: Tx, application_id: int, status: str, sequence: int) -> bool:
        application = self._known(application_id)
        if (application.status, application.sequence) != (TO_CONFIRM, sequence):
            return False
        application.status = status
        return True

    async def cv_arrived(self, tx: Tx, application_id: int) -> None:
        self._known(application_id).cv_known = True

    async def cv_gone(self, tx: Tx, application_id: int) -> None:
        self._known(application_id).cv_known = False

    async def standing(self, tx: Tx, application_id: int) -> Standing:
        application = self._known(application_id)
        person = self.people[application.candidate_id]
        position = self.positions[application.position_id]
        return Standing(
            application_id=application_id,
            candidate_id=application.candidate_id,
            status=application.status,
            cv_known=application.cv_known,
            first_name=person.first_name,
            email=person.email,
            phone=person.whatsapp_number or person.phone,
            languages=(person.language, position.language),
            title=position.title,
            follow_up_interval=timedelta(hours=position.follow_up_interval_hours),
            forbidden=frozenset(
                channel for who, channel in self.wishes if who in self._ids(application.candidate_id)
            ),
            position_closed=position.closed,
            zones=zones_of(person.time_zone, person.whatsapp_number or person.phone, position.time_zone),
            position_zone=position.time_zone,
        )

    async def addressee(self, tx: Tx, candidate_id: int) -> Addressee | None:
        kept = self.people.get(self._person(candidate_id))
        if kept is None:
            return None
        ids = self._ids(candidate_id)
        return Addressee(
            kept.candidate_id,
            ids,
            kept.email,
            kept.whatsapp_number or kept.phone,
            kept.language,
            frozenset(channel for who, channel in self.wishes if who in ids),
        )

    async def candidate_of(self, tx: Tx, application_id: int) -> int | None:
        application = self.applications.get(application_id)
        return application.candidate_id if application else None

    def _ids(self, candidate_id: int) -> list[int]:
        kept = self._person(candidate_id)
        ever = {candidate_id, kept, *self.people, *(one for pair in self.merges.values() for one in pair)}
        return sorted(each for each in ever if self._person(each) == kept)

    async def contact_forbidden(
        self, tx: Tx, candidate_id: int, channel: Channel, *, forbidden: bool
    ) -> None:
        (self.wishes.add if forbidden else self.wishes.discard)((candidate_id, channel))

    async def writers_by_email(self, tx: Tx, folded: str) -> list[Writer]:
        return self._writers(person for person in self._ever() if person.email == folded)

    async def writers_by_phone(self, tx: Tx, e164: str) -> list[Writer]:
        return self._writers(
            person for person in self._ever() if e164 in (person.phone, person.whatsapp_number)
        )

    async def linked_writer(self, tx: Tx, sender: str) -> Writer | None:
        linked = self.links.get(sender_key(sender))
        return None if linked is None else self._writer(self._person(linked))

    async def person_read(self, tx: Tx, before: Person) -> None:
        self.former.setdefault(before.candidate_id, []).append(before)

    async def reads_as_before(self, tx: Tx, person: Person) -> None:
        former = self.former.get(person.candidate_id, [])
        self.former[person.candidate_id] = [each for each in former if not _reached_alike(each, person)]

    def _ever(self) -> list[Person]:
        return [*self.people.values(), *(one for former in self.former.values() for one in former)]

    async def merge_kept(self, tx: Tx, merge_id: UUID, kept_id: int, merged_id: int, *, undone: bool) -> None:
        self.merges[merge_id] = (kept_id, merged_id)
        if undone:
            self.undone.add(merge_id)

    def _known(self, application_id: int) -> Application:
        if application_id not in self.applications:
            raise NotYetKnown(application_id)
        return self.applications[application_id]

    def _person(self, candidate_id: int) -> int:
        for merge_id, (kept_id, merged_id) in self.merges.items():
            if merged_id == candidate_id and merge_id not in self.undone:
                return self._person(kept_id)
        return candidate_id

    def _writers(self, people: Iterable[Person]) -> list[Writer]:
        return [self._writer(one) for one in sorted({self._person(each.candidate_id) for each in people})]

    def _writer(self, candidate_id: int) -> Writer:
        open_ones = [
            number
            for number, application in self.applications.items()
            if self._person(application.candidate_id) == candidate_id
            and application.status not in ("closed", "set_aside")
        ]
        return Writer(candidate_id, max(open_ones, default=None))


@dataclass
class MemoryObjections:
    pipeline: MemoryPipeline
    said: dict[UUID, Objection] = field(default_factory=dict)
    told: set[tuple[int, UUID]] = field(default_factory=set)

    async def remember(self, tx: Tx, objection: Objection) -> None:
        self.said.setdefault(objection.message_id, objection)

    async def everybody_at(self, tx: Tx, address: str) -> list[int]:
        people = await self.pipeline.writers_by_email(tx, address)
        people += await self.pipeline.writers_by_phone(tx, address)
        return sorted({each for one in people for each in self.pipeline._ids(one.candidate_id)})

    async def stands_against(self, tx: Tx, address: str) -> bool:
        return any(objection.address == address for objection in self.said.values())

    async def held_against(self, tx: Tx, candidate_ids: Sequence[int], address: str) -> bool:
        forbidden = {candidate_id for candidate_id, _ in self.pipeline.wishes}
        return any(
            (candidate_id, objection.message_id) in self.told and candidate_id in forbidden
            for objection in self.said.values()
            for candidate_id in candidate_ids
            if objection.address == address
        )

    async def not_told_of(self, tx: Tx, candidate_id: int, addresses: Sequence[str]) -> list[Objection]:
        return [
            objection
            for objection in self.said.values()
            if objection.address in addresses and (candidate_id, objection.message_id) not in self.told
        ]

    async def told_of(self, tx: Tx, candidate_id: int, message_id: UUID) -> bool:
        new = (candidate_id, message_id) not in self.told
        self.told.add((candidate_id, message_id))
        return new
