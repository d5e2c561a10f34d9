"""Evidence per criterion, and evaluations after the first."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE positions ADD criteria jsonb NOT NULL DEFAULT '[]', ADD rubric text",
    # Evaluations from before have no turns: theirs are read out of the transcript.
    """ALTER TABLE evaluations
        DROP CONSTRAINT evaluations_call_id_key,
        ADD turns jsonb,
        ADD because text NOT NULL DEFAULT 'call_completed'
            CHECK (because IN ('call_completed', 'on_demand', 'rules_changed')),
        ADD former_id uuid REFERENCES evaluations,
        ADD actor jsonb,
        ADD results jsonb,
        ADD review_reasons jsonb NOT NULL DEFAULT '[]',
        ADD needs_review boolean NOT NULL DEFAULT false,
        ADD model_score integer CHECK (model_score BETWEEN 0 AND 100),
        ADD callback_words text,
        ADD do_not_call boolean NOT NULL DEFAULT false,
        ADD do_not_call_words text,
        ADD rubric text,
        ADD cost_usd double precision,
        ADD repaired boolean NOT NULL DEFAULT false,
        ADD CHECK ((because = 'call_completed') = (former_id IS NULL))""",
    "CREATE UNIQUE INDEX evaluations_first ON evaluations (call_id) WHERE former_id IS NULL",
    "CREATE UNIQUE INDEX evaluations_under_way ON evaluations (call_id) WHERE status = 'pending'",
    "CREATE INDEX evaluations_pending ON evaluations (application_id) WHERE status = 'pending'",
    "CREATE INDEX applications_position ON applications (position_id)",
    # The last settled evaluation of each application's last judged call.
    """CREATE VIEW last_judged AS
        SELECT DISTINCT ON (application_id)
               application_id, evaluation_id, candidate_id, call_id, status, rubric,
               transcript <> '' AS has_words
        FROM evaluations WHERE status <> 'pending'
        ORDER BY application_id, call_ended_at DESC, call_id DESC, (status = 'completed') DESC,
                 created_at DESC, evaluation_id DESC""",
    "ALTER TABLE model_answers ADD cost_usd double precision",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
