"""Our access to the mailbox, and how far it is read.

``gmail_grant.sealed`` is the refresh token, encrypted; of a flow's ``state`` only a digest is kept.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE gmail_grant (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        mark text NOT NULL,
        sealed bytea NOT NULL,
        account text NOT NULL,
        given_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE gmail_flows (
        state_digest bytea PRIMARY KEY,
        actor_id text NOT NULL,
        sealed_verifier bytea NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE channels (
        channel text PRIMARY KEY CHECK (channel IN ('email', 'whatsapp')),
        mark text NOT NULL,
        given_by text NOT NULL CHECK (given_by IN ('page', 'environment')),
        state text NOT NULL CHECK (state IN ('connected', 'lost', 'away')),
        since timestamptz NOT NULL,
        account text,
        checked_at timestamptz,
        tried_at timestamptz,
        problem text,
        what_to_do text
    )
    """,
    """
    CREATE TABLE mailbox_cursors (
        address text PRIMARY KEY,
        history_id bigint NOT NULL,
        listed_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE troubled_emails (
        external_id text PRIMARY KEY,
        tries integer NOT NULL,
        since timestamptz NOT NULL,
        problem text NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration: restore a backup instead")
