"""Who may be the same person, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal
from uuid import UUID

from chassis import Tx
from intake.domain.duplicates import MOST_NAMESAKES, name_key
from intake.ports import Duplicate

from intake_support.memory import Shelf

Kind = Literal["phone", "email", "name"]
KINDS: tuple[Kind, ...] = ("phone", "email", "name")


class MemoryDuplicates:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def note_same_contact(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        return self._noted(candidate_ids, ("phone", "email"))

    async def note_all(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Duplicate]:
        return self._noted(candidate_ids, KINDS)

    async def keep_names(self, tx: Tx, candidate_ids: Sequence[int]) -> None:
        """They are looked up where they stand."""

    async def people_of_import(self, tx: Tx, import_id: UUID) -> list[int]:
        position_id = self._shelf.imports[import_id].position_id
        found = self._shelf.applications.values()
        return sorted({one.candidate_id for one in found if one.position_id == position_id})

    def _noted(self, candidate_ids: Sequence[int], kinds: Sequence[Kind]) -> list[Duplicate]:
        fresh: dict[tuple[int, int], set[str]] = {}
        for one in candidate_ids:
            found = {kind: self._sharers(one, kind) for kind in kinds}
            for nearest in {min(others) for others in found.values() if others}:
                shared = {kind for kind, others in found.items() if nearest in others}
                fresh.setdefault((max(one, nearest), min(one, nearest)), set()).update(shared)
        told = []
        for pair in sorted(fresh):
            known = self._shelf.pairs.setdefault(pair, set())
            if fresh[pair] - known:
                known |= fresh[pair]
                told.append(Duplicate(*pair, [kind for kind in KINDS if kind in known]))
        return told

    def _sharers(self, one: int, kind: Kind) -> set[int]:
        mine = set(self._values(one, kind))
        others = {each for each in self._shelf.candidates if mine & set(self._values(each, kind))}
        if kind == "name" and len(others) > MOST_NAMESAKES:
            return set()
        return others - {one}

    def _values(self, one: int, kind: Kind) -> Iterator[str]:
        profile = self._shelf.candidates[one]
        values = {
            "name": (name_key(profile.name_folded),),
            "email": (profile.email,),
            "phone": (profile.phone, profile.whatsapp_number),
        }[kind]
        return (value for value in values if value)
