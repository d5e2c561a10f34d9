"""What recruiters do with what people wrote: what hides messages, and whose senders are.

``sender_key`` is ``domain.conversations.sender_key``; for what is there already it is worked out here once.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE deletions (
        deletion_id uuid PRIMARY KEY,
        candidate_ids bigint[] NOT NULL,
        sender_key text,
        deleted_at timestamptz NOT NULL,
        restored_at timestamptz
    )
    """,
    """
    CREATE TABLE sender_links (
        link_id uuid PRIMARY KEY,
        channel text NOT NULL CHECK (channel IN ('email', 'whatsapp')),
        sender text NOT NULL,
        sender_key text NOT NULL,
        candidate_id bigint NOT NULL,
        linked_at timestamptz NOT NULL,
        ended_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX sender_links_standing ON sender_links (sender_key) WHERE ended_at IS NULL",
    """
    ALTER TABLE inbound_messages
        ADD sender_key text, ADD link_id uuid, ADD deletion_id uuid
    """,
    """
    UPDATE inbound_messages SET sender_key = CASE
        WHEN sender ~ '^[+]?[0-9 ().-]{5,40}$' THEN regexp_replace(sender, '[^0-9]', '', 'g')
        ELSE lower(btrim(sender)) END
    """,
    "ALTER TABLE inbound_messages ALTER sender_key SET NOT NULL",
    "CREATE INDEX inbound_sender ON inbound_messages (sender_key, received_at)",
    "CREATE INDEX inbound_link ON inbound_messages (link_id) WHERE link_id IS NOT NULL",
    "CREATE INDEX inbound_deletion ON inbound_messages (deletion_id) WHERE deletion_id IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
