"""Proposals, decisions by hand and what they can be taken back to; notes; who looks after whom."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    ALTER TABLE applications
        ADD on_the_phone boolean NOT NULL DEFAULT false,
        ADD closed_because text,
        ADD proposed boolean NOT NULL DEFAULT false,
        ADD confirmed boolean NOT NULL DEFAULT false,
        ADD set_aside jsonb,
        ADD assignee_id text,
        ADD assignee_name text
    """,
    # Whose phone rings meanwhile: else the end of the call would count for nothing once decided by hand.
    "UPDATE applications SET on_the_phone = true WHERE status = 'call_in_progress'",
    "ALTER TABLE status_changes ADD by_hand boolean NOT NULL DEFAULT false, ADD undoes integer",
    """
    UPDATE applications a
    SET closed_because = CASE
        WHEN EXISTS (SELECT FROM status_changes c
                     WHERE c.application_id = a.application_id AND c.sequence = a.sequence
                       AND c.actor_kind = 'recruiter') THEN 'recruiter'
        WHEN cv_received_at IS NOT NULL THEN 'cv_kept'
        WHEN EXISTS (SELECT FROM status_changes c
                     WHERE c.application_id = a.application_id AND c.sequence = a.sequence
                       AND c.previous = 'not_qualified') THEN 'unreachable'
        ELSE 'no_cv'
    END
    WHERE status = 'closed'
    """,
    """
    CREATE TABLE application_notes (
        note_id uuid PRIMARY KEY,
        application_id bigint NOT NULL REFERENCES applications,
        text text NOT NULL,
        actor jsonb NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX application_notes_by_application ON application_notes (application_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
