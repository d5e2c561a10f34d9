"""Texts written one after the other, by a model that says this and that, on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from chassis.testing import eventually
from chassis.testing_rooms import Killed, PostgresRoom, crashing
from contracts import Accepted, Refused
from contracts.scoring import (
    GenerationStopped,
    SectionDue,
    SectionFailed,
    SectionGenerated,
    SectionRequested,
)
from scoring.domain.prompt_templates import Section
from scoring.ports import ModelObjects, ModelSilent, Written

from .prompts_desk import FIRST, GENERATION, QUALIFICATION, RECRUITER, SYSTEM, Desk, Writer, a_text, writer


@pytest.fixture
def desk(postgres_room: PostgresRoom) -> Desk:
    return Desk(postgres_room)


async def test_each_section_is_asked_for_when_the_former_is_written(desk: Desk) -> None:
    assert await desk.generates() == Accepted(result={"generation_id": str(GENERATION)})
    model = writer(a_text("Ești un sistem AI."), a_text("Este un moment bun?"), a_text("Permis: cerut."))
    for number, section in enumerate((SYSTEM, FIRST, QUALIFICATION), start=1):
        requested = await desk.room.said(SectionRequested)
        assert [event.section for event in requested][number - 1 :] == [section]
        await desk.writes_what_is_next(model)
    assert len(model.asked) == 3
    written = await desk.room.said(SectionGenerated)
    assert [(event.section, event.text) for event in written] == [
        (SYSTEM, "Ești un sistem AI."),
        (FIRST, "Este un moment bun?"),
        (QUALIFICATION, "Permis: cerut."),
    ]
    assert all((event.position_id, event.actor) == (5, RECRUITER) for event in written)
    assert await desk.states() == {section.value: "written" for section in (SYSTEM, FIRST, QUALIFICATION)}


async def test_a_text_says_by_what_it_was_written_and_what_it_cost(desk: Desk) -> None:
    template_id = (await desk.active())[FIRST]
    version = (await desk.shown(template_id)).version
    await desk.generates(FIRST)
    await desk.writes_what_is_next(model := writer())
    [event] = await desk.room.said(SectionGenerated)
    assert (event.template_id, event.template_version, event.model) == (
        template_id,
        version,
        "claude-sonnet-4-6",
    )
    assert (event.input_tokens, event.output_tokens, event.latency_ms) == (1000, 200, 900)
    assert event.cost_usd == pytest.approx(0.006)
    [(system, user)] = model.asked
    assert "plain text" in system
    assert "<title>Șofer</title>" in user
    assert "<description>Livrări.</description>" in user
    row = await desk.room.pool.fetchrow("SELECT * FROM generated_sections")
    assert row is not None
    assert (row["text"], row["request_id"], row["raw_response"]) == (
        "Este un moment bun?",
        "req_1",
        {"id": "msg_1"},
    )


async def test_a_model_without_a_price_costs_not_known(desk: Desk) -> None:
    await desk.generates(FIRST)
    await desk.writes_what_is_next(writer(a_text(model="some-model")))
    [event] = await desk.room.said(SectionGenerated)
    assert event.cost_usd is None


async def test_the_version_counts_that_was_active_when_it_was_asked_for(desk: Desk) -> None:
    template_id = (await desk.active())[FIRST]
    await desk.generates(FIRST)
    await desk.saved(template_id=template_id, meta_prompt="Something else for {title}.")
    await desk.writes_what_is_next(model := writer())
    assert "Something else" not in model.asked[0][1]


UNUSABLE = [
    (a_text(stop_reason="max_tokens"), "ANTHROPIC_MAX_TOKENS"),
    (a_text("", stop_reason="refusal"), "refused"),
    (a_text("  "), "nothing"),
    (a_text('{"text": "Bună"}'), "JSON"),
    (a_text("Iată:\n```\nBună\n```"), "fence"),
    (a_text("Salariu: {salary}"), "{salary}"),
    (a_text("x" * 20_001), "20001 characters"),
    (ModelObjects("HTTP 400"), "HTTP 400"),
]


@pytest.mark.parametrize(("says", "why"), UNUSABLE)
async def test_one_text_that_can_not_be_had_says_why_and_the_next_is_written(
    desk: Desk, says: Written | Exception, why: str
) -> None:
    await desk.generates(SYSTEM, FIRST)
    model = writer(says, a_text())
    await desk.writes_what_is_next(model)
    [failed] = await desk.room.said(SectionFailed)
    assert (failed.section, failed.position_id, failed.actor) == (SYSTEM, 5, RECRUITER)
    assert why in failed.reason
    await desk.writes_what_is_next(model)
    [written] = await desk.room.said(SectionGenerated)
    assert written.section == FIRST
    assert await desk.states() == {"system_prompt": "failed", "first_message": "written"}
    assert len(model.asked) == 2


async def test_a_silent_model_is_asked_again_by_a_timer_and_then_heard(desk: Desk) -> None:
    await desk.generates(FIRST)
    model = writer(ModelSilent("HTTP 529"), ModelSilent("HTTP 429", advised=50), a_text())
    await desk.writes_what_is_next(model)
    [timer] = await desk.room.timers()
    assert timer.event == SectionDue(generation_id=GENERATION, section=FIRST)
    assert timer.at - desk.room.clock.now() == timedelta(seconds=4)
    assert isinstance(timer.event, SectionDue)
    desk.room.clock.wait(timedelta(seconds=4))
    await desk.writes(model, timer.event)
    [timer] = await desk.room.timers()
    assert timer.at - desk.room.clock.now() == timedelta(seconds=50)
    await desk.writes(model, SectionDue(generation_id=GENERATION, section=FIRST))
    assert len(await desk.room.said(SectionGenerated)) == 1


async def test_a_model_that_stays_silent_is_given_up_after_two_minutes(desk: Desk) -> None:
    await desk.generates(FIRST, QUALIFICATION)
    model, began = writer(ModelSilent("HTTP 529")), desk.room.clock.now()
    await desk.writes_what_is_next(model)
    while not await desk.room.said(SectionFailed):
        [timer] = await desk.room.timers()
        desk.room.clock.shown = timer.at
        await desk.writes(model, SectionDue(generation_id=GENERATION, section=FIRST))
    [failed] = await desk.room.said(SectionFailed)
    assert "could not be reached (HTTP 529): try again in a few minutes" in failed.reason
    assert timedelta(seconds=80) < desk.room.clock.now() - began <= timedelta(seconds=120)
    assert 5 <= len(model.asked) <= 9
    assert await desk.states() == {"first_message": "failed", "qualification_prompt": "requested"}


async def test_what_is_not_written_is_not_written_after_a_stop(desk: Desk) -> None:
    await desk.generates()
    await desk.writes_what_is_next(model := writer())
    assert await desk.stops() == Accepted(result={"stopped": ["first_message", "qualification_prompt"]})
    await desk.writes_what_is_next(model)
    assert len(model.asked) == 1
    [stopped] = await desk.room.said(GenerationStopped)
    assert (stopped.sections, stopped.actor) == ([FIRST, QUALIFICATION], RECRUITER)
    assert await desk.stops() == Accepted(result={"stopped": []})
    assert len(await desk.room.said(GenerationStopped)) == 1


async def test_an_answer_that_comes_after_a_stop_is_dropped_and_its_cost_kept(desk: Desk) -> None:
    await desk.generates()
    model = Writer([a_text()], meanwhile=desk.stops)
    await desk.writes_what_is_next(model)
    assert len(model.asked) == 1
    assert await desk.room.said(SectionGenerated) == []
    assert len(await desk.room.said(SectionRequested)) == 1
    assert set((await desk.states()).values()) == {"stopped"}
    cost = await desk.room.pool.fetchval("SELECT sum(cost_usd) FROM generated_sections")
    assert cost == pytest.approx(0.006)


@pytest.mark.parametrize("says", [a_text(""), ModelSilent("HTTP 529"), ModelObjects("HTTP 400")])
async def test_trouble_after_a_stop_is_nobodys_concern(desk: Desk, says: Written | Exception) -> None:
    await desk.generates()
    await desk.writes_what_is_next(Writer([says], meanwhile=desk.stops))
    assert await desk.room.said(SectionFailed) == []
    assert await desk.room.timers() == []
    assert len(await desk.room.said(SectionRequested)) == 1


async def test_a_stop_takes_the_timer_back(desk: Desk) -> None:
    await desk.generates(FIRST)
    await desk.writes_what_is_next(writer(ModelSilent("HTTP 529")))
    assert len(await desk.room.timers()) == 1
    await desk.stops()
    assert await desk.room.timers() == []


async def test_a_stop_and_an_answer_that_meet_agree(desk: Desk) -> None:
    """Whoever comes first: a text is either said or stopped, never both, and nobody waits for ever."""
    for number in range(12):
        generation = UUID(int=1000 + number)
        await desk.generates(generation_id=generation)
        requested = (await desk.room.said(SectionRequested))[-1]
        model = Writer([a_text()], meanwhile=lambda pause=number % 3: asyncio.sleep(pause * 0.002))
        reply, _ = await asyncio.gather(desk.stops(generation), desk.writes(model, requested))
        assert isinstance(reply, Accepted)
        written = [e for e in await desk.room.said(SectionGenerated) if e.generation_id == generation]
        stopped = reply.result["stopped"]
        assert sorted([*stopped, *(event.section.value for event in written)]) == [
            "first_message",
            "qualification_prompt",
            "system_prompt",
        ]


async def test_a_stop_waits_for_an_answer_that_is_being_written_down(desk: Desk) -> None:
    """Neither waits for the other in a circle, in whatever order their rows lie."""
    await desk.generates()
    await desk.writes_what_is_next(writer(ModelSilent("HTTP 529")))
    held = """SELECT count(*) FROM pg_stat_activity
              WHERE wait_event_type = 'Lock' AND datname = current_database()"""
    async with desk.room.begin() as tx:
        assert await desk.generations.write(tx, GENERATION, Section.SYSTEM_PROMPT, "Ești un sistem AI.")
        stopping = asyncio.create_task(desk.stops())
        await eventually(lambda: desk.room.pool.fetchval(held), what="the stop to wait")
        assert await desk.generations.next_section(tx, GENERATION) is Section.FIRST_MESSAGE
    assert await stopping == Accepted(result={"stopped": ["first_message", "qualification_prompt"]})
    assert list((await desk.states()).values()) == ["written", "stopped", "stopped"]


@pytest.mark.parametrize("moment", range(6))
async def test_a_crash_at_any_moment_asks_again_and_says_it_once(desk: Desk, moment: int) -> None:
    """Before and behind each commit: of reading the task, and of settling it with the answer in hand."""
    await desk.generates(SYSTEM, FIRST)
    model = writer()
    [requested] = await desk.room.said(SectionRequested)
    with pytest.raises(Killed):
        await desk.writes(model, requested, crashing(desk.room.begin, moment))
    await desk.writes(model, requested)
    assert [event.section for event in await desk.room.said(SectionGenerated)] == [SYSTEM]
    assert [event.section for event in await desk.room.said(SectionRequested)] == [SYSTEM, FIRST]
    assert len(model.asked) <= 2


async def test_the_same_generation_asked_for_twice_is_one(desk: Desk) -> None:
    replies = await asyncio.gather(*(desk.generates() for _ in range(4)))
    assert set(map(str, replies)) == {str(Accepted(result={"generation_id": str(GENERATION)}))}
    assert len(await desk.room.said(SectionRequested)) == 1
    await desk.writes_what_is_next(model := writer())
    await desk.writes(model, (await desk.room.said(SectionRequested))[0])
    assert len(model.asked) == 1


async def test_a_section_named_twice_is_written_once(desk: Desk) -> None:
    await desk.generates(FIRST, SYSTEM, FIRST)
    assert list(await desk.states()) == ["first_message", "system_prompt"]


async def test_a_section_without_active_template_is_refused_by_name_before_anything_is_written(
    desk: Desk,
) -> None:
    await desk.deactivates((await desk.active())[FIRST])
    await desk.deactivates((await desk.active())[QUALIFICATION])
    reply = await desk.generates()
    assert isinstance(reply, Refused)
    assert reply.code == "no_active_template"
    assert "The first message and the qualification prompt can't be written" in reply.message
    assert await desk.room.said(SectionRequested) == []
    assert isinstance(await desk.generates(SYSTEM), Accepted)


async def test_a_template_is_tried_without_a_position_and_need_not_be_active(desk: Desk) -> None:
    template_id = await desk.saved(meta_prompt="Try this for {title}.")
    tried = {"template_id": template_id, "position_id": None}
    assert isinstance(await desk.generates(FIRST, **tried), Accepted)
    await desk.writes_what_is_next(model := writer())
    assert model.asked[0][1] == "Try this for <title>Șofer</title>."
    [event] = await desk.room.said(SectionGenerated)
    assert (event.position_id, event.template_id, event.template_version) == (None, template_id, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"template_id": 1, "position_id": 5}, "test_saves_nothing"),
        ({"template_id": 12345, "position_id": None}, "not_found"),
        ({"template_id": 700, "position_id": None}, "no_section"),
        ({"template_id": 1, "position_id": None}, "other_section"),
        ({"title": "  "}, "no_title"),
        ({"title": "a\x00b"}, "text_damaged"),
        ({"description": "\x00"}, "text_damaged"),
        ({"campaign_questions": "\x0b"}, "text_damaged"),
    ],
)
async def test_what_can_not_be_written_is_refused(desk: Desk, fields: dict[str, object], code: str) -> None:
    await desk.a_legacy_template(700)
    reply = await desk.generates(FIRST, **fields)
    assert isinstance(reply, Refused)
    assert reply.code == code
    assert await desk.room.said(SectionRequested) == []


async def test_a_generation_nobody_asked_for_can_not_be_stopped(desk: Desk) -> None:
    reply = await desk.stops(UUID(int=5))
    assert isinstance(reply, Refused)
    assert reply.code == "not_found"
