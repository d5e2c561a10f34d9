"""What positions, people, decisions, imports and live leads show (recruitflow.md 12.3 to 12.5).

What a new column shows of the past comes with a rebuild (``python -m recruiter_ui.rebuild``). The generated
stage is worked out at once: a proposed outcome waits for a person, what an undone import had opened is in
no group.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE positions ADD revised_at timestamptz, ADD revised_by text",
    """
    CREATE TABLE position_changes (
        position_id bigint, revision integer, at timestamptz, actor_name text, reason text, changes jsonb,
        PRIMARY KEY (position_id, revision)
    )
    """,
    """
    ALTER TABLE candidates
        ADD notes text, ADD profile_revision integer,
        ADD merge_at timestamptz, ADD merge_event uuid, ADD merged_into bigint,
        ADD presence_at timestamptz, ADD presence_event uuid, ADD withdrawn boolean
    """,
    "CREATE INDEX candidates_merged ON candidates (merged_into) WHERE merged_into IS NOT NULL",
    """
    CREATE TABLE contact_bans (
        candidate_id bigint, channel text, said_at timestamptz, said_event uuid,
        forbidden boolean, since timestamptz, source text, reason text, actor_name text, same_as bigint,
        PRIMARY KEY (candidate_id, channel)
    )
    """,
    """
    ALTER TABLE duplicates ADD decided_at timestamptz, ADD decided_event uuid, ADD decision text,
        ADD decided_by text
    """,
    "CREATE INDEX duplicates_open ON duplicates (found_at DESC, candidate_id, other_candidate_id)"
    " WHERE found_at IS NOT NULL AND (decision IS NULL OR decision = 'open')",
    "CREATE INDEX duplicates_by_other ON duplicates (other_candidate_id)",
    """
    CREATE TABLE merges (
        merge_id uuid PRIMARY KEY, candidate_id bigint, merged_candidate_id bigint,
        merged_at timestamptz, merged_by text, undone_at timestamptz
    )
    """,
    "CREATE INDEX merges_by_candidate ON merges (candidate_id)",
    """
    ALTER TABLE applications
        ADD proposed boolean, ADD by_hand boolean, ADD status_actor text, ADD closed_because text,
        ADD confirmed_sequence integer, ADD opened_via text,
        ADD assigned_at timestamptz, ADD assigned_event uuid, ADD assignee_id text, ADD assignee_name text
    """,
    "ALTER TABLE applications DROP COLUMN stage",
    """
    ALTER TABLE applications
        ADD to_confirm boolean GENERATED ALWAYS AS (
            COALESCE(proposed, false) AND COALESCE(confirmed_sequence, 0) < sequence) STORED,
        ADD stage smallint GENERATED ALWAYS AS (CASE
            WHEN opened_at IS NULL OR closed_because = 'import_undone' THEN 0
            WHEN COALESCE(proposed, false) AND COALESCE(confirmed_sequence, 0) < sequence THEN 2
            WHEN status IN ('call_in_progress', 'call_completed', 'scoring') THEN 1
            WHEN status IN ('needs_human', 'call_failed', 'cv_overdue') THEN 2
            WHEN status IN ('pending_call', 'call_queued', 'callback_scheduled') THEN 3
            WHEN status IN ('qualified', 'awaiting_cv', 'cv_followup_1', 'cv_followup_2') THEN 4
            WHEN status = 'cv_received' THEN 5
            WHEN status IN ('not_qualified', 'awaiting_cv_rejected', 'cv_received_rejected') THEN 6
            ELSE 7 END) STORED
    """,
    "CREATE INDEX applications_by_stage ON applications (stage, last_activity_at DESC, application_id DESC)",
    "CREATE INDEX applications_by_position ON applications (position_id, stage, last_activity_at DESC,"
    " application_id DESC)",
    "CREATE INDEX applications_by_import ON applications (import_id) WHERE import_id IS NOT NULL",
    """
    CREATE TABLE notes (
        note_id uuid PRIMARY KEY, application_id bigint, candidate_id bigint, at timestamptz, text text,
        actor_name text
    )
    """,
    "CREATE INDEX notes_by_application ON notes (application_id, at)",
    """
    ALTER TABLE imports
        ADD preview_requested_at timestamptz, ADD previewed_at timestamptz, ADD previewed_event uuid,
        ADD preview jsonb, ADD rows_done integer, ADD of_rows integer, ADD refused_rows jsonb,
        ADD undo_requested_at timestamptz, ADD undone_at timestamptz, ADD undone_event uuid, ADD undone jsonb
    """,
    """
    CREATE TABLE live_leads (
        leadgen_id text PRIMARY KEY, announced_at timestamptz, form_id text,
        state_at timestamptz, state_event uuid, state text, code text, message text, form_name text,
        candidate_id bigint, application_id bigint, position_id bigint
    )
    """,
    "CREATE INDEX live_leads_held ON live_leads (announced_at) WHERE state = 'held'",
    "CREATE INDEX timeline_by_candidate ON timeline (candidate_id, at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
