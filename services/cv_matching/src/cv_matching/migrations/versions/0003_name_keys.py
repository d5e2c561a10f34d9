"""What names and addresses are looked for by.

A name gets keys of two words each in place of its single words: thousands share a family name. ``links`` are
addresses and numbers that a recruiter said are somebody's.
"""

from __future__ import annotations

import sqlalchemy
from alembic import op
from cv_matching.domain.names import name_keys

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE candidates ADD COLUMN name_keys text[] NOT NULL DEFAULT '{}'",
    """
    CREATE TABLE links (
        link_id uuid PRIMARY KEY,
        candidate_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('email', 'phone')),
        value text NOT NULL
    )""",
    "CREATE INDEX links_value ON links (kind, value)",
    "CREATE INDEX links_candidate ON links (candidate_id)",
)
AFTER_THE_KEYS = (
    "ALTER TABLE candidates ALTER COLUMN name_keys DROP DEFAULT",
    "ALTER TABLE candidates DROP COLUMN words, DROP COLUMN name_key",
    "CREATE INDEX candidates_name_keys ON candidates USING gin (name_keys)",
)
_BATCH = 5_000


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    _key_everybody()
    for statement in AFTER_THE_KEYS:
        op.execute(statement)


def _key_everybody() -> None:
    connection = op.get_bind()
    known = connection.execute(sqlalchemy.text("SELECT candidate_id, name FROM candidates")).all()
    keep = sqlalchemy.text("UPDATE candidates SET name_keys = :keys WHERE candidate_id = :id")
    for start in range(0, len(known), _BATCH):
        rows = [
            {"id": one.candidate_id, "keys": name_keys(one.name)} for one in known[start : start + _BATCH]
        ]
        connection.execute(keep, rows)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
