"""A recruiter gives us access to Gmail on the page, looks at how it stands, and takes it away (OAuth, PKCE).

``state`` works once and for ten minutes, for the recruiter who began; only its digest is kept. Neither it nor
Google's one-time code is written to a log. Source: providers.md 5.1.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from chassis import Handlers, Tx
from contracts import Accepted, Refused
from contracts import messaging as said
from contracts.messaging import (
    ChannelDisconnected,
    DisconnectGmail,
    FinishGmailConnection,
    StartGmailConnection,
)

from messaging.domain.letters import Channel
from messaging.handlers.access import mark_of
from messaging.handlers.channel_states import note_use
from messaging.ports import ProviderAway
from messaging.ports.access import (
    CantOpen,
    Channels,
    Flow,
    Flows,
    Given,
    Google,
    GoogleRefused,
    Grants,
    SealedGrant,
    Vault,
)

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)

VALID_FOR = timedelta(minutes=10)
NO_CLIENT = Refused(
    code="not_set_up",
    message="Gmail can't be connected here yet: GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are not set. "
    "The README says how to make them in Google Cloud.",
)
NO_KEY = Refused(
    code="no_secrets_key",
    message="Gmail can't be connected here yet: SECRETS_KEY is not set, so the access could not be kept "
    "encrypted. Set it to a long random text (32 characters or more) and start messaging again.",
)
EXPIRED = Refused(
    code="flow_expired",
    message="This connection was not begun here, was used already, or took longer than ten minutes. "
    "Press Connect once more.",
)
UNANSWERED = Refused(
    code="google_away",
    message="Google did not answer, so Gmail is not connected. Nothing was changed: press Connect once more.",
)


@handlers.answers(StartGmailConnection)
async def start_gmail_connection(
    command: StartGmailConnection, tx: Tx, google: Google, vault: Vault, flows: Flows, grants: Grants
) -> Accepted | Refused:
    if not google.ready:
        return NO_CLIENT
    if not vault.usable:
        return NO_KEY
    given = await grants.given(tx)
    begun = await google.begin(given.account if given else None)
    flow = Flow(_who(command), vault.seal(begun.verifier), tx.now + VALID_FOR)
    await flows.begin(tx, begun.state, flow)
    return Accepted(result={"authorization_url": begun.authorization_url})


@handlers.answers(FinishGmailConnection)
async def finish_gmail_connection(
    command: FinishGmailConnection,
    tx: Tx,
    google: Google,
    vault: Vault,
    flows: Flows,
    grants: Grants,
    channels: Channels,
) -> Accepted | Refused:
    flow = await flows.take(command.state)
    if flow is None or flow.expires_at < tx.now or flow.actor_id != _who(command):
        return EXPIRED
    try:
        given = await google.finish(command.code, vault.open(flow.sealed_verifier))
    except GoogleRefused as no:
        return Refused(code=no.code, message=str(no))
    except CantOpen:
        return EXPIRED
    except ProviderAway as away:
        log.warning("gmail_connection_unanswered", problem=away.problem)
        return UNANSWERED
    before = await grants.given(tx)
    if before is not None and before.account.casefold() != given.account.casefold():
        await _revoke(google, given.refresh_token)
        return _other_account(before.account, given.account)
    await _keep(command, tx, given, vault, grants, channels)
    return Accepted(result={"account": given.account})


@handlers.answers(DisconnectGmail)
async def disconnect_gmail(
    command: DisconnectGmail, tx: Tx, google: Google, vault: Vault, grants: Grants, channels: Channels
) -> Accepted | Refused:
    """Ours is forgotten whether or not Google hears of it; then the environment's counts again, if any."""
    given = await grants.given(tx)
    if given is None:
        message = (
            "There is no connection that was made on this page; what the environment gives is set there."
        )
        return Refused(code="not_connected", message=message)
    await grants.forget(tx)
    await channels.forget(tx, Channel.EMAIL)
    tx.publish(ChannelDisconnected(channel=said.Channel.EMAIL, actor=command.actor))
    try:
        told = await _revoke(google, vault.open(given.sealed))
    except CantOpen:
        told = False
    return Accepted(result={"account": given.account, "revoked": told})


async def _keep(
    command: FinishGmailConnection, tx: Tx, given: Given, vault: Vault, grants: Grants, channels: Channels
) -> None:
    mark = mark_of(given.refresh_token)
    sealed = vault.seal(given.refresh_token)
    await grants.keep(tx, SealedGrant(mark, sealed, given.account, tx.now))
    await note_use(tx, channels, Channel.EMAIL, mark, "page", given.account, command.actor)


async def _revoke(google: Google, refresh_token: str) -> bool:
    try:
        await google.revoke(refresh_token)
    except (ProviderAway, GoogleRefused) as no:
        log.warning("google_not_told", failure=type(no).__name__)
        return False
    return True


def _other_account(wanted: str, chosen: str) -> Refused:
    message = (
        f"You chose {chosen} at Google, but RecruitFlow's mailbox is {wanted}. Press Connect again and "
        f"choose {wanted}. To use another mailbox from now on, press Disconnect first."
    )
    return Refused(code="other_account", message=message)


def _who(command: StartGmailConnection | FinishGmailConnection) -> str:
    return f"{command.actor.kind}:{command.actor.id}"
