"""What was found in a file, and files that are kept apart."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = ("ALTER TABLE items ADD reading jsonb",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
