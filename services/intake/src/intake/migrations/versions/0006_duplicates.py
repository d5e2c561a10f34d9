"""Decisions on possible duplicates, and merges."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "DROP INDEX candidates_by_name",
    """
    CREATE TABLE candidate_names (
        candidate_id bigint PRIMARY KEY REFERENCES candidates,
        name_key text NOT NULL
    )
    """,
    """
    INSERT INTO candidate_names (candidate_id, name_key)
    SELECT c.candidate_id, string_agg(word, ' ' ORDER BY word COLLATE "C")
    FROM candidates c CROSS JOIN unnest(string_to_array(translate(c.name_folded, '-', ' '), ' ')) AS word
    WHERE word <> ''
    GROUP BY c.candidate_id
    HAVING count(*) > 1
    """,
    "CREATE INDEX candidate_names_by_key ON candidate_names (name_key)",
    """
    ALTER TABLE possible_duplicates
        ADD COLUMN name boolean NOT NULL DEFAULT false,
        ADD COLUMN decision text CHECK (decision IN ('apart', 'merged')),
        ADD COLUMN decided_at timestamptz,
        ADD COLUMN decided_by jsonb
    """,
    """
    CREATE INDEX possible_duplicates_apart ON possible_duplicates (candidate_id, other_candidate_id)
    WHERE decision = 'apart'
    """,
    """
    CREATE TABLE merges (
        merge_id uuid PRIMARY KEY,
        kept_id bigint NOT NULL REFERENCES candidates,
        merged_id bigint NOT NULL REFERENCES candidates,
        also bigint[] NOT NULL,
        before jsonb NOT NULL,
        after jsonb NOT NULL,
        closed bigint[] NOT NULL,
        decision text CHECK (decision IN ('apart', 'merged')),
        actor jsonb NOT NULL,
        merged_at timestamptz NOT NULL,
        undone_at timestamptz,
        undone_by jsonb,
        CHECK (kept_id <> merged_id)
    )
    """,
    "CREATE UNIQUE INDEX merges_standing ON merges (merged_id) WHERE undone_at IS NULL",
    "CREATE INDEX merges_by_kept ON merges (kept_id, merged_at) WHERE undone_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
