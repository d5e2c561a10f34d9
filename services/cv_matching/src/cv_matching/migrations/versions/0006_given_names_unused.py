"""Given names by themselves were written down and never looked at: names are compared as a whole.

The column goes with a later version: until every process is a new one, old ones still write it.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = ("ALTER TABLE candidates ALTER COLUMN given_names SET DEFAULT ''",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
