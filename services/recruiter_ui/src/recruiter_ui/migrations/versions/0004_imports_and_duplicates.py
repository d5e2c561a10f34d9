"""Pages of imports, live leads and merges by key, and the file of an import for another look at it."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE imports ADD file jsonb",
    "CREATE INDEX imports_newest ON imports"
    " ((COALESCE(preview_requested_at, requested_at, result_at)) DESC, import_id DESC)",
    "CREATE INDEX live_leads_newest ON live_leads (announced_at DESC, leadgen_id DESC)"
    " WHERE announced_at IS NOT NULL",
    "CREATE INDEX merges_newest ON merges (merged_at DESC, merge_id DESC) WHERE undone_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
