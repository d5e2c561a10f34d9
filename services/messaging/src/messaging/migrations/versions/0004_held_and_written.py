"""Messages that recruiters write, that wait before they leave, and who wants no more of them.

``round`` and the request are of what is sent once; a recruiter's own words have neither. ``leaving_at``: a
message is on its way to the provider and can't be taken back; ``claims`` counts how often it was.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    ALTER TABLE messages
        ALTER application_id DROP NOT NULL, ALTER candidate_id DROP NOT NULL, ALTER round DROP NOT NULL,
        ADD by_recruiter boolean NOT NULL DEFAULT false,
        ADD language text,
        ADD reply_to uuid,
        ADD thread_id text,
        ADD leaves_at timestamptz,
        ADD held_because text CHECK (held_because IN ('undo', 'quiet_hours')),
        ADD leaving_at timestamptz,
        ADD claims integer NOT NULL DEFAULT 0,
        DROP CONSTRAINT messages_status_check,
        ADD CONSTRAINT messages_status_check CHECK (status IN
            ('pending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'taken_back')),
        ADD CONSTRAINT messages_of_a_request CHECK
            (message_type = 'other' OR (application_id IS NOT NULL AND round IS NOT NULL))
    """,
    # Whatever is asked for how often: of one type no second one may leave on one channel.
    """
    CREATE UNIQUE INDEX messages_once ON messages (application_id, message_type, channel)
    WHERE message_type <> 'other' AND (sent_at IS NOT NULL OR status NOT IN ('failed', 'taken_back'))
    """,
    "CREATE INDEX messages_candidate ON messages (candidate_id)",
    "ALTER TABLE inbound_messages ADD thread_id text",
    "ALTER TABLE candidates ADD time_zone text",
    "ALTER TABLE positions ADD time_zone text NOT NULL DEFAULT 'Europe/Bucharest'",
    """
    CREATE TABLE objections (
        message_id uuid PRIMARY KEY,
        channel text NOT NULL CHECK (channel IN ('email', 'whatsapp')),
        address text NOT NULL,
        words text NOT NULL,
        said_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX objections_address ON objections (address)",
    """
    CREATE TABLE objections_told (
        candidate_id bigint NOT NULL,
        message_id uuid NOT NULL REFERENCES objections,
        PRIMARY KEY (candidate_id, message_id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
