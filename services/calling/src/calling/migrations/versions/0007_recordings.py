"""Recordings of calls, each fetched once."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    # Null: made before anybody wrote it down.
    "ALTER TABLE attempts ADD COLUMN recorded boolean",
    "ALTER TABLE attempts ADD COLUMN machine_heard boolean NOT NULL DEFAULT false",
    """
    CREATE TABLE recordings (
        call_id uuid PRIMARY KEY REFERENCES attempts,
        state text NOT NULL CHECK (state IN ('due', 'kept', 'missing')),
        due_since timestamptz NOT NULL,
        settled_at timestamptz,
        recording jsonb,
        reason text
    )""",
    # The provider may send a recording before anything says whose it is.
    """
    CREATE TABLE early_recordings (
        conversation_id text PRIMARY KEY,
        recording jsonb NOT NULL,
        sent_at timestamptz NOT NULL
    )""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
