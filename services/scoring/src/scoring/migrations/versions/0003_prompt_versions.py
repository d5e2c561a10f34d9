"""Versions of prompt templates, texts generated from them, and a new wording of the seeded ones.

A template becomes a family: rows of the same section and name were versions of one text, and stay as its
versions. Each row without a section stays a family of its own. Calls begin with a fixed opening line now, so
the seeded texts go on from there; a template that somebody edited, or put out, is left as it is.
"""

from pathlib import Path

import sqlalchemy
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEEDS = Path(__file__).parent.parent / "seeds"
SECTIONS = ("system_prompt", "first_message", "qualification_prompt")

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE prompt_template_versions (
        template_id bigint NOT NULL,
        version integer NOT NULL,
        section text CHECK (section IN ('system_prompt', 'first_message', 'qualification_prompt')),
        name text NOT NULL,
        meta_prompt text NOT NULL,
        saved_at timestamptz NOT NULL,
        saved_by text,
        PRIMARY KEY (template_id, version)
    )
    """,
    """
    CREATE TEMPORARY TABLE families ON COMMIT DROP AS
    SELECT template_id, version, section, name, meta_prompt, created_at, updated_at,
           CASE WHEN section IS NULL THEN template_id
                ELSE first_value(template_id) OVER (
                    PARTITION BY section, name ORDER BY is_active DESC, version DESC) END AS family_id
    FROM prompt_templates
    """,
    """
    INSERT INTO prompt_template_versions (template_id, version, section, name, meta_prompt, saved_at)
    SELECT family_id, version, section, name, meta_prompt, updated_at FROM families
    """,
    """
    UPDATE prompt_templates t SET created_at = f.first_at
    FROM (SELECT family_id, min(created_at) AS first_at FROM families GROUP BY family_id) f
    WHERE t.template_id = f.family_id
    """,
    "DELETE FROM prompt_templates WHERE template_id NOT IN (SELECT family_id FROM families)",
    "DROP INDEX prompt_templates_one_active",
    # Of templates without section any number could be active: the one that was touched last stays so.
    """
    UPDATE prompt_templates SET is_active = false
    WHERE section IS NULL AND is_active AND template_id <> (
        SELECT template_id FROM prompt_templates WHERE section IS NULL AND is_active
        ORDER BY updated_at DESC, template_id DESC LIMIT 1)
    """,
    """
    CREATE UNIQUE INDEX prompt_templates_one_active ON prompt_templates (coalesce(section, ''))
    WHERE is_active
    """,
    """
    ALTER TABLE prompt_templates
        DROP CONSTRAINT prompt_templates_section_version_key,
        DROP COLUMN name, DROP COLUMN meta_prompt, ADD COLUMN updated_by text,
        ADD FOREIGN KEY (template_id, version) REFERENCES prompt_template_versions
    """,
    """
    CREATE TABLE generations (
        generation_id uuid PRIMARY KEY,
        position_id bigint,
        is_test boolean NOT NULL,
        title text NOT NULL,
        description text NOT NULL,
        campaign_questions text NOT NULL,
        actor jsonb NOT NULL,
        requested_at timestamptz NOT NULL,
        CHECK (NOT is_test OR position_id IS NULL)
    )
    """,
    """
    CREATE TABLE generated_sections (
        generation_id uuid NOT NULL REFERENCES generations,
        section text NOT NULL CHECK (section IN ('system_prompt', 'first_message', 'qualification_prompt')),
        place integer NOT NULL,
        state text NOT NULL DEFAULT 'waiting'
            CHECK (state IN ('waiting', 'requested', 'written', 'failed', 'stopped')),
        template_id bigint NOT NULL,
        template_version integer NOT NULL,
        silences integer NOT NULL DEFAULT 0,
        silent_since timestamptz,
        text text,
        reason text,
        model text,
        request_id text,
        stop_reason text,
        input_tokens integer NOT NULL DEFAULT 0,
        output_tokens integer NOT NULL DEFAULT 0,
        latency_ms integer NOT NULL DEFAULT 0,
        cost_usd double precision,
        raw_response jsonb,
        settled_at timestamptz,
        PRIMARY KEY (generation_id, section),
        FOREIGN KEY (template_id, template_version) REFERENCES prompt_template_versions,
        CHECK ((state = 'written') = (text IS NOT NULL)),
        CHECK ((state = 'failed') = (reason IS NOT NULL))
    )
    """,
)

_UNEDITED = """
SELECT t.template_id, v.name, (SELECT max(version) FROM prompt_template_versions o
                               WHERE o.template_id = t.template_id) + 1 AS next
FROM prompt_templates t JOIN prompt_template_versions v USING (template_id, version)
WHERE t.section = :section AND t.is_active AND v.meta_prompt = :seeded
"""
_NEW_VERSION = """
INSERT INTO prompt_template_versions (template_id, version, section, name, meta_prompt, saved_at)
VALUES (:template_id, :version, :section, :name, :meta_prompt, now())
"""
_TAKE_IT = (
    "UPDATE prompt_templates SET version = :version, updated_at = now() WHERE template_id = :template_id"
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    for section in SECTIONS:
        _say_it_anew(section)


def _say_it_anew(section: str) -> None:
    bind = op.get_bind()
    seeded = {"section": section, "seeded": _seed("0001", section)}
    for template_id, name, version in bind.execute(sqlalchemy.text(_UNEDITED), seeded).fetchall():
        row = {"template_id": template_id, "version": version, "section": section, "name": name}
        row["meta_prompt"] = _seed("0003", section)
        bind.execute(sqlalchemy.text(_NEW_VERSION), row)
        bind.execute(sqlalchemy.text(_TAKE_IT), {"template_id": template_id, "version": version})


def _seed(folder: str, section: str) -> str:
    return (SEEDS / folder / f"{section}.txt").read_text(encoding="utf-8").strip()


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
