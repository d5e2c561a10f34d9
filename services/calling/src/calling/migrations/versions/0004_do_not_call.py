"""Who asked not to be called. Without a reference to candidates: the wish may be heard of first."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE do_not_call (candidate_id bigint PRIMARY KEY)")
    op.execute("CREATE INDEX queue_of_candidate ON queue (candidate_id) WHERE state IN ('waiting', 'held')")


def downgrade() -> None:
    op.execute("DROP INDEX queue_of_candidate")
    op.execute("DROP TABLE do_not_call")
