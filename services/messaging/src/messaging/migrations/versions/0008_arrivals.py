"""The order in which messages were made known, why an access was refused, and two indexes.

``arrived``: what a recruiter has seen is told by it, not by when a message was written: an email may be
late. A message whose file had to be fetched gets its place anew by then.

Every message has a place from the start, whichever version takes it in or fetches its file meanwhile.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "CREATE SEQUENCE inbound_arrivals",
    "ALTER TABLE inbound_messages ADD arrived bigint",
    """
    UPDATE inbound_messages m SET arrived = those.place FROM (
        SELECT message_id, nextval('inbound_arrivals') AS place FROM (
            SELECT message_id FROM inbound_messages ORDER BY received_at, message_id) AS ordered
    ) AS those WHERE m.message_id = those.message_id
    """,
    "ALTER TABLE inbound_messages ALTER arrived SET DEFAULT nextval('inbound_arrivals')",
    "ALTER TABLE channels ADD refusal text",
    # Of what was on its way before that was written down nobody may say that it never was.
    """
    UPDATE messages SET leaving_at = composed_at WHERE status = 'pending' AND leaving_at IS NULL
    AND EXISTS (SELECT FROM effects e WHERE e.key = 'message:' || message_id AND e.state = 'acting')
    """,
    # Reports on what was typed on the phone are never fetched: they are thrown away by their age.
    "CREATE INDEX early_reports_at ON early_reports (at)",
    "CREATE INDEX messages_pending ON messages (channel) WHERE status = 'pending'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
