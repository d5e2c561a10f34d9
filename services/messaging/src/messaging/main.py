"""Messaging, put together: what fills its ports, what it listens to, how often it looks into the mailbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chassis.service import Service, run

from messaging.adapters.postgres_conversations import PostgresConversations
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_objections import PostgresObjections
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.postgres_templates import PostgresTemplates
from messaging.adapters.whapi import Whapi
from messaging.gmail_wiring import gmail_ports, periodic_checks
from messaging.handlers import handlers
from messaging.handlers.poll_inbox import InboxMetrics
from messaging.handlers.send import SendingMetrics
from messaging.ports import (
    Conversations,
    Inbounds,
    Messages,
    Objections,
    Pipeline,
    SendingRules,
    TemplateDesk,
    Templates,
    WhatsApp,
)
from messaging.settings import MessagingSettings


def build(settings: MessagingSettings) -> Service:
    whapi = Whapi(
        token=settings.whapi_token.get_secret_value(),
        base_url=settings.whapi_api_url,
        timeout=settings.whapi_timeout_seconds,
    )
    inbox_metrics, sending_metrics = InboxMetrics(), SendingMetrics()
    ports: dict[Any, Any] = {
        Pipeline: PostgresPipeline(),
        Templates: PostgresTemplates(),
        TemplateDesk: PostgresTemplates(),
        Messages: PostgresMessages(),
        Inbounds: PostgresInbounds(),
        Conversations: PostgresConversations(),
        Objections: PostgresObjections(),
        WhatsApp: whapi,
        **gmail_ports(settings, lambda: service.begin(), inbox_metrics),
        SendingMetrics: sending_metrics,
        SendingRules: SendingRules(
            settings.effect_grace_seconds, timedelta(hours=settings.gmail_patience_hours), settings.holding()
        ),
    }
    service = Service("messaging", settings, handlers, ports=ports, every=periodic_checks(settings))
    for metrics in (inbox_metrics, sending_metrics):
        metrics.show_in(service.metrics.registry)
    return service


def main() -> None:
    run(build(MessagingSettings()))


if __name__ == "__main__":
    main()
