"""What calling remembers of intake, its queue and its attempts."""

from alembic import op
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute("""
        CREATE TABLE positions (
            position_id bigint PRIMARY KEY,
            revision int NOT NULL,
            details jsonb NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE candidates (
            candidate_id bigint PRIMARY KEY,
            first_name text NOT NULL,
            last_name text NOT NULL,
            phone text,
            email text,
            form_answers jsonb NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE applications (
            application_id bigint PRIMARY KEY,
            candidate_id bigint NOT NULL,
            position_id bigint NOT NULL,
            status text NOT NULL,
            sequence int NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE queue (
            application_id bigint PRIMARY KEY,
            candidate_id bigint NOT NULL,
            position_id bigint NOT NULL,
            purpose text NOT NULL,
            round int NOT NULL,
            state text NOT NULL CHECK (state IN ('waiting', 'held', 'dialling', 'done')),
            not_before timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            told_until timestamptz,
            told_reason text,
            queued_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX queue_due ON queue (position_id, due_at) WHERE state = 'waiting'")
    op.execute("""
        CREATE TABLE batches (
            batch_id uuid PRIMARY KEY,
            position_id bigint NOT NULL,
            form text NOT NULL CHECK (form IN ('batch', 'single')),
            state text NOT NULL
                CHECK (state IN ('prepared', 'submitted', 'declined', 'unknown', 'withdrawn')),
            provider_batch_id text,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE attempts (
            call_id uuid PRIMARY KEY,
            batch_id uuid NOT NULL REFERENCES batches,
            application_id bigint NOT NULL,
            candidate_id bigint NOT NULL,
            position_id bigint NOT NULL,
            attempt_number int NOT NULL,
            round int NOT NULL,
            purpose text NOT NULL,
            state text NOT NULL 
                CHECK (state IN ('intended', 'submitted', 'in_progress', 'completed', 'no_answer', 'busy',
                                 'voicemail', 'failed', 'unknown', 'withdrawn')),
            to_number text NOT NULL,
            conversation_id text UNIQUE,
            call_sid text,
            created_at timestamptz NOT NULL,
            placed_at timestamptz,
            ended_at timestamptz,
            duration_seconds int,
            summary text,
            summary_title text,
            detail text
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX attempts_numbered ON attempts (application_id, attempt_number)
        WHERE state <> 'withdrawn'
    """)
    op.execute("CREATE INDEX attempts_of_batch ON attempts (batch_id)")
    op.execute("CREATE INDEX attempts_of_candidate ON attempts (candidate_id)")
    op.execute("CREATE INDEX attempts_by_sid ON attempts (call_sid) WHERE call_sid IS NOT NULL")
    # One number rings for one attempt at a time, whatever several replicas decide at the same moment.
    op.execute("""
        CREATE UNIQUE INDEX attempts_live_number ON attempts (to_number)
        WHERE state IN ('intended', 'submitted', 'in_progress')
    """)
    op.execute("""
        CREATE TABLE transcripts (
            call_id uuid PRIMARY KEY REFERENCES attempts,
            text text NOT NULL,
            turns jsonb NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE unbound_webhooks (
            delivery_id uuid PRIMARY KEY,
            kind text NOT NULL,
            reason text NOT NULL,
            body text,
            body_ref text,
            kept_at timestamptz NOT NULL
        )
    """)


def downgrade() -> None:
    for table in (
        "unbound_webhooks",
        "transcripts",
        "attempts",
        "batches",
        "queue",
        "applications",
        "candidates",
        "positions",
    ):
        op.execute(f"DROP TABLE {table}")
