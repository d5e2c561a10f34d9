"""On what people are not to be contacted, as the handlers need it kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chassis import Tx
from contracts import Actor

from intake.domain.contact import ContactChannel, Wish


@dataclass(frozen=True, slots=True)
class Ban:
    """A wish with who wrote it down."""

    wish: Wish
    actor: Actor


class Contacts(Protocol):
    """Whoever writes a wish down and whoever takes some over wait for each other: none slips through between
    a person who is just being added and a wish that is just being said."""

    async def of(self, tx: Tx, candidate_id: int) -> list[Ban]:
        """What is forbidden now."""

    async def forbid(self, tx: Tx, bans: Sequence[Ban]) -> list[Ban]:
        """Answers those that were not forbidden already, or only because somebody else had said so."""

    async def allow(self, tx: Tx, candidate_id: int, channels: Sequence[ContactChannel]) -> list[Ban]:
        """Answers what is lifted: for every record of this person, and for those who took it over."""

    async def sharing(self, tx: Tx, candidate_ids: Sequence[int]) -> list[int]:
        """Others with a number or email of one of these, and whoever was found to be the same person."""

    async def inherit(self, tx: Tx, candidate_ids: Sequence[int]) -> list[Ban]:
        """Let these people, new or changed, take over what somebody with the same number or email asked for.

        Answers what is new, to be said as ``ContactForbidden``. Call it last: it may wait for whoever is
        writing a wish down. While nobody ever forbade anything it costs two small queries.
        """
