"""The texts of a position while the model writes them: started, watched and stopped from its form.

What was typed elsewhere in the form is not touched. For a position that is there, intake saves each text as
it comes; the form then moves along with the position, as long as nothing else of it was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import Refused
from contracts.intake import PositionDetails
from contracts.scoring import GenerateSections, PromptSection, StopGeneration

from recruiter_ui.domain.prompt_words import SECTIONS
from recruiter_ui.domain.reading import Malformed, identity, number, typed
from recruiter_ui.domain.revisions import changed_since, fingerprint
from recruiter_ui.domain.writing import UNDER_WAY, SectionState, only_written, states
from recruiter_ui.pages.prompt_templates import templates_now
from recruiter_ui.pages.refusals import trouble
from recruiter_ui.pages.settling import settled
from recruiter_ui.queries import generations
from recruiter_ui.queries.fetching import Record
from recruiter_ui.web import Visit

PATIENCE_SECONDS = 1.0
"""For the question which sections can be written; a form opens without an answer too."""
JUST_NOW = timedelta(seconds=20)
LONGEST = {"title": 200, "description": 20_000, "campaign_questions": 10_000}


@dataclass(frozen=True, slots=True)
class Writing:
    """What the form shows of it."""

    position_id: int | None
    revision: str
    shown: str
    generation_id: UUID | None = None
    wanted: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    """Sections without an active template."""
    sections: dict[str, SectionState] = field(default_factory=lambda: dict.fromkeys(SECTIONS, SectionState()))
    problem: str | None = None

    @property
    def under_way(self) -> bool:
        return any(it.state in UNDER_WAY for it in self.sections.values())

    @property
    def done(self) -> int:
        return sum(it.state in ("written", "failed", "stopped") for it in self.sections.values())

    @property
    def address(self) -> str:
        return f"/positions/{self.position_id or 'new'}/writing"


async def writing_of(visit: Visit, position: Record | None, revision: str, shown: str) -> Writing:
    """For a form that is shown whole: as what was sent says, else what is being written for it just now."""
    off = () if visit.is_partial else await _without_template(visit)
    generation_id, wanted = _sent(visit)
    position_id = position["position_id"] if position else None
    async with visit.ui.begin() as tx:
        if generation_id is None and position_id is not None and not visit.form:
            generation_id = await generations.under_way(tx.db, position_id, visit.now)
        rows = await generations.sections_of(tx.db, generation_id) if generation_id else {}
    if (
        not wanted
    ):  # of what was written a while ago the position tells itself, and somebody may have edited it
        rows = {name: row for name, row in rows.items() if visit.now - row["result_at"] < JUST_NOW}
    return _writing(position, revision, shown, generation_id, wanted or tuple(rows), off, rows)


async def start(visit: Visit, position: Record | None) -> Writing:
    """Ask for one section, or for all three one after the other, from what is typed now."""
    wanted = tuple(name for name in SECTIONS if name in visit.form.getlist("section"))
    if visit.field("section") == "all":
        off = _off(visit.field("off"))
        wanted = tuple(name for name in SECTIONS if name not in off)
    if not wanted:
        raise Malformed("no section is named")
    said = {name: typed(visit.field(name))[:most] for name, most in LONGEST.items()}
    if not said["title"]:
        return await _now(
            visit, position, None, (), "Give the position a title first: they are written from it."
        )
    command = GenerateSections(
        command_id=new_id(),
        actor=visit.actor,
        generation_id=new_id(),
        sections=[PromptSection(name) for name in wanted],
        position_id=position["position_id"] if position else None,
        **said,
    )
    reply = await visit.ui.commands.send(command)
    if isinstance(reply, Refused):
        return await _now(visit, position, None, (), trouble(reply, command))
    return await _now(visit, position, command.generation_id, wanted)


async def watch(visit: Visit, position: Record | None) -> Writing:
    """Where each stands now."""
    return await _now(visit, position, *_sent(visit))


async def stop(visit: Visit, position: Record | None) -> Writing:
    generation_id, wanted = _sent(visit)
    if generation_id is None:
        raise Malformed("nothing is being written")
    command = StopGeneration(command_id=new_id(), actor=visit.actor, generation_id=generation_id)
    reply = await visit.ui.commands.send(command)
    problem = trouble(reply, command) if isinstance(reply, Refused) else None
    if problem is None:
        told = "SELECT NOT EXISTS (SELECT FROM generations WHERE generation_id = $1 AND state = 'writing')"
        await settled(visit, told, generation_id)
    return await _now(visit, position, generation_id, wanted, problem)


async def _now(
    visit: Visit,
    position: Record | None,
    generation_id: UUID | None,
    wanted: Sequence[str],
    problem: str | None = None,
) -> Writing:
    async with visit.ui.begin() as tx:
        rows = await generations.sections_of(tx.db, generation_id) if generation_id else {}
    revision, shown, off = (given(visit, name) for name in ("revision", "shown", "off"))
    return _writing(position, revision, shown, generation_id, wanted, _off(off), rows, problem)


def _writing(
    position: Record | None,
    revision: str,
    shown: str,
    generation_id: UUID | None,
    wanted: Sequence[str],
    off: Sequence[str],
    rows: Mapping[str, Record],
    problem: str | None = None,
) -> Writing:
    details = details_now(position) if position else None
    if position and details and only_written(shown, details, rows):
        revision, shown = str(position["revision"]), fingerprint(details)
    return Writing(
        position_id=position["position_id"] if position else None,
        revision=revision,
        shown=shown,
        generation_id=generation_id,
        wanted=tuple(wanted),
        off=tuple(off),
        sections=states(wanted, rows, details),
        problem=problem,
    )


async def moved_along(visit: Visit, position: Record, mine: Mapping[str, Any]) -> int | None:
    """The revision that a form sent now may rest on: the one it showed, or a later one that differs only by
    what was written for it and stands in the form."""
    revision, shown = number(given(visit, "revision")), given(visit, "shown")
    generation_id, _ = _sent(visit)
    if generation_id is None or revision is None or position["revision"] <= revision:
        return revision
    async with visit.ui.begin() as tx:
        rows = await generations.sections_of(tx.db, generation_id)
    now = details_now(position)
    arrived = changed_since(shown, now) <= changed_since(shown, mine)
    return position["revision"] if arrived and only_written(shown, now, rows) else revision


def details_now(position: Record) -> dict[str, Any]:
    """With every field of today, also where an older fact did not know it."""
    return PositionDetails.model_validate(position["details"]).model_dump(mode="json")


def given(visit: Visit, name: str) -> str:
    """Of the form, or of the address where a part is asked for again."""
    return visit.field(name) or visit.query.get(name, "")


def _sent(visit: Visit) -> tuple[UUID | None, tuple[str, ...]]:
    named = given(visit, "generation")
    wanted = given(visit, "wanted").split(",")
    return identity(named) if named else None, tuple(name for name in SECTIONS if name in wanted)


def _off(text: str) -> tuple[str, ...]:
    return tuple(name for name in SECTIONS if name in text.split(","))


async def _without_template(visit: Visit) -> tuple[str, ...]:
    """None of them where scoring does not say: pressing the button then does."""
    templates = await templates_now(visit, PATIENCE_SECONDS)
    if templates is None:
        return ()
    active = {it.section.value for it in templates if it.section and it.is_active}
    return tuple(name for name in SECTIONS if name not in active)
