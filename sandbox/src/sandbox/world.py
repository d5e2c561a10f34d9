"""Everything the sandbox is made of, put together once."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock, clock_from

from sandbox.agenda import Agenda
from sandbox.dice import Dice
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.settings import SandboxSettings
from sandbox.store import Store
from sandbox.webhooks import Webhooks


@dataclass(slots=True)
class World:
    """Shared by the providers, the personas, the control API and the page."""

    settings: SandboxSettings
    store: Store
    clock: Clock
    dice: Dice
    agenda: Agenda
    ledger: Ledger
    faults: Faults
    webhooks: Webhooks

    def fresh_id(self, kind: str, length: int) -> str:
        """The next id of a kind: it repeats with the seed, and is not used twice even after a restart."""
        return self.dice.token(length, kind, self.store.number(f"id:{kind}"))


def make_world(settings: SandboxSettings, clock: Clock | None = None) -> World:
    clock = clock or clock_from(settings.clock_file)
    store = Store(settings.state / "sandbox.sqlite")
    dice = Dice(settings.seed)
    agenda = Agenda(store, clock)
    ledger = Ledger(store, clock)
    faults = Faults(store, dice)
    webhooks = Webhooks(settings, store, clock, agenda, ledger, faults)
    return World(settings, store, clock, dice, agenda, ledger, faults, webhooks)
