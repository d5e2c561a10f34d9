"""Do-not-contact in memory, with the promises of the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chassis import Tx
from intake.domain.contact import ContactChannel, Wish
from intake.ports import Ban

from intake_support.memory import Shelf


class MemoryContacts:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def of(self, tx: Tx, candidate_id: int) -> list[Ban]:
        return [ban for ban in self._standing() if ban.wish.candidate_id == candidate_id]

    async def forbid(self, tx: Tx, bans: Sequence[Ban]) -> list[Ban]:
        fresh = [ban for ban in bans if not self._was_said(ban.wish)]
        for ban in fresh:
            self._shelf.wishes[ban.wish.candidate_id, ban.wish.channel] = (ban, None)
        return _in_order(fresh)

    async def allow(self, tx: Tx, candidate_id: int, channels: Sequence[ContactChannel]) -> list[Ban]:
        merged_into = self._shelf.merged_into
        kept = merged_into.get(candidate_id, candidate_id)
        theirs = {kept, *(alias for alias, into in merged_into.items() if into == kept)}
        lifted = [
            ban
            for ban in self._standing()
            if ban.wish.channel in channels and theirs & {ban.wish.candidate_id, ban.wish.same_as}
        ]
        for ban in lifted:
            self._shelf.wishes[ban.wish.candidate_id, ban.wish.channel] = (ban, tx.now)
        return _in_order(lifted)

    async def sharing(self, tx: Tx, candidate_ids: Sequence[int]) -> list[int]:
        return sorted(
            other
            for other in self._shelf.candidates
            if other not in candidate_ids and any(self._same(one, other) for one in candidate_ids)
        )

    async def inherit(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Ban]:
        taken: dict[tuple[int, ContactChannel], Ban] = {}
        standing = sorted(self._standing(), key=lambda ban: (ban.wish.since, ban.wish.candidate_id))
        for one in candidate_ids:
            for ban in standing:
                wish = ban.wish
                if wish.candidate_id == one or wish.same_as == one or not self._same(one, wish.candidate_id):
                    continue
                mine = replace(wish, candidate_id=one, same_as=wish.same_as or wish.candidate_id)
                if (one, wish.channel) not in taken and self._may_be_taken(mine):
                    taken[one, wish.channel] = replace(ban, wish=mine)
        for key, ban in taken.items():
            self._shelf.wishes[key] = (ban, None)
        return _in_order(taken.values())

    def _standing(self) -> list[Ban]:
        return [ban for ban, lifted_at in self._shelf.wishes.values() if lifted_at is None]

    def _was_said(self, wish: Wish) -> bool:
        known = self._shelf.wishes.get((wish.candidate_id, wish.channel))
        if known is None or known[1] is not None:
            return False
        return known[0].wish.same_as is None or wish.same_as is not None

    def _may_be_taken(self, wish: Wish) -> bool:
        known = self._shelf.wishes.get((wish.candidate_id, wish.channel))
        if known is None:
            return True
        ban, lifted_at = known
        return lifted_at is not None and (wish.since > lifted_at or ban.wish.same_as != wish.same_as)

    def _same(self, one: int, other: int) -> bool:
        mine, theirs = self._shelf.candidates[one], self._shelf.candidates[other]
        numbers = {mine.phone, mine.whatsapp_number} & {theirs.phone, theirs.whatsapp_number}
        kept = {self._shelf.merged_into.get(one, one), self._shelf.merged_into.get(other, other)}
        return bool(
            numbers - {None} or (mine.email is not None and mine.email == theirs.email) or len(kept) == 1
        )


def _in_order(bans: Iterable[Ban]) -> list[Ban]:
    return sorted(bans, key=lambda ban: (ban.wish.candidate_id, ban.wish.channel))
