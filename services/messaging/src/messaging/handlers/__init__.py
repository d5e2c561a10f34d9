"""What messaging does when something happens elsewhere."""

from chassis import Handlers

from messaging.handlers import (
    ask_for_cv,
    conversations,
    fetch_media,
    follow_pipeline,
    link_senders,
    message_templates,
    receive_whatsapp,
    send,
)

handlers = Handlers("messaging")
for part in (
    conversations,
    link_senders,
    follow_pipeline,
    ask_for_cv,
    send,
    receive_whatsapp,
    fetch_media,
    message_templates,
):
    handlers.include(part.handlers)
