"""Read models (rebuilt from the stream at any time), and logins (not)."""

from alembic import op
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_READ_TABLES = """
CREATE TABLE positions (
    position_id bigint PRIMARY KEY,
    opened_at timestamptz, revision integer, title text, status text, details jsonb
);
CREATE TABLE candidates (
    candidate_id bigint PRIMARY KEY,
    first_seen_at timestamptz, profile_at timestamptz, profile_event uuid,
    full_name text, first_name text, last_name text, phone text, phone_as_given text, email text,
    whatsapp_number text, language text, time_zone text, source text, meta_lead_id text,
    meta_created_time timestamptz, campaign_name text, platform text, form_answers jsonb, search text
);
CREATE INDEX candidates_newest ON candidates (first_seen_at DESC, candidate_id DESC);
CREATE TABLE applications (
    application_id bigint PRIMARY KEY,
    opened_at timestamptz, opened_event uuid, candidate_id bigint, position_id bigint, import_id uuid,
    sequence integer, status text, status_at timestamptz, previous_status text, status_reason text,
    score integer, qualified boolean, score_notes text, callback_at timestamptz, needs_human_reason text,
    cv_received_at timestamptz,
    dial_at timestamptz, dial_event uuid, dial_kind text, dial_until timestamptz, dial_note text,
    attempts integer, cv_asked_at timestamptz, last_activity_at timestamptz,
    stage smallint GENERATED ALWAYS AS (CASE
        WHEN opened_at IS NULL THEN 0
        WHEN status IN ('call_in_progress', 'call_completed', 'scoring') THEN 1
        WHEN status IN ('needs_human', 'call_failed', 'cv_overdue') THEN 2
        WHEN status IN ('pending_call', 'call_queued', 'callback_scheduled') THEN 3
        WHEN status IN ('qualified', 'awaiting_cv', 'cv_followup_1', 'cv_followup_2') THEN 4
        WHEN status = 'cv_received' THEN 5
        WHEN status IN ('not_qualified', 'awaiting_cv_rejected', 'cv_received_rejected') THEN 6
        ELSE 7 END) STORED
);
CREATE INDEX applications_by_stage ON applications (stage, last_activity_at DESC, application_id DESC);
CREATE INDEX applications_by_position ON applications (position_id, stage, last_activity_at DESC,
    application_id DESC);
CREATE INDEX applications_by_candidate ON applications (candidate_id);
CREATE INDEX applications_by_status ON applications (status, status_at);
CREATE INDEX applications_by_opening ON applications (opened_at);
CREATE TABLE calls (
    call_id uuid PRIMARY KEY,
    application_id bigint, candidate_id bigint, attempt_number integer, purpose text, placed_at timestamptz,
    outcome_rank integer, outcome_at timestamptz, outcome_event uuid,
    status text, detail text, retry_at timestamptz, ended_at timestamptz, duration_seconds integer,
    summary text, summary_title text, turns jsonb, recording jsonb
);
CREATE INDEX calls_by_application ON calls (application_id, attempt_number);
CREATE INDEX calls_by_moment ON calls (placed_at);
CREATE TABLE evaluations (
    evaluation_id uuid PRIMARY KEY,
    application_id bigint, candidate_id bigint, call_id uuid, requested_at timestamptz,
    result_rank integer, result_at timestamptz, result_event uuid,
    state text, outcome text, qualified boolean, score integer, reasoning text, callback_at timestamptz,
    callback_notes text, needs_human_notes text, failure text, model text, evaluated_at timestamptz
);
CREATE INDEX evaluations_by_application ON evaluations (application_id, requested_at);
CREATE INDEX evaluations_by_moment ON evaluations (evaluated_at);
CREATE TABLE messages (
    message_id uuid PRIMARY KEY,
    inbound boolean, application_id bigint, candidate_id bigint, channel text, message_type text,
    written_at timestamptz, written_event uuid, subject text, body text, sender text, sender_name text,
    attachments jsonb,
    delivery_rank integer, delivery_at timestamptz, delivery_event uuid, delivery text, delivery_note text,
    sent_at timestamptz, delivered_at timestamptz, read_at timestamptz
);
CREATE INDEX messages_by_application ON messages (application_id, written_at);
CREATE INDEX messages_by_candidate ON messages (candidate_id, written_at);
CREATE INDEX messages_by_sender ON messages (sender, written_at) WHERE inbound;
CREATE INDEX messages_not_out ON messages (application_id) WHERE delivery IN ('failed', 'unknown');
CREATE INDEX messages_by_moment_sent ON messages (sent_at) WHERE NOT inbound;
CREATE TABLE cvs (
    cv_id uuid, application_id bigint, candidate_id bigint, matched_at timestamptz, matched_event uuid,
    item_id uuid, method text, confidence text, needs_review boolean, explanation text, file jsonb,
    file_name text, source text, received_at timestamptz, confirmed_at timestamptz,
    PRIMARY KEY (cv_id, application_id)
);
CREATE INDEX cvs_by_application ON cvs (application_id, received_at);
CREATE INDEX cvs_by_moment ON cvs (received_at);
CREATE INDEX cvs_to_review ON cvs (received_at) WHERE needs_review AND confirmed_at IS NULL;
CREATE TABLE unmatched (
    item_id uuid PRIMARY KEY, seen_at timestamptz, seen_event uuid,
    channel text, sender text, sender_name text, subject text, body_snippet text, attachment_name text,
    file jsonb, explanation text, received_at timestamptz,
    assigned_at timestamptz, assigned_event uuid, application_id bigint
);
CREATE INDEX unmatched_open ON unmatched (received_at) WHERE assigned_at IS NULL;
CREATE TABLE imports (
    import_id uuid PRIMARY KEY, position_id bigint, file_name text, requested_by text, requested_at
        timestamptz,
    result_at timestamptz, result_event uuid, state text, counts jsonb, refused jsonb, flagged jsonb,
        reason text
);
CREATE TABLE duplicates (
    candidate_id bigint, other_candidate_id bigint, found_at timestamptz, found_event uuid, shared jsonb,
    PRIMARY KEY (candidate_id, other_candidate_id)
);
CREATE TABLE timeline (
    event_id uuid PRIMARY KEY, application_id bigint, candidate_id bigint, at timestamptz, kind text,
    actor_kind text, actor_name text, detail jsonb
);
CREATE INDEX timeline_by_application ON timeline (application_id, at);
CREATE INDEX timeline_newest ON timeline (at DESC, event_id DESC);
"""

_LIVE_AND_LOGINS = """
CREATE TABLE changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    subject_id text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE recruiters (
    recruiter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    recruiter_id bigint NOT NULL REFERENCES recruiters ON DELETE CASCADE,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE TABLE login_failures (
    subject bytea NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_failures_by_subject ON login_failures (subject, failed_at);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute(_READ_TABLES)
    op.execute(_LIVE_AND_LOGINS)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
