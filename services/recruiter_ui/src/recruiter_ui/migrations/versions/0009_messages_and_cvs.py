"""What conversations, held messages, decisions about CVs and our access to the channels show.

What a new column shows of the past comes with a rebuild (``recruitflow pages rebuild``).
A message's conversation is that of its person, by the id they had; else that of the sender or recipient as
``domain.conversations.sender_key`` has it. Words are found without their marks, as ``queries.conversations``
folds them.
"""

from alembic import op

_PERSON = "(CASE WHEN linked_at IS NULL THEN candidate_id ELSE linked_to END)"
_SENDER = "COALESCE(sender, recipient)"
_KEY = f"""CASE WHEN {_SENDER} ~ '^[+]?[0-9 ().-]{{5,40}}$' THEN regexp_replace({_SENDER}, '[^0-9]', '', 'g')
    ELSE lower({_SENDER}) END"""
_SEEN = "inbound AND written_at IS NOT NULL AND deleted IS NOT TRUE"
_UNREAD = f"{_SEEN} AND is_read IS NOT TRUE"
_WORDS = """to_tsvector('simple'::regconfig, translate(
    lower(COALESCE(subject, '') || ' ' || COALESCE(body, '')),
    'ăâîșşțţáàäãåçéèêëíìïñóòôöõőúùûüűýźżśłąęćńšžčřěďťů',
    'aaissttaaaaaceeeeiiinoooooouuuuuyzzslaecnszcredtu'))"""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE messages
        ADD body_ref jsonb, ADD recipient text, ADD reply_to uuid, ADD written_by text,
        ADD held_at timestamptz, ADD held_event uuid, ADD leaves_at timestamptz, ADD held_because text,
        ADD marked_at timestamptz, ADD marked_event uuid, ADD is_read boolean,
        ADD deletion_at timestamptz, ADD deletion_event uuid, ADD deletion_id uuid, ADD deleted boolean,
        ADD linked_at timestamptz, ADD linked_event uuid, ADD link_id uuid, ADD linked_to bigint,
        ADD linked_application_id bigint
    """,
    """
    ALTER TABLE cvs
        ADD number integer, ADD score integer, ADD review_reasons jsonb, ADD runners_up jsonb,
        ADD reading jsonb, ADD matched_by text, ADD reviewed_at timestamptz, ADD reviewed_event uuid,
        ADD confirmed_by text,
        ADD attached_at timestamptz, ADD attached_event uuid, ADD detached_because text, ADD detached_by text
    """,
    """
    UPDATE cvs SET attached_at = matched_at, attached_event = matched_event, reviewed_at = confirmed_at,
        reviewed_event = CASE WHEN confirmed_at IS NOT NULL
            THEN '00000000-0000-0000-0000-000000000000'::uuid END
    """,
    "DROP INDEX cvs_to_review",
    """
    CREATE INDEX cvs_to_review ON cvs (received_at)
        WHERE needs_review AND confirmed_at IS NULL AND detached_because IS NULL
    """,
    "ALTER TABLE unmatched RENAME assigned_at TO settled_at",
    "ALTER TABLE unmatched RENAME assigned_event TO settled_event",
    """
    ALTER TABLE unmatched
        ADD message_id uuid, ADD quarantined boolean, ADD runners_up jsonb, ADD reading jsonb,
        ADD settled text, ADD settled_by text, ADD settled_reason text
    """,
    "CREATE INDEX cvs_item ON cvs (item_id)",
    "CREATE INDEX cvs_confirmed ON cvs (confirmed_at) WHERE confirmed_at IS NOT NULL",
    """
    CREATE INDEX cvs_by_hand ON cvs (attached_at)
        WHERE matched_by IS NOT NULL OR detached_because IS NOT NULL
    """,
    "UPDATE unmatched SET settled = 'assigned' WHERE settled_at IS NOT NULL",
    "DROP INDEX unmatched_open",
    "CREATE INDEX unmatched_open ON unmatched (received_at) WHERE settled IS NULL",
    "CREATE INDEX cvs_by_content ON cvs ((file->>'sha256'))",
    "CREATE INDEX unmatched_by_content ON unmatched ((file->>'sha256'))",
    "CREATE INDEX unmatched_discarded ON unmatched (settled_at) WHERE settled = 'discarded'",
    """
    CREATE TABLE connections (
        channel text PRIMARY KEY, said_at timestamptz, said_event uuid, state text, account text,
        problem text, what_to_do text, said_by text
    )
    """,
    f"""
    ALTER TABLE messages
        ADD person_id bigint GENERATED ALWAYS AS ({_PERSON}) STORED,
        ADD conversation text GENERATED ALWAYS AS
            (CASE WHEN {_PERSON} IS NOT NULL THEN 'c' || {_PERSON}::text ELSE 's' || {_KEY} END) STORED
    """,
    f"CREATE INDEX messages_heard ON messages (written_at DESC, message_id DESC) WHERE {_SEEN}",
    "CREATE INDEX messages_heard_of ON messages (conversation, written_at DESC, message_id DESC) "
    f"WHERE {_SEEN}",
    f"CREATE INDEX messages_unread ON messages (written_at DESC, message_id DESC) WHERE {_UNREAD}",
    """
    CREATE INDEX messages_thread ON messages
        (conversation, COALESCE(sent_at, written_at, delivery_at) DESC, message_id DESC)
    """,
    "CREATE INDEX messages_linked ON messages (linked_to) WHERE linked_to IS NOT NULL",
    "CREATE INDEX messages_linked_about ON messages (linked_application_id) "
    "WHERE linked_application_id IS NOT NULL",
    "CREATE INDEX messages_deleted ON messages (deletion_at DESC) WHERE deleted",
    f"CREATE INDEX messages_strangers ON messages (conversation) INCLUDE (sender_name) WHERE {_SEEN} "
    "AND person_id IS NULL",
    f"CREATE INDEX messages_words ON messages USING gin ({_WORDS})",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("read tables are made anew from the stream instead")
