"""What calls, evaluations with their evidence, stops and generated texts show.

What a new column shows of the past comes with a rebuild (``recruitflow pages rebuild``).
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE calls
        ADD time_zone text, ADD zone_from text, ADD recorded boolean, ADD settled_by text,
        ADD recording_rank integer, ADD recording_at timestamptz, ADD recording_event uuid,
        ADD recording_problem text, ADD given_up_because text
    """,
    "CREATE INDEX calls_unknown ON calls (outcome_at) WHERE status = 'unknown'",
    """
    ALTER TABLE evaluations
        ADD former_id uuid, ADD because text, ADD requested_by text,
        ADD criteria jsonb, ADD needs_review boolean, ADD review_reasons jsonb, ADD model_score integer,
        ADD callback_words text, ADD do_not_call boolean, ADD do_not_call_words text,
        ADD callback_marks jsonb, ADD do_not_call_marks jsonb,
        ADD rubric text, ADD prompt_version text, ADD input_tokens integer, ADD output_tokens integer,
        ADD latency_ms integer, ADD cost_usd double precision, ADD repaired boolean
    """,
    """
    CREATE TABLE dialling_stops (
        scope bigint PRIMARY KEY, said_at timestamptz, said_event uuid, stopped boolean, code text,
        reason text, actor_name text, since timestamptz
    )
    """,
    "ALTER TABLE positions ADD rubric text",
    """
    CREATE TABLE generations (
        generation_id uuid, section text, position_id bigint, requested_at timestamptz,
        result_rank integer, result_at timestamptz, result_event uuid, state text, text text, reason text,
        template_id bigint, template_version integer, model text, cost_usd double precision,
        PRIMARY KEY (generation_id, section)
    )
    """,
    "CREATE INDEX generations_of_position ON generations (position_id, requested_at DESC)",
    """
    ALTER TABLE applications
        ADD evaluation_id uuid, ADD needs_review boolean, ADD dial_code text, ADD dial_zone text,
        ADD dial_zone_from text, ADD callback_said_at timestamptz, ADD callback_said_event uuid,
        ADD callback_asked_for timestamptz, ADD callback_planned_at timestamptz,
        ADD callback_moved_because text, ADD dial_given_up text
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
