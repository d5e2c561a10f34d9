"""What evaluations said, where a recruiter may still adopt one."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    ALTER TABLE applications
        ADD evaluation_id uuid,
        ADD needs_review boolean NOT NULL DEFAULT false,
        ADD unknown_call uuid
    """,
    # Whoever waits for a person since nobody can say how their call ended is queued when it never rang.
    """
    UPDATE applications SET unknown_call = calls[array_upper(calls, 1)]
    WHERE status = 'needs_human' AND needs_human_reason LIKE 'Nobody can say how the call ended: %'
    """,
    """
    UPDATE applications
    SET set_aside = jsonb_set(set_aside, '{unknown_call}', set_aside->'calls'->-1)
    WHERE set_aside->>'status' = 'needs_human' AND jsonb_array_length(set_aside->'calls') > 0
      AND set_aside->>'needs_human_reason' LIKE 'Nobody can say how the call ended: %'
    """,
    """
    CREATE TABLE evaluations (
        evaluation_id uuid PRIMARY KEY,
        application_id bigint NOT NULL,
        call_id uuid NOT NULL,
        outcome text NOT NULL
            CHECK (outcome IN ('qualified', 'not_qualified', 'callback_requested', 'needs_human')),
        score integer CHECK (score BETWEEN 0 AND 100),
        notes text NOT NULL,
        callback_at timestamptz,
        callback_notes text,
        needs_human_notes text,
        do_not_call boolean NOT NULL,
        do_not_call_words text,
        needs_review boolean NOT NULL,
        former_id uuid,
        evaluated_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX evaluations_by_application ON evaluations (application_id)",
    "CREATE INDEX evaluations_not_to_call ON evaluations (call_id) WHERE do_not_call",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
