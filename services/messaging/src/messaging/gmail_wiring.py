"""Gmail, put together: two clients on one access. Sending rests while it is lost, the poll tries it now
and then.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from chassis import Tx
from chassis.blobs import ObjectBlobs
from chassis.periodic import Periodic

from messaging.adapters.gmail_client import GmailClient
from messaging.adapters.gmail_inbox import GmailInbox
from messaging.adapters.gmail_mail import GmailMail
from messaging.adapters.google_oauth import GoogleOauth
from messaging.adapters.postgres_access import PostgresChannels, PostgresFlows, PostgresGrants
from messaging.adapters.postgres_inbounds import PostgresInbounds
from messaging.adapters.postgres_mailbox import PostgresMailboxBook, PostgresSentMail
from messaging.adapters.postgres_messages import PostgresMessages
from messaging.adapters.postgres_objections import PostgresObjections
from messaging.adapters.postgres_pipeline import PostgresPipeline
from messaging.adapters.vault import FernetVault
from messaging.adapters.whapi_health import WhapiHealth
from messaging.handlers.access import GmailAccess, mark_of
from messaging.handlers.connections import check_whatsapp
from messaging.handlers.poll_inbox import InboxMetrics, Poller, PollRules, poll_inbox
from messaging.handlers.take_email import EmailTaker
from messaging.ports import Mail
from messaging.ports.access import (
    Access,
    Channels,
    ConnectionRules,
    Flows,
    Google,
    Grants,
    Vault,
    WhatsAppHealth,
)
from messaging.settings import MessagingSettings

OpenTx = Callable[[], AbstractAsyncContextManager[Tx]]


def gmail_ports(settings: MessagingSettings, begin: OpenTx, metrics: InboxMetrics) -> dict[Any, Any]:
    """``begin`` is called once the service has its database."""
    token = settings.google_refresh_token.get_secret_value()
    grants, channels, vault = PostgresGrants(), PostgresChannels(), FernetVault(settings.secrets())
    rules = ConnectionRules(mark_of(token) if token else None)

    def access(*, pauses: bool) -> Access:
        return GmailAccess(begin, grants, channels, vault, token, pauses=pauses)

    return {
        Grants: grants,
        Channels: channels,
        Vault: vault,
        Flows: PostgresFlows(begin),
        ConnectionRules: rules,
        Google: _google(settings),
        WhatsAppHealth: WhapiHealth(
            token=settings.whapi_token.get_secret_value(),
            base_url=settings.whapi_api_url,
            timeout=settings.whapi_timeout_seconds,
        ),
        Mail: GmailMail(_client(settings, access(pauses=True)), settings.gmail_sender),
        Poller: _poller(settings, access(pauses=False), grants, channels, rules, metrics),
    }


def _poller(
    settings: MessagingSettings,
    access: Access,
    grants: Grants,
    channels: Channels,
    rules: ConnectionRules,
    metrics: InboxMetrics,
) -> Poller:
    labels = settings.gmail_inbox_label, settings.gmail_processed_label
    taker = EmailTaker(
        PostgresInbounds(),
        PostgresPipeline(),
        PostgresObjections(),
        PostgresMessages(),
        PostgresSentMail(),
        ObjectBlobs(settings.blobs_url),
    )
    return Poller(
        inbox=GmailInbox(_client(settings, access), *labels),
        book=PostgresMailboxBook(),
        taker=taker,
        channels=channels,
        grants=grants,
        connection=rules,
        rules=PollRules(settings.list_every(), settings.gmail_poll_enabled),
        metrics=metrics,
    )


def periodic_checks(settings: MessagingSettings) -> list[Periodic]:
    health = Periodic("check_whatsapp", settings.health_every(), check_whatsapp)
    poll = Periodic("poll_inbox", settings.poll_every(), poll_inbox)
    return [poll, health] if settings.gmail_poll_enabled else [health]


def _client(settings: MessagingSettings, access: Access) -> GmailClient:
    return GmailClient(
        access,
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        token_uri=settings.google_token_uri,
        base_url=settings.gmail_base_url,
        timeout=settings.gmail_timeout_seconds,
    )


def _google(settings: MessagingSettings) -> GoogleOauth:
    return GoogleOauth(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        auth_uri=settings.google_auth_uri,
        token_uri=settings.google_token_uri,
        revoke_uri=settings.google_revoke_uri,
        redirect_uri=settings.google_redirect_uri,
        gmail_base_url=settings.gmail_base_url,
    )
