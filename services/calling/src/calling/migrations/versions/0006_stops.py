"""Where dialling is stopped, batches that are called off, and what limits are counted by."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    # Position 0 is all of them. What was resumed stays: no failure from before it counts again.
    """
    CREATE TABLE stops (
        stop_id uuid PRIMARY KEY,
        position_id bigint NOT NULL,
        code text NOT NULL,
        reason text NOT NULL,
        actor jsonb NOT NULL,
        stopped_at timestamptz NOT NULL,
        resumed_at timestamptz,
        resumed_by jsonb
    )
    """,
    "CREATE UNIQUE INDEX stops_standing ON stops (position_id) WHERE resumed_at IS NULL",
    "CREATE INDEX stops_of_position ON stops (position_id, resumed_at)",
    # What is known of calling a batch off; of one that is not handed over yet, that it is to be.
    """
    ALTER TABLE batches
        ADD COLUMN closes_at timestamptz,
        ADD COLUMN recall_code text,
        ADD COLUMN recall_because text,
        ADD COLUMN called_off_at timestamptz
    """,
    "CREATE INDEX batches_out ON batches (position_id) WHERE form = 'batch'",
    """
    ALTER TABLE attempts
        ADD COLUMN settled_at timestamptz,
        ADD COLUMN taken_back_at timestamptz,
        ADD COLUMN rang_says_person boolean
    """,
    "UPDATE attempts SET settled_at = coalesce(ended_at, placed_at, created_at)"
    " WHERE state NOT IN ('intended', 'submitted', 'in_progress', 'withdrawn')",
    "CREATE INDEX attempts_under_way ON attempts (position_id)"
    " WHERE state IN ('intended', 'submitted', 'in_progress')",
    "CREATE INDEX attempts_begun ON attempts (created_at) WHERE state <> 'withdrawn'",
    "CREATE INDEX attempts_settled ON attempts (position_id, settled_at) WHERE settled_at IS NOT NULL",
    "ALTER TABLE queue ADD COLUMN goes_on boolean NOT NULL DEFAULT false",
    "CREATE INDEX queue_for_a_line ON queue (due_at) WHERE state = 'held' AND told_reason = 'lines_busy'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
