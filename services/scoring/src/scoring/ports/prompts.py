"""Where prompt templates, and what was written by them, are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import Actor

from scoring.domain.prompt_templates import Section
from scoring.domain.writing import Material
from scoring.ports.model import Written


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it reads now."""

    template_id: int
    section: Section | None
    name: str
    meta_prompt: str
    version: int
    is_active: bool
    updated_at: datetime
    updated_by: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    version: int
    name: str
    meta_prompt: str
    saved_at: datetime
    saved_by: str | None


class PromptTemplates(Protocol):
    async def one_at_a_time(self, tx: Tx) -> None:
        """Until this transaction ends nobody else changes a template; whoever reads is not held up."""

    async def all(self, tx: Tx) -> list[Template]:
        """By section, those without one last; the active one first."""

    async def find(self, tx: Tx, template_id: int) -> Template | None: ...

    async def versions(self, tx: Tx, template_id: int) -> list[TemplateVersion]:
        """Newest first."""

    async def add(self, tx: Tx, section: Section, name: str, meta_prompt: str, by: str | None) -> int:
        """A new template in its first version, not active; answers its id."""

    async def add_version(
        self, tx: Tx, template_id: int, section: Section, name: str, meta_prompt: str, by: str | None
    ) -> int:
        """The template reads like this from now on; answers the version's number."""

    async def set_active(self, tx: Tx, template_ids: Sequence[int], active: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Generation:
    """What was asked for, and the template (id, version) of each section, in the order of writing."""

    generation_id: UUID
    position_id: int | None
    is_test: bool
    material: Material
    actor: Actor
    templates: Sequence[tuple[Section, Template]]


@dataclass(frozen=True, slots=True)
class SectionTask:
    """A section whose turn it is. ``silent_since``: when the model first could not be reached for it."""

    generation_id: UUID
    section: Section
    position_id: int | None
    actor: Actor
    material: Material
    template_id: int
    template_version: int
    meta_prompt: str
    silences: int
    silent_since: datetime | None


class Generations(Protocol):
    async def add(self, tx: Tx, generation: Generation) -> bool:
        """Write it down, every section waiting; False when it is known already."""

    async def next_section(self, tx: Tx, generation_id: UUID) -> Section | None:
        """Its turn it is from now on; None when none waits."""

    async def open(self, tx: Tx, generation_id: UUID, section: Section) -> SectionTask | None:
        """None when it is settled, or not its turn."""

    async def keep_answer(
        self, tx: Tx, generation_id: UUID, section: Section, written: Written, cost_usd: float | None
    ) -> None:
        """What the model said and what it cost, whatever becomes of it."""

    async def write(self, tx: Tx, generation_id: UUID, section: Section, text: str) -> bool:
        """Settle it; False when it is settled already, be it by a stop."""

    async def fail(self, tx: Tx, generation_id: UUID, section: Section, reason: str) -> bool:
        """Settle it without a text; False when it is settled already."""

    async def count_silence(self, tx: Tx, generation_id: UUID, section: Section) -> bool:
        """False when it is settled already."""

    async def stop(self, tx: Tx, generation_id: UUID) -> list[Section] | None:
        """Settle what is not written yet, and say what that was; None when it is not known."""
