"""Calling hours go by the clock of the person who is called."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE candidates ADD COLUMN time_zone text")


def downgrade() -> None:
    op.execute("ALTER TABLE candidates DROP COLUMN time_zone")
