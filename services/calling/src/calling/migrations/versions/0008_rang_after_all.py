"""Calls that rang after all are looked for whenever somebody is to be called, and there are hardly any."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX attempts_rang_after_all ON attempts (application_id)"
        " WHERE taken_back_at IS NOT NULL AND state <> 'withdrawn'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX attempts_rang_after_all")
