"""Browsers that a recruiter has logged in with: nobody else's wrong passwords lock them out."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE known_browsers (
            token_hash bytea PRIMARY KEY,
            recruiter_id bigint NOT NULL REFERENCES recruiters ON DELETE CASCADE,
            last_login_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute("CREATE INDEX known_browsers_by_recruiter ON known_browsers (recruiter_id)")


def downgrade() -> None:
    op.execute("DROP TABLE known_browsers")
