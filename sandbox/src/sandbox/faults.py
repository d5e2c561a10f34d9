"""What the sandbox can be told to do wrong, how often, and to whom.

A fault strikes ``count`` times (or without end) with a ``probability`` drawn from the seed, so that a run
with faults repeats as well.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.dice import Dice
from sandbox.store import Store


class Kind(StrEnum):
    """The first group concerns requests to a provider, the second webhooks, the third what is answered."""

    STATUS = "status"
    SLOW = "slow"
    ACCEPT_THEN_CLOSE = "accept_then_close"
    ACCEPT_THEN_HANG = "accept_then_hang"
    CLOSE = "close"

    LOST = "lost"
    DUPLICATED = "duplicated"
    LATE = "late"
    REORDERED = "reordered"
    WEBHOOK_FIRST = "webhook_first"
    BAD_SIGNATURE = "bad_signature"
    OLD_SIGNATURE = "old_signature"
    EXCLUDE_TRANSCRIPT = "exclude_transcript"

    OVERRIDE_REFUSED = "override_refused"
    OVERRIDE_FAILS_CALL = "override_fails_call"
    NO_CONVERSATION_ID = "no_conversation_id"
    HELD = "held"
    """A submitted batch is dialled by nobody until it is let go."""
    SLOW_DISPATCH = "slow_dispatch"
    """So many ``seconds`` of the clock pass between two calls of a batch."""
    REFUSAL = "refusal"
    NOT_JSON = "not_json"
    CUT_SHORT = "cut_short"
    FENCED = "fenced"
    AS_JSON = "as_json"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    """These three spoil what was asked for as plain text."""
    CONTEXT_EXCEEDED = "context_exceeded"
    INVENTED_QUOTE = "invented_quote"
    MISSING_CRITERIA = "missing_criteria"
    DOUBLED_CRITERION = "doubled_criterion"
    UNKNOWN_CRITERION = "unknown_criterion"
    UNKNOWN_FIELD = "unknown_field"
    """These five spoil a judgement by criteria."""
    NOT_INDEXED = "not_indexed"
    """Gmail's search lags behind its mailbox: a search finds nothing, a list without one shows everything."""
    API_OFF = "api_off"
    """The Gmail API is switched off in Google Cloud: whatever is asked, the answer is 403."""


class Fault(BaseModel):
    """One way to misbehave. ``provider`` and ``operation`` may be ``*``; a webhook is named by its type."""

    model_config = ConfigDict(extra="forbid")

    id: str = ""
    provider: str = "*"
    operation: str = "*"
    kind: Kind
    status: int = Field(default=500, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    """Seconds, for ``status`` 429 and 503."""
    seconds: float | None = Field(default=None, ge=0)
    """Real seconds for ``slow``; clock seconds for ``late``, ``reordered`` and ``slow_dispatch``."""
    count: int | None = Field(default=1, ge=1)
    """How often it still strikes; null is without end."""
    probability: float = Field(default=1.0, gt=0, le=1)
    tried: int = 0
    struck: int = 0

    def concerns(self, provider: str, operation: str) -> bool:
        return self.provider in ("*", provider) and self.operation in ("*", operation)

    @property
    def spent(self) -> bool:
        return self.count is not None and self.struck >= self.count


class Faults:
    """The faults in force; kept on disk like everything else."""

    def __init__(self, store: Store, dice: Dice) -> None:
        self._store = store
        self._dice = dice

    def add(self, fault: Fault) -> Fault:
        with self._store.atomic():
            fault = fault.model_copy(update={"id": f"fault-{self._store.number('fault')}"})
            self._save(fault)
        return fault

    def all(self) -> list[Fault]:
        return [Fault.model_validate(body) for body in self._store.find("fault")]

    def remove(self, id: str) -> bool:
        return self._store.delete("fault", id)

    def clear(self) -> None:
        for fault in self.all():
            self.remove(fault.id)

    def strikes(self, provider: str, operation: str, *kinds: Kind) -> Fault | None:
        """The first fault of these kinds that strikes now; it counts as used."""
        with self._store.atomic():
            for fault in self.all():
                if fault.kind not in kinds or fault.spent or not fault.concerns(provider, operation):
                    continue
                hit = self._dice.fraction("fault", fault.id, fault.tried) < fault.probability
                used: dict[str, Any] = {"tried": fault.tried + 1, "struck": fault.struck + hit}
                self._save(fault.model_copy(update=used))
                if hit:
                    return fault
        return None

    def _save(self, fault: Fault) -> None:
        self._store.put("fault", fault.id, fault.model_dump(mode="json"))
