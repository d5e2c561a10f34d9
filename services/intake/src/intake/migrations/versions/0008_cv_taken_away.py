"""Where an application stood before a CV moved it.

For those that a CV moved in the past, beneath a decision by hand too, it is read from the audit trail.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE applications ADD before_cv text",
    """
    UPDATE applications a SET before_cv = c.previous FROM status_changes c
    WHERE a.status IN ('cv_received', 'cv_received_rejected')
      AND c.application_id = a.application_id AND c.sequence = a.sequence AND NOT c.by_hand
    """,
    """
    UPDATE applications a SET set_aside = jsonb_set(a.set_aside, '{before_cv}', to_jsonb(c.previous))
    FROM status_changes c
    WHERE a.set_aside->>'status' IN ('cv_received', 'cv_received_rejected')
      AND c.application_id = a.application_id AND c.sequence = (a.set_aside->>'sequence')::int
      AND NOT c.by_hand AND c.current = a.set_aside->>'status'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
