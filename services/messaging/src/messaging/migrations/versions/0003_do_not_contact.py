"""Who is not to be written to on which channel, and which positions are closed.

Without a reference to candidates: the wish may be heard of before the person.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE do_not_contact (
            candidate_id bigint NOT NULL,
            channel text NOT NULL CHECK (channel IN ('email', 'whatsapp')),
            PRIMARY KEY (candidate_id, channel)
        )""")
    op.execute("ALTER TABLE positions ADD COLUMN closed boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    raise NotImplementedError("what people asked for is not taken back by a migration")
