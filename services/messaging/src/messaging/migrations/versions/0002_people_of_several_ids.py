"""People who have several ids, because a recruiter merged them.

``merges`` is what intake said, whichever of a merge and its undoing comes first. ``members`` follows from it:
every id of everybody who has more than one, the one that was kept included. ``former_contacts`` are addresses
and numbers that only the record before a merge had: who writes from one is still the person.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE merges (
            merge_id uuid PRIMARY KEY,
            kept_id bigint NOT NULL,
            merged_id bigint NOT NULL,
            undone boolean NOT NULL
        )""")
    op.execute("""
        CREATE TABLE members (
            candidate_id bigint PRIMARY KEY,
            person_id bigint NOT NULL
        )""")
    op.execute("CREATE INDEX members_person ON members (person_id)")
    op.execute("""
        CREATE TABLE former_contacts (
            candidate_id bigint NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (value, candidate_id)
        )""")
    op.execute("CREATE INDEX former_contacts_candidate ON former_contacts (candidate_id)")


def downgrade() -> None:
    raise NotImplementedError("what people decided is not taken back by a migration")
