"""What the gate said of each call, and what it needs to know."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    # Every verdict of the gate, with what it went by: ids, no names and no numbers.
    """
    CREATE TABLE verdicts (
        verdict_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        application_id bigint NOT NULL,
        call_id uuid,
        stage text NOT NULL CHECK (stage IN ('preparing', 'dialling')),
        purpose text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('allowed', 'deferred', 'refused')),
        reason text,
        until timestamptz,
        time_zone text,
        zone_from text CHECK (zone_from IN ('stated', 'number', 'position')),
        facts jsonb NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX verdicts_of_application ON verdicts (application_id, verdict_id)",
    # The transition to call_queued that the entry answers; null where intake has not said yet.
    "ALTER TABLE queue ADD COLUMN queued_by int",
    # Whose clock a call went by.
    "ALTER TABLE attempts ADD COLUMN time_zone text, ADD COLUMN zone_from text",
    "CREATE INDEX attempts_to_number ON attempts (to_number)",
    "CREATE INDEX queue_for_a_person ON queue (application_id)"
    " WHERE state = 'waiting' AND told_reason = 'person_being_called'",
    # An agreed callback: when it was asked for, and what was said of when it will be.
    """
    CREATE TABLE callbacks (
        application_id bigint PRIMARY KEY,
        candidate_id bigint NOT NULL,
        position_id bigint NOT NULL,
        asked_for timestamptz NOT NULL,
        confirmed boolean NOT NULL,
        said jsonb
    )
    """,
    "CREATE INDEX callbacks_of_candidate ON callbacks (candidate_id)",
    "CREATE INDEX callbacks_of_position ON callbacks (position_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what happened is not taken back by a migration")
