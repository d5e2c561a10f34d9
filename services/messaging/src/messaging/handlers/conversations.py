"""What recruiters do with what people wrote: mark, delete, restore, and say whose a sender is.

What is so already is left alone, so that two recruiters with the same page open undo nothing of each other.
"""

from __future__ import annotations

from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts.messaging import (
    Conversation,
    ConversationDeleted,
    ConversationRestored,
    DeleteConversation,
    MarkConversation,
    MarkMessages,
    MessagesMarked,
    RestoreConversation,
)

from messaging.domain.conversations import Whose, by_person, may_be_restored, sender_key
from messaging.ports.conversations import Conversations, Partner

handlers = Handlers("messaging")

_NOBODY = Refused(code="not_found", message="There is no such conversation.")


@handlers.answers(MarkConversation)
async def mark_conversation(
    command: MarkConversation, tx: Tx, conversations: Conversations
) -> Accepted | Refused:
    partner = await _partner(tx, command.conversation, conversations)
    if partner is None:
        return _NOBODY
    marked = await conversations.read_up_to(tx, partner, command.up_to)
    return _say_marked(command, tx, marked, read=True)


@handlers.answers(MarkMessages)
async def mark_messages(command: MarkMessages, tx: Tx, conversations: Conversations) -> Accepted | Refused:
    marked = await conversations.mark(tx, command.message_ids, read=command.read)
    return _say_marked(command, tx, marked, read=command.read)


def _say_marked(
    command: MarkConversation | MarkMessages, tx: Tx, marked: list[Whose], *, read: bool
) -> Accepted:
    for candidate_id, ids in by_person(marked):
        tx.publish(MessagesMarked(candidate_id=candidate_id, message_ids=ids, read=read, actor=command.actor))
    return Accepted(result={"marked": len(marked)})


@handlers.answers(DeleteConversation)
async def delete_conversation(
    command: DeleteConversation, tx: Tx, conversations: Conversations
) -> Accepted | Refused:
    """What they wrote, as far as the page showed it; what they write next is shown again."""
    partner = await _partner(tx, command.conversation, conversations)
    if partner is None:
        return _NOBODY
    deletion_id = tx.new_id()
    deleted = await conversations.delete(tx, partner, deletion_id, command.up_to)
    if not deleted:
        return Refused(code="nothing_there", message="There is nothing here to delete any more.")
    for candidate_id, ids in by_person(deleted):
        tx.publish(
            ConversationDeleted(
                candidate_id=candidate_id,
                deletion_id=deletion_id,
                sender=command.conversation.sender,
                message_ids=ids,
                actor=command.actor,
            )
        )
    return Accepted(result={"deletion_id": str(deletion_id), "deleted": len(deleted)})


@handlers.answers(RestoreConversation)
async def restore_conversation(
    command: RestoreConversation, tx: Tx, conversations: Conversations
) -> Accepted | Refused:
    deletion = await conversations.find_deletion(tx, command.deletion_id)
    if deletion is None:
        return _NOBODY
    if deletion.restored:
        return Refused(code="restored_already", message="It was brought back already.")
    if not may_be_restored(deletion.deleted_at, tx.now):
        return Refused(code="too_late", message="It was deleted more than 30 days ago.")
    restored = await conversations.restore(tx, command.deletion_id)
    for candidate_id, ids in by_person(restored):
        tx.publish(
            ConversationRestored(
                candidate_id=candidate_id,
                deletion_id=command.deletion_id,
                message_ids=ids,
                actor=command.actor,
            )
        )
    return Accepted(result={"restored": len(restored)})


async def _partner(tx: Tx, conversation: Conversation, conversations: Conversations) -> Partner | None:
    """A conversation names a person or a sender; with neither or both there is none."""
    if conversation.candidate_id is not None and conversation.sender is None:
        return await conversations.partner(tx, conversation.candidate_id)
    if conversation.sender and conversation.candidate_id is None:
        return Partner(sender_key=sender_key(conversation.sender))
    return None
