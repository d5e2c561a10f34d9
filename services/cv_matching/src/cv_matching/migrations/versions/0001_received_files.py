"""Received files, the CVs they became (recruitflow.md 4.7, 4.8), and who may have sent them."""

from __future__ import annotations

from alembic import op
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    _replica()
    _files()


def _replica() -> None:
    op.execute("""
        CREATE TABLE candidates (
            candidate_id bigint PRIMARY KEY,
            name text NOT NULL,
            words text[] NOT NULL,
            name_key text NOT NULL,
            given_names text NOT NULL,
            as_of timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX candidates_words ON candidates USING gin (words)")
    op.execute("CREATE INDEX candidates_name_key ON candidates (name_key)")
    op.execute("""
        CREATE TABLE contacts (
            candidate_id bigint NOT NULL REFERENCES candidates ON DELETE CASCADE,
            kind text NOT NULL CHECK (kind IN ('email', 'phone')),
            value text NOT NULL,
            PRIMARY KEY (kind, value, candidate_id)
        )""")
    op.execute("CREATE INDEX contacts_candidate ON contacts (candidate_id)")
    op.execute("""
        CREATE TABLE applications (
            application_id bigint PRIMARY KEY,
            candidate_id bigint NOT NULL,
            status text NOT NULL,
            sequence integer NOT NULL
        )""")
    op.execute("CREATE INDEX applications_candidate ON applications (candidate_id)")


def _files() -> None:
    op.execute("""
        CREATE TABLE items (
            item_id uuid PRIMARY KEY,
            message_id uuid NOT NULL,
            position integer NOT NULL,
            channel text NOT NULL CHECK (channel IN ('email', 'whatsapp')),
            sender text NOT NULL,
            sender_name text,
            subject text,
            body text NOT NULL,
            file jsonb NOT NULL,
            file_name text NOT NULL,
            received_at timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('waiting', 'matched', 'unmatched', 'assigned')),
            explanation text,
            settled_at timestamptz,
            tries integer NOT NULL DEFAULT 0,
            UNIQUE (message_id, position),
            CHECK ((state = 'waiting') = (settled_at IS NULL))
        )""")
    op.execute("CREATE INDEX items_open ON items (received_at) WHERE state IN ('waiting', 'unmatched')")
    op.execute("""
        CREATE TABLE cvs (
            cv_id uuid PRIMARY KEY,
            item_id uuid NOT NULL REFERENCES items,
            candidate_id bigint NOT NULL,
            application_id bigint NOT NULL,
            method text NOT NULL,
            source text NOT NULL,
            file jsonb NOT NULL,
            file_name text NOT NULL,
            needs_review boolean NOT NULL,
            confirmed_at timestamptz,
            received_at timestamptz NOT NULL,
            UNIQUE (item_id, application_id)
        )""")
    op.execute("CREATE INDEX cvs_application ON cvs (application_id)")
    op.execute("CREATE INDEX cvs_to_review ON cvs (received_at) WHERE needs_review")


def downgrade() -> None:
    raise NotImplementedError("received files are never thrown away: restore a backup instead")
