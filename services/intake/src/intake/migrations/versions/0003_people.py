"""Revisions of people, notes on them, and on what they are not to be contacted.

Nothing here refers to ``candidates``: whoever writes down a wish must not wait for an import that holds rows
of people, and nobody is ever deleted. A wish that was taken back stays as a row, so that it is not taken over
again.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    ALTER TABLE candidates
        ADD COLUMN revision integer NOT NULL DEFAULT 0,
        ADD COLUMN notes text,
        ADD COLUMN merged_into bigint,
        ADD COLUMN withdrawn_at timestamptz
    """,
    """
    CREATE INDEX candidates_by_whatsapp ON candidates (whatsapp_number, candidate_id)
    WHERE whatsapp_number IS NOT NULL
    """,
    """
    CREATE INDEX candidates_merged ON candidates (merged_into, candidate_id) WHERE merged_into IS NOT NULL
    """,
    """
    CREATE TABLE do_not_contact (
        candidate_id bigint NOT NULL,
        channel text NOT NULL CHECK (channel IN ('call', 'whatsapp', 'email')),
        since timestamptz NOT NULL,
        source text NOT NULL,
        reason text NOT NULL,
        actor jsonb NOT NULL,
        same_as bigint,
        lifted_at timestamptz,
        PRIMARY KEY (candidate_id, channel)
    )
    """,
    "CREATE INDEX do_not_contact_taken_over ON do_not_contact (same_as) WHERE same_as IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
