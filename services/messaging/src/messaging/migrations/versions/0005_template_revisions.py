"""Revisions of message templates, the words each came with, and a better wording of some.

What somebody edited or put out is left as it is; the words it came with are known of it all the same.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import sqlalchemy
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEEDS = Path(__file__).parent.parent / "seeds"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE message_template_revisions (
        template_id bigint NOT NULL REFERENCES message_templates,
        revision integer NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        is_active boolean NOT NULL,
        saved_at timestamptz NOT NULL,
        saved_by text,
        PRIMARY KEY (template_id, revision)
    )
    """,
    """
    ALTER TABLE message_templates
        ADD COLUMN revision integer NOT NULL DEFAULT 1,
        ADD COLUMN updated_by text,
        ADD COLUMN seed_subject text,
        ADD COLUMN seed_body text
    """,
    """
    INSERT INTO message_template_revisions (template_id, revision, subject, body, is_active, saved_at)
    SELECT template_id, 1, subject, body, is_active, updated_at FROM message_templates
    """,
)

_SAY_IT_ANEW = """
WITH better AS (
    UPDATE message_templates SET subject = :subject, body = :body, revision = 2, updated_at = now()
    WHERE message_type = :message_type AND channel = :channel AND language = :language AND is_active
      AND (subject, body) = (:first_subject, :first_body) AND (subject, body) <> (:subject, :body)
    RETURNING template_id, revision, subject, body, is_active, updated_at
)
INSERT INTO message_template_revisions (template_id, revision, subject, body, is_active, saved_at)
SELECT * FROM better
"""
_CAME_WITH = """
UPDATE message_templates SET seed_subject = :subject, seed_body = :body
WHERE message_type = :message_type AND channel = :channel AND language = :language
"""


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    first = _seeds("0001")
    bind = op.get_bind()
    for key, words in _seeds("0005").items():
        named = dict(zip(("message_type", "channel", "language"), key, strict=True))
        former = {"first_subject": first[key]["subject"], "first_body": first[key]["body"]}
        bind.execute(sqlalchemy.text(_SAY_IT_ANEW), {**named, **words, **former})
        bind.execute(sqlalchemy.text(_CAME_WITH), {**named, **words})


def _seeds(number: str) -> dict[tuple[str, str, str], dict[str, str]]:
    """By type, channel and language, as they are kept."""
    text = (SEEDS / f"{number}_message_templates.toml").read_text(encoding="utf-8")
    return {
        (one["message_type"], one["channel"], one["language"]): {
            "subject": one.get("subject", ""),
            "body": one["body"].strip(),
        }
        for one in tomllib.loads(text)["template"]
    }


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
