"""Templates from before they had revisions: nothing of them is lost, and what was edited is left alone."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import asyncpg
import messaging
import pytest
from chassis.migrations import upgrade
from chassis.servers import ServiceDatabase
from messaging.domain.letters import Channel
from messaging.domain.templates import problems_in

SEEDS = Path(str(messaging.__file__)).parent / "migrations" / "seeds"
KEY = ("message_type", "channel", "language")


def seeds(number: str) -> dict[tuple[str, ...], tuple[str, str]]:
    text = (SEEDS / f"{number}_message_templates.toml").read_text(encoding="utf-8")
    return {
        tuple(one[name] for name in KEY): (one.get("subject", ""), one["body"].strip())
        for one in tomllib.loads(text)["template"]
    }


async def migrated(database: ServiceDatabase, before: str = "") -> dict[tuple[str, ...], list[Any]]:
    """Every revision by template, when ``before`` was done to the tables as they were."""
    await asyncio.to_thread(upgrade, "messaging", database.url, database.schema, "0004")
    db = await asyncpg.connect(database.url, server_settings={"search_path": database.schema})
    try:
        if before:
            await db.execute(before)
        await asyncio.to_thread(upgrade, "messaging", database.url, database.schema)
        rows = await db.fetch(
            """SELECT t.message_type, t.channel, t.language, t.revision AS current, t.seed_body,
                      t.body AS now, t.subject AS subject_now, t.is_active AS active_now, r.*
               FROM message_templates t JOIN message_template_revisions r USING (template_id)
               ORDER BY t.template_id, r.revision"""
        )
    finally:
        await db.close()
    found: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in KEY), []).append(row)
    return found


async def test_what_nobody_edited_says_it_better_and_the_first_words_stay(
    fresh_schema: ServiceDatabase,
) -> None:
    first, second = seeds("0001"), seeds("0005")
    found = await migrated(fresh_schema)
    assert found.keys() == second.keys() == first.keys()
    for key, rows in found.items():
        expected = [first[key]] if first[key] == second[key] else [first[key], second[key]]
        assert [(row["subject"], row["body"]) for row in rows] == expected, key
        assert {(row["current"], row["seed_body"]) for row in rows} == {(len(expected), second[key][1])}
        assert (rows[-1]["subject_now"], rows[-1]["now"]) == second[key]


@pytest.mark.parametrize(
    "edit",
    ["SET body = 'Al nostru {reference}'", "SET subject = 'Al nostru'", "SET is_active = false"],
)
async def test_what_somebody_edited_or_put_out_is_left_as_it_is(
    fresh_schema: ServiceDatabase, edit: str
) -> None:
    key = ("rejection", "email", "ro")
    where = "WHERE message_type = 'rejection' AND channel = 'email' AND language = 'ro'"
    found = await migrated(fresh_schema, f"UPDATE message_templates {edit} {where}")
    [row] = found[key]
    subject, body = seeds("0001")[key]
    edited = {"SET body = 'Al nostru {reference}'": (subject, "Al nostru {reference}", True),
              "SET subject = 'Al nostru'": ("Al nostru", body, True),
              "SET is_active = false": (subject, body, False)}[edit]  # fmt: skip
    assert (row["subject"], row["body"], row["is_active"]) == edited
    assert (row["subject_now"], row["now"], row["active_now"]) == edited
    assert (row["current"], row["seed_body"]) == (1, seeds("0005")[key][1])
    assert len(found[("rejection", "email", "en")]) == 2


def test_the_seeded_words_pass_what_recruiters_words_have_to_pass() -> None:
    for (_, channel, language), (subject, body) in seeds("0005").items():
        assert problems_in(Channel(channel), language, subject, body) == []
        assert "{reference}" in body
        assert ("{reference}" in subject) == (channel == "email")
