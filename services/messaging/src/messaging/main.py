"""Messaging, put together: what fills its ports, what it listens to, how often it looks into the mailbox."""

from __future__ import annotations

from datetime import timedelta

from chassis.periodic import Periodic
from chassis.service import Service, run

from messaging.adapters.gmail_client import GmailClient
from messaging.adapters.gmail_inbox import GmailInbox
from messaging.adapters.gmail_mail import GmailMail
from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates
from messaging.adapters.whapi import Whapi
from messaging.handlers import handlers
from messaging.handlers.poll_inbox import InboxMetrics, poll_inbox
from messaging.handlers.send import SendingMetrics
from messaging.ports import (
    Conversations,
    Inbounds,
    Inbox,
    Mail,
    Messages,
    Pipeline,
    SendingRules,
    TemplateDesk,
    Templates,
    WhatsApp,
)
from messaging.settings import MessagingSettings


def build(settings: MessagingSettings) -> Service:
    gmail = GmailClient(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        refresh_token=settings.google_refresh_token.get_secret_value(),
        token_uri=settings.google_token_uri,
        base_url=settings.gmail_base_url,
        timeout=settings.gmail_timeout_seconds,
    )
    whapi = Whapi(
        token=settings.whapi_token.get_secret_value(),
        base_url=settings.whapi_api_url,
        timeout=settings.whapi_timeout_seconds,
    )
    inbox_metrics, sending_metrics = InboxMetrics(), SendingMetrics()
    ports = {
        Pipeline: PostgresPipeline(),
        Templates: PostgresTemplates(),
        TemplateDesk: PostgresTemplates(),
        Messages: PostgresMessages(),
        Inbounds: PostgresInbounds(),
        Conversations: PostgresConversations(),
        Mail: GmailMail(gmail, settings.gmail_sender),
        Inbox: GmailInbox(gmail, settings.gmail_inbox_label, settings.gmail_processed_label),
        WhatsApp: whapi,
        InboxMetrics: inbox_metrics,
        SendingMetrics: sending_metrics,
        SendingRules: SendingRules(
            settings.effect_grace_seconds, timedelta(hours=settings.gmail_patience_hours)
        ),
    }
    poll = Periodic("poll_inbox", timedelta(minutes=settings.gmail_poll_minutes), poll_inbox)
    every = [poll] if settings.gmail_poll_enabled else []
    service = Service("messaging", settings, handlers, ports=ports, every=every)
    for metrics in (inbox_metrics, sending_metrics):
        metrics.show_in(service.metrics.registry)
    return service


def main() -> None:
    run(build(MessagingSettings()))


if __name__ == "__main__":
    main()
