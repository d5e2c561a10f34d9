"""A person is found by their surname first: the text that is searched holds the name in any turn.

The tables stay as they are: a rebuild writes anew who is there already (``recruitflow pages rebuild``).
"""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change; that there was a migration says that a rebuild is due."""


def downgrade() -> None:
    raise NotImplementedError("read models are rebuilt, not migrated backwards")
