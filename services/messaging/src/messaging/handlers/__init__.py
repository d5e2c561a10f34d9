"""What messaging does when something happens elsewhere."""

from chassis import Handlers

from messaging.handlers import (
    ask_for_cv,
    connecting,
    connections,
    conversations,
    fetch_media,
    follow_pipeline,
    held,
    link_senders,
    message_templates,
    poll_inbox,
    receive_whatsapp,
    send,
    sending_by_hand,
    writing,
)

handlers = Handlers("messaging")
for part in (
    connecting,
    connections,
    poll_inbox,
    conversations,
    link_senders,
    follow_pipeline,
    ask_for_cv,
    send,
    receive_whatsapp,
    fetch_media,
    message_templates,
    writing,
    sending_by_hand,
    held,
):
    handlers.include(part.handlers)
