"""Templates by which texts are written: saved in versions, one active per section."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from chassis.testing_rooms import PostgresRoom
from contracts import Accepted, Refused
from contracts.placeholders import CALL_PLACEHOLDERS, TEMPLATE_PLACEHOLDERS
from contracts.scoring import (
    PromptTemplateActivated,
    PromptTemplateDeactivated,
    PromptTemplateSaved,
    SavePromptTemplate,
)

from .prompts_desk import FIRST, QUALIFICATION, RECRUITER, SYSTEM, Desk, ask


@pytest.fixture
def desk(postgres_room: PostgresRoom) -> Desk:
    return Desk(postgres_room)


async def test_a_new_template_waits_to_be_activated(desk: Desk) -> None:
    seeded = await desk.active()
    template_id = await desk.saved(name=" Warm ", meta_prompt=" Write for {title}.\n")
    shown = await desk.shown(template_id)
    assert (shown.name, shown.meta_prompt, shown.version) == ("Warm", "Write for {title}.", 1)
    assert (shown.section, shown.is_active, shown.updated_by) == (FIRST, False, "Ioana Exemplu")
    assert [version.saved_by for version in shown.versions] == ["Ioana Exemplu"]
    assert await desk.active() == seeded
    [said] = await desk.room.said(PromptTemplateSaved)
    assert (said.template_id, said.template_version, said.section, said.actor) == (
        template_id,
        1,
        FIRST,
        RECRUITER,
    )


async def test_saving_again_keeps_the_older_versions_and_the_newest_counts(desk: Desk) -> None:
    template_id = await desk.saved()
    reply = await desk.saves(template_id=template_id, meta_prompt="Write two lines for {title}.")
    assert reply == Accepted(result={"template_id": template_id, "version": 2})
    shown = await desk.shown(template_id)
    assert shown.meta_prompt == "Write two lines for {title}."
    assert [(one.version, one.meta_prompt) for one in shown.versions] == [
        (2, "Write two lines for {title}."),
        (1, "Write for {title}."),
    ]


async def test_the_active_template_stays_active_with_its_new_text(desk: Desk) -> None:
    template_id = (await desk.active())[FIRST]
    before = await desk.shown(template_id)
    await desk.saved(template_id=template_id, name=before.name, meta_prompt="Short, for {title}.")
    [now] = [one for one in await desk.listed() if one.template_id == template_id]
    assert (now.is_active, now.meta_prompt, now.version) == (True, "Short, for {title}.", before.version + 1)
    assert await desk.room.said(PromptTemplateDeactivated) == []


async def test_saving_what_reads_the_same_makes_no_version(desk: Desk) -> None:
    template_id = await desk.saved()
    assert await desk.saves(template_id=template_id) == Accepted(
        result={"template_id": template_id, "version": 1}
    )
    assert len(await desk.room.said(PromptTemplateSaved)) == 1


async def test_who_saves_over_what_another_saved_meanwhile_is_refused(desk: Desk) -> None:
    template_id = await desk.saved()
    await desk.saved(template_id=template_id, meta_prompt="Two.", expected_version=1)
    reply = await desk.saves(template_id=template_id, meta_prompt="Three.", expected_version=1)
    assert isinstance(reply, Refused)
    assert reply.code == "saved_meanwhile"
    assert (await desk.shown(template_id)).meta_prompt == "Two."


async def test_of_two_that_save_over_the_same_version_at_once_one_is_refused(desk: Desk) -> None:
    template_id = await desk.saved()
    replies = await asyncio.gather(
        *(
            desk.saves(template_id=template_id, meta_prompt=f"Text {number}.", expected_version=1)
            for number in range(4)
        )
    )
    assert sorted(reply.status for reply in replies) == ["accepted", "refused", "refused", "refused"]
    assert len((await desk.shown(template_id)).versions) == 2


@pytest.mark.parametrize(
    ("section", "text", "unknown"),
    [
        (FIRST, "For {titel}.", "{titel}"),
        (SYSTEM, "For {title}: {salary}, {salary}.", "{salary}"),
        (FIRST, "Say {{candidate_name}}.", "{{candidate_name}}"),
        (QUALIFICATION, "Keep {candidate_name}.", "{candidate_name}"),
    ],
)
async def test_a_placeholder_that_nothing_fills_is_refused_with_the_known_ones(
    desk: Desk, section: str, text: str, unknown: str
) -> None:
    reply = await desk.saves(section=section, meta_prompt=text)
    assert isinstance(reply, Refused)
    assert reply.code == "unknown_placeholder"
    assert reply.message.startswith(f"Nothing fills {unknown}. ")
    known = TEMPLATE_PLACEHOLDERS + (() if section == QUALIFICATION else CALL_PLACEHOLDERS)
    assert all(f"{{{name}}}" in reply.message for name in known)
    assert ("{form_answers}" in reply.message) is (section != QUALIFICATION)


async def test_what_the_platform_or_the_call_fills_may_be_named(desk: Desk) -> None:
    text = " ".join(f"{{{name}}}" for name in TEMPLATE_PLACEHOLDERS + CALL_PLACEHOLDERS)
    assert await desk.saved(section=SYSTEM, meta_prompt=text + ' {{system__time}} {"json": 1}')
    assert await desk.saved(section=QUALIFICATION, meta_prompt="{title} {description} {campaign_questions}")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "  "}, "no_name"),
        ({"meta_prompt": " "}, "no_text"),
        ({"name": "a\x00b"}, "text_damaged"),
        ({"meta_prompt": "For {title}\x00."}, "text_damaged"),
    ],
)
async def test_a_template_without_name_or_readable_text_is_refused(
    desk: Desk, fields: dict[str, str], code: str
) -> None:
    reply = await desk.saves(**fields)
    assert isinstance(reply, Refused)
    assert reply.code == code


async def test_activation_replaces_within_its_section_only(desk: Desk) -> None:
    seeded = await desk.active()
    template_id = await desk.saved()
    assert await desk.activates(template_id) == Accepted(result={"replaced": [seeded[FIRST]]})
    assert await desk.active() == {**seeded, FIRST: template_id}
    [said] = await desk.room.said(PromptTemplateActivated)
    assert (said.template_id, said.section, said.replaced) == (template_id, FIRST, [seeded[FIRST]])
    assert await desk.activates(template_id) == Accepted(result={"replaced": []})
    assert len(await desk.room.said(PromptTemplateActivated)) == 1


async def test_a_template_without_section_puts_out_all_others_and_comes_back_out_with_none(
    desk: Desk,
) -> None:
    seeded = await desk.active()
    legacy = await desk.a_legacy_template(700)
    other = await desk.a_legacy_template(701, active=True)
    reply = await desk.activates(legacy)
    assert reply == Accepted(result={"replaced": sorted([*seeded.values(), other])})
    assert await desk.active() == {None: legacy}
    await desk.activates(seeded[FIRST])
    assert await desk.active() == {None: legacy, FIRST: seeded[FIRST]}
    [*_, last] = await desk.listed()
    assert last.section is None


async def test_a_template_that_gets_another_section_waits_there(desk: Desk) -> None:
    seeded = await desk.active()
    legacy = await desk.a_legacy_template(700, active=True)
    await desk.saved(template_id=legacy, section=FIRST, meta_prompt="Write for {title}.")
    assert await desk.active() == seeded
    [said] = await desk.room.said(PromptTemplateDeactivated)
    assert (said.template_id, said.section) == (legacy, None)
    shown = await desk.shown(legacy)
    assert (shown.section, shown.version, len(shown.versions)) == (FIRST, 2, 2)
    await desk.saved(template_id=seeded[FIRST], section=SYSTEM, name="Moved", meta_prompt="For {title}.")
    assert await desk.active() == {SYSTEM: seeded[SYSTEM], QUALIFICATION: seeded[QUALIFICATION]}


async def test_a_section_may_be_left_without_an_active_template(desk: Desk) -> None:
    template_id = (await desk.active())[FIRST]
    for _ in range(2):
        assert await desk.deactivates(template_id) == Accepted()
    assert FIRST not in await desk.active()
    assert len(await desk.room.said(PromptTemplateDeactivated)) == 1


async def test_of_activations_that_meet_exactly_one_stands(desk: Desk) -> None:
    ids = [await desk.saved(name=f"Number {number}") for number in range(4)]
    for _ in range(5):
        replies = await asyncio.gather(*(desk.activates(one, meanwhile=0.01) for one in ids))
        assert all(isinstance(reply, Accepted) for reply in replies)
        active = [one.template_id for one in await desk.listed() if one.is_active and one.section == FIRST]
        assert len(active) == 1
        assert active[0] in ids


async def test_a_save_that_meets_an_activation_ends(desk: Desk) -> None:
    template_id = await desk.saved()
    for number in range(5):
        saved, activated = await asyncio.gather(
            desk.saves(template_id=template_id, meta_prompt=f"Text {number}."),
            desk.activates(template_id, meanwhile=0.01),
        )
        assert isinstance(saved, Accepted)
        assert isinstance(activated, Accepted)
    assert (await desk.active())[FIRST] == template_id


async def test_the_table_itself_holds_one_active_template_per_section(desk: Desk) -> None:
    template_id = await desk.saved()
    with pytest.raises(asyncpg.UniqueViolationError):
        await desk.room.pool.execute(
            "UPDATE prompt_templates SET is_active = true WHERE template_id = $1", template_id
        )
    await desk.a_legacy_template(700, active=True)
    with pytest.raises(asyncpg.UniqueViolationError):
        await desk.a_legacy_template(701, active=True)


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    for reply in (
        await desk.activates(12345),
        await desk.deactivates(12345),
        await desk.saves(template_id=12345),
    ):
        assert isinstance(reply, Refused)
        assert reply.code == "not_found"


def test_a_section_is_required_to_save() -> None:
    with pytest.raises(ValueError, match="section"):
        ask(SavePromptTemplate, name="x", meta_prompt="y", section=None)
