"""Decisions about received files, and what they can be taken back to.

A CV that was taken from an application stays as a row: it comes back under the id and number it had. What
was said of it is kept to be said again. An uploaded file is an item without a message.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE cvs ADD number integer, ADD said jsonb, ADD detached_at timestamptz",
    """
    UPDATE cvs SET number = counted.number FROM (
        SELECT cv_id, row_number() OVER (PARTITION BY application_id ORDER BY cv_id) AS number FROM cvs
    ) counted WHERE counted.cv_id = cvs.cv_id
    """,
    "ALTER TABLE cvs ALTER number SET NOT NULL",
    "CREATE UNIQUE INDEX cvs_numbered ON cvs (application_id, number)",
    "CREATE INDEX cvs_item ON cvs (item_id)",
    """
    ALTER TABLE items
        ALTER message_id DROP NOT NULL, ALTER channel DROP NOT NULL, ALTER sender DROP NOT NULL,
        DROP CONSTRAINT items_state_check,
        ADD CONSTRAINT items_state_check
            CHECK (state IN ('waiting', 'matched', 'unmatched', 'assigned', 'discarded')),
        ADD CONSTRAINT items_waiting_check CHECK (state <> 'waiting' OR message_id IS NOT NULL)
    """,
    """
    CREATE TABLE decisions (
        decision_id uuid PRIMARY KEY,
        item_id uuid NOT NULL REFERENCES items,
        number integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('confirmed', 'reassigned', 'assigned', 'discarded', 'uploaded')),
        actor jsonb NOT NULL,
        at timestamptz NOT NULL,
        before jsonb NOT NULL,
        undone_at timestamptz,
        undone_by jsonb,
        UNIQUE (item_id, number)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
