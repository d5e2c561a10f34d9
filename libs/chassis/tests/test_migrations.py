"""Migrations stand inside a package, take whole scripts, and keep their version in the service's schema."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest
from chassis.migrations import NoMigrations, migrations_of, upgrade
from chassis.servers import ServiceDatabase
from chassis.sql_script import statements
from hypothesis import given
from hypothesis import strategies as st

FIRST = '''
"""The first tables."""
from alembic import op
from chassis.migrations import create_chassis_tables

revision, down_revision = "0001", None


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute("""
        CREATE TABLE things (id bigserial PRIMARY KEY, word text DEFAULT 'a;b');
        -- a comment; with a semicolon
        INSERT INTO things (word) VALUES ('it''s; here');
        CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
    """)
'''
SECOND = '''
"""One more column."""
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE things ADD COLUMN more int")
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "a_service_package" / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('finding migrations imports nothing')")
    (folder / "env.py").write_text("from chassis.migrations import run_env\n\nrun_env()\n")
    (folder / "versions" / "0001_first.py").write_text(FIRST)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("a_service_package", None)
    return "a_service_package"


async def test_a_schema_is_brought_up_to_date_step_by_step(
    fresh_schema: ServiceDatabase, package: str
) -> None:
    async def bring_up() -> None:
        await asyncio.to_thread(upgrade, package, fresh_schema.url, fresh_schema.schema)

    await bring_up()
    (migrations_of(package) / "versions" / "0002_more.py").write_text(SECOND)
    await asyncio.gather(bring_up(), bring_up())
    db = await asyncpg.connect(fresh_schema.url, server_settings={"search_path": fresh_schema.schema})
    try:
        assert await db.fetchval("SELECT version_num FROM alembic_version") == "0002"
        row = await db.fetchrow("SELECT word, more, one() AS one FROM things")
        assert tuple(row) == ("it's; here", None, 1)
        found = await db.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = $1", fresh_schema.schema
        )
    finally:
        await db.close()
    assert {"inbox", "outbox", "deferred", "leases", "commands", "effects"} <= {row[0] for row in found}


def test_a_package_without_migrations_is_named() -> None:
    with pytest.raises(NoMigrations, match="people"):
        migrations_of("people")


def test_a_script_is_cut_at_its_own_semicolons_only() -> None:
    script = """
        -- first; comment
        SELECT ';' AS a, "odd;name" FROM t; /* between; */
        CREATE FUNCTION f() RETURNS int AS $body$ BEGIN; RETURN 1; END $body$ LANGUAGE plpgsql;
        SELECT $1;;
        SELECT 'it''s; fine'
    """
    found = list(statements(script))
    assert len(found) == 4
    assert found[0].endswith('"odd;name" FROM t')
    assert found[1].endswith("LANGUAGE plpgsql")
    assert found[3] == "SELECT 'it''s; fine'"


words = st.lists(st.sampled_from(["SELECT 1", "'a;b'", '"c;d"', "$$e;f$$", "/* ;; */", "x"]), min_size=1)


@given(st.lists(words.map(" ".join).filter(lambda part: "SELECT" in part), max_size=5))
def test_what_is_joined_by_semicolons_is_cut_apart_again(parts: list[str]) -> None:
    assert list(statements(";\n".join(parts))) == parts
