"""Whom a look through a lead file compares with, in memory."""

from __future__ import annotations

from collections.abc import Collection

from chassis import Tx
from intake.domain.preview import Known, Resembling

from intake_support.memory import Shelf


class MemoryKnownPeople:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def with_lead_keys(self, tx: Tx, position_id: int, keys: Collection[str]) -> dict[str, Known]:
        applied = {
            one.candidate_id for one in self._shelf.applications.values() if one.position_id == position_id
        }
        return {
            profile.lead_key: Known(candidate_id, profile, candidate_id in applied)
            for candidate_id, profile in self._shelf.candidates.items()
            if profile.lead_key is not None and profile.lead_key in keys
        }

    async def with_contacts(
        self, tx: Tx, phones: Collection[str], emails: Collection[str]
    ) -> tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]]:
        found: tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]] = ({}, {})
        for candidate_id, one in self._shelf.candidates.items():
            person = Resembling(candidate_id, one.full_name, one.phone, one.email, one.lead_id)
            for contact, wanted, people in ((one.phone, phones, found[0]), (one.email, emails, found[1])):
                if contact is not None and contact in wanted:
                    people.setdefault(contact, []).append(person)
        return found
