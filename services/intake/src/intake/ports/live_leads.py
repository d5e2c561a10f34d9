"""Live leads and the forms they come from, as the handlers need them kept; and Meta, who has the leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chassis import Tx

from intake.domain.live_leads import Announcement, GraphLead


class LeadState(StrEnum):
    AWAITED = "awaited"
    """It is being fetched, or will be as soon as Meta answers again."""
    HELD = "held"
    BROUGHT_IN = "brought_in"


@dataclass(frozen=True, slots=True)
class LiveLead:
    """``code`` is why it is held. ``given`` is kept only while the lead waits for its position."""

    leadgen_id: str
    form_id: str | None
    state: LeadState = LeadState.AWAITED
    code: str | None = None
    tries: int = 0
    given: GraphLead | None = None
    candidate_id: int | None = None


class LiveLeads(Protocol):
    async def announce(self, tx: Tx, leads: Sequence[Announcement], at: datetime) -> list[Announcement]:
        """Remember them; answers those nobody had announced before."""

    async def get(self, tx: Tx, leadgen_id: str) -> LiveLead | None: ...

    async def lock(self, tx: Tx, leadgen_id: str) -> LiveLead | None:
        """The lead, kept from change by anybody else until this transaction ends."""

    async def save(self, tx: Tx, lead: LiveLead) -> None: ...

    async def release(self, tx: Tx, codes: Collection[str], form_ids: Collection[str] | None) -> list[str]:
        """Those held for these reasons, of these forms or of any, are awaited again. Answers their ids."""


class LeadForms(Protocol):
    """To which position the leads of a form belong.

    Whoever looks a form up holds it until the transaction ends, so that no lead is put aside for want of a
    position while its form is being bound.
    """

    async def position_of(self, tx: Tx, form_id: str) -> int | None: ...

    async def owners(self, tx: Tx, form_ids: Collection[str]) -> dict[str, int]:
        """The positions of those that have one, locked for change."""

    async def bind(self, tx: Tx, position_id: int, form_ids: Collection[str]) -> list[str]:
        """These and no others belong to the position; answers those that did not before."""


class LeadNotGiven(Exception):
    """Meta did not give the lead; ``reason`` names no secret and nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAccess(LeadNotGiven):
    """Our token is missing, has expired or lacks a permission: somebody has to do something."""


class UnknownLead(LeadNotGiven):
    """Meta does not know the id, or does not show it to us; it does not say which."""


class NotNow(LeadNotGiven):
    """Meta can't be reached, is ill, or wants to be asked less often."""

    def __init__(self, reason: str, *, too_often: bool = False) -> None:
        super().__init__(reason)
        self.too_often = too_often


class Unusable(LeadNotGiven):
    """Meta, or whoever stands in between, answers, and the answer is not this lead."""


class Leads(Protocol):
    """The Graph API."""

    async def fetch(self, leadgen_id: str) -> GraphLead:
        """Raises ``NoAccess``, ``UnknownLead``, ``Unusable`` or ``NotNow``."""

    async def form_name(self, form_id: str) -> str | None:
        """What the form is called; None whenever Meta does not say."""
