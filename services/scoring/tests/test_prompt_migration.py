"""Templates from before one had versions: nothing of them is lost, and what was edited is left alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import scoring
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from contracts.placeholders import CALL_PLACEHOLDERS, TEMPLATE_PLACEHOLDERS, unknown_placeholders

SEEDS = Path(str(scoring.__file__)).parent / "migrations" / "seeds"
SECTIONS = ("system_prompt", "first_message", "qualification_prompt")


def seed(folder: str, section: str) -> str:
    return (SEEDS / folder / f"{section}.txt").read_text(encoding="utf-8").strip()


async def migrated(database: ServiceDatabase, before: str = "") -> list[Any]:
    """Every version of every family, when ``before`` was done to the tables as they were."""
    await asyncio.to_thread(upgrade, "scoring", database.url, database.schema, "0002")
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    try:
        if before:
            await db.execute(before)
        await asyncio.to_thread(upgrade, "scoring", database.url, database.schema)
        return list(
            await db.fetch(
                """SELECT t.template_id, t.section, t.is_active, t.version AS current, v.version, v.name,
                          v.meta_prompt, v.section AS section_then
                   FROM prompt_templates t JOIN prompt_template_versions v USING (template_id)
                   ORDER BY t.template_id, v.version"""
            )
        )
    finally:
        await db.close()


async def test_untouched_templates_say_the_new_words_and_keep_the_old_ones(
    fresh_schema: ServiceDatabase,
) -> None:
    rows = await migrated(fresh_schema)
    assert [(row["section"], row["version"]) for row in rows] == [
        (section, version) for section in SECTIONS for version in (1, 2)
    ]
    for row in rows:
        assert (row["is_active"], row["current"], row["section_then"]) == (True, 2, row["section"])
        assert row["meta_prompt"] == seed("0001" if row["version"] == 1 else "0003", row["section"])


async def test_what_a_recruiter_edited_or_put_out_is_left_as_it_is(fresh_schema: ServiceDatabase) -> None:
    rows = await migrated(
        fresh_schema,
        """UPDATE prompt_templates SET meta_prompt = 'Mine, {title}.' WHERE section = 'first_message';
           UPDATE prompt_templates SET is_active = false WHERE section = 'system_prompt'""",
    )
    assert [(row["section"], row["current"], row["version"], row["is_active"]) for row in rows] == [
        ("system_prompt", 1, 1, False),
        ("first_message", 1, 1, True),
        ("qualification_prompt", 2, 1, True),
        ("qualification_prompt", 2, 2, True),
    ]
    assert rows[1]["meta_prompt"] == "Mine, {title}."


async def test_versions_of_one_name_become_one_family_and_the_active_one_stays_what_counts(
    fresh_schema: ServiceDatabase,
) -> None:
    rows = await migrated(
        fresh_schema,
        """INSERT INTO prompt_templates (section, name, is_active, meta_prompt, version) VALUES
               ('first_message', 'First message', false, 'Later, {title}.', 2),
               ('first_message', 'Other', false, 'Other three.', 3),
               ('first_message', 'Other', false, 'Other four.', 4),
               (NULL, 'All in one', false, 'Everything.', 1),
               (NULL, 'All in one', true, 'Everything, again.', 1)""",
    )
    families: dict[int, list[Any]] = {}
    for row in rows:
        families.setdefault(row["template_id"], []).append(row)
    told = {
        (family[0]["section"], family[0]["name"], family[0]["is_active"], family[0]["current"]): [
            row["meta_prompt"] for row in family
        ]
        for family in families.values()
    }
    assert len(rows) == 8 + 3, "a row is lost, or one too many"
    assert told["first_message", "First message", True, 3] == [
        seed("0001", "first_message"),
        "Later, {title}.",
        seed("0003", "first_message"),
    ]
    assert told["first_message", "Other", False, 4] == ["Other three.", "Other four."]
    assert told[None, "All in one", False, 1] == ["Everything."]
    assert told[None, "All in one", True, 1] == ["Everything, again."]


async def test_of_several_active_templates_without_section_the_last_one_stays_active(
    fresh_schema: ServiceDatabase,
) -> None:
    rows = await migrated(
        fresh_schema,
        """INSERT INTO prompt_templates (section, name, is_active, meta_prompt, version, updated_at) VALUES
               (NULL, 'Older', true, 'Older.', 1, '2026-01-01Z'),
               (NULL, 'Newer', true, 'Newer.', 1, '2026-02-01Z'),
               (NULL, 'Oldest', true, 'Oldest.', 1, '2025-01-01Z')""",
    )
    legacy = {row["name"]: row["is_active"] for row in rows if row["section"] is None}
    assert legacy == {"Older": False, "Newer": True, "Oldest": False}
    assert sum(row["is_active"] for row in rows if row["section"] is not None) == 6


@pytest.mark.parametrize("section", SECTIONS)
def test_the_seeds_name_what_is_filled_and_nothing_else(section: str) -> None:
    text = seed("0003", section)
    known = TEMPLATE_PLACEHOLDERS + (CALL_PLACEHOLDERS if section != "qualification_prompt" else ())
    assert unknown_placeholders(text, known) == []
    for placeholder in TEMPLATE_PLACEHOLDERS:
        assert f"{{{placeholder}}}" in text


def test_the_seeds_go_on_from_the_opening_line_and_honour_a_no() -> None:
    first, system = seed("0003", "first_message"), seed("0003", "system_prompt")
    for asked in ("The opening line is spoken before your text", "do not greet", "do not introduce"):
        assert asked in first
    assert "greet {candidate_name}" not in first
    for asked in (
        "its opening line has already been said",
        "never to deny being an AI",
        "does not greet or introduce itself a second time",
        "offer that a colleague will call",
        "does not want to be called again: to accept it at once",
    ):
        assert asked in system
