"""Previews, what an import brought and changed, and its undoing.

``import_refusals.cells`` is text: the cells of a damaged row may hold NUL characters, which jsonb refuses.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    ALTER TABLE imports
        ADD COLUMN previewed_at timestamptz,
        ADD COLUMN confirmed_at timestamptz,
        ADD COLUMN of_rows integer,
        ADD COLUMN failures integer NOT NULL DEFAULT 0,
        ADD COLUMN undo jsonb
    """,
    "UPDATE imports SET confirmed_at = requested_at",
    """
    CREATE INDEX imports_by_file ON imports (position_id, (file ->> 'sha256')) WHERE finished_at IS NOT NULL
    """,
    "ALTER TABLE import_refusals ADD COLUMN cells text NOT NULL DEFAULT '[]'",
    """
    ALTER TABLE applications
        ADD COLUMN import_id uuid,
        ADD COLUMN import_sequence integer NOT NULL DEFAULT 0
    """,
    """
    CREATE TABLE import_profile_changes (
        import_id uuid NOT NULL REFERENCES imports,
        candidate_id bigint NOT NULL,
        before jsonb NOT NULL,
        revision integer NOT NULL,
        returned boolean NOT NULL,
        PRIMARY KEY (import_id, candidate_id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
