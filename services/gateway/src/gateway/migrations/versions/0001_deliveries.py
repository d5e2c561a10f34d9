"""Raw deliveries, once each."""

from alembic import op
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute("""
        CREATE TABLE deliveries (
            delivery_id uuid PRIMARY KEY,
            provider text NOT NULL,
            kind text NOT NULL,
            sha256 bytea NOT NULL,
            body bytea,
            body_ref text,
            received_at timestamptz NOT NULL,
            UNIQUE (provider, sha256)
        )
    """)
    op.execute("CREATE INDEX deliveries_with_body ON deliveries (received_at) WHERE body IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP TABLE deliveries")
