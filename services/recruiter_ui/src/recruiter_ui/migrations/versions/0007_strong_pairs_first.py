"""Pairs that share a number or an address before the many that only bear the same name."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP INDEX duplicates_open",
    "CREATE INDEX duplicates_open ON duplicates"
    " ((CASE WHEN shared ?| ARRAY['phone', 'email'] THEN 0 ELSE 1 END), found_at DESC, candidate_id,"
    " other_candidate_id) WHERE found_at IS NOT NULL AND (decision IS NULL OR decision = 'open')",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
