"""Live leads and the forms that belong to positions.

A form without a position is one whose leads have come and wait. ``given`` holds a lead only while it waits.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE lead_forms (
        form_id text PRIMARY KEY,
        position_id bigint REFERENCES positions
    )
    """,
    "CREATE INDEX lead_forms_by_position ON lead_forms (position_id) WHERE position_id IS NOT NULL",
    """
    CREATE TABLE live_leads (
        leadgen_id text PRIMARY KEY,
        form_id text,
        page_id text,
        announced_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('awaited', 'held', 'brought_in')),
        code text,
        tries integer NOT NULL DEFAULT 0,
        given jsonb,
        candidate_id bigint,
        CHECK ((state = 'held') = (code IS NOT NULL))
    )
    """,
    "CREATE INDEX live_leads_held ON live_leads (form_id) WHERE state = 'held'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
