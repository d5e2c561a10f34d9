"""By what people were found before a merge gave them another name, number or address."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE former_searches (candidate_id bigint, said_event uuid, search text,"
        " PRIMARY KEY (candidate_id, said_event))"
    )


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
