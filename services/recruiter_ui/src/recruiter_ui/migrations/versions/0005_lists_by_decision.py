"""Lists of what somebody looks after, and of what is to be confirmed, without a look at everything else."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE INDEX applications_by_assignee ON applications (assignee_id, stage, last_activity_at DESC,"
    " application_id DESC) WHERE assignee_id IS NOT NULL",
    "CREATE INDEX applications_to_confirm ON applications (last_activity_at DESC, application_id DESC)"
    " WHERE to_confirm",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
