"""What messaging does when something happens elsewhere."""

from chassis import Handlers

from messaging.handlers import ask_for_cv, fetch_media, follow_pipeline, receive_whatsapp, send

handlers = Handlers("messaging")
for part in (follow_pipeline, ask_for_cv, send, receive_whatsapp, fetch_media):
    handlers.include(part.handlers)
