"""Which access to Gmail is used: what a recruiter gave on the page, else the environment's token.

While it is known to be lost nothing is sent with it; the poll tries it now and then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import structlog
from chassis import Tx

from messaging.domain.channel_state import By, Refusal, is_lost
from messaging.domain.letters import Channel
from messaging.handlers.channel_states import AGAIN, IN_ENVIRONMENT, note_refusal
from messaging.ports import Disconnected
from messaging.ports.access import CantOpen, Channels, Grant, Grants, NeverConnected, Vault

NEW_KEY = (
    "Put the former key behind the new one in SECRETS_KEY (new,former), or connect Gmail again in Settings."
)
PROBLEMS = {
    Refusal.REVOKED: "Google no longer accepts our access.",
    Refusal.TOO_LITTLE: "Our access does not cover reading and sending email.",
    Refusal.API_OFF: "The Gmail API is switched off in Google Cloud.",
    Refusal.BARRED: "Google does not let RecruitFlow use this mailbox.",
}
ELSEWHERE = {
    Refusal.API_OFF: "Have it switched on for the project of GOOGLE_CLIENT_ID: RecruitFlow goes on by itself "
    "some minutes later.",
    Refusal.BARRED: "Have whoever looks after the Google account allow it: RecruitFlow goes on by itself "
    "some minutes later.",
}
"""What is mended at Google, whoever gave the access."""
TICKED = "Tick the box that lets RecruitFlow read and send email."
WIDER = "The token has to be for the scope gmail.modify."
NOT_READABLE = "The access to Gmail that was given can't be decrypted: SECRETS_KEY has changed."

log = structlog.get_logger(__name__)


def mark_of(secret: str) -> str:
    """Tells one secret from another and says nothing about it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


class GmailAccess:
    """``pauses``: nothing is asked of Google while the access is known to be lost."""

    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[Tx]],
        grants: Grants,
        channels: Channels,
        vault: Vault,
        from_environment: str,
        *,
        pauses: bool,
    ) -> None:
        self._begin = begin
        self._grants, self._channels, self._vault = grants, channels, vault
        self._from_environment = from_environment
        self._pauses = pauses

    async def grant(self) -> Grant:
        async with self._begin() as tx:
            grant = await current_grant(tx, self._grants, self._vault, self._from_environment)
            state = await self._channels.find(tx, Channel.EMAIL) if self._pauses else None
            if isinstance(grant, str):
                await note_refusal(tx, self._channels, Channel.EMAIL, grant, "page", NOT_READABLE, NEW_KEY)
        if grant is None:
            raise NeverConnected("Gmail is not connected")
        if isinstance(grant, str):
            raise Disconnected(NOT_READABLE)
        if is_lost(state, grant.mark):
            raise Disconnected(state.problem if state and state.problem else "our access was taken back")
        return grant

    async def refused(self, grant: Grant, why: Refusal) -> None:
        log.warning("gmail_access_refused", by=grant.by, why=why.value)
        problem, mend = _words(why, grant.by)
        async with self._begin() as tx:
            await self._channels.find(tx, Channel.EMAIL)  # waits for whoever is connecting
            given = await self._grants.given(tx)
            if grant.mark != (given.mark if given else mark_of(self._from_environment)):
                return
            await note_refusal(tx, self._channels, Channel.EMAIL, grant.mark, grant.by, problem, mend, why)


def _words(why: Refusal, by: By) -> tuple[str, str]:
    """What is wrong, and what to do."""
    again = AGAIN if by == "page" else IN_ENVIRONMENT
    if why is Refusal.TOO_LITTLE:
        again = f"{again} {TICKED if by == 'page' else WIDER}"
    return PROBLEMS[why], ELSEWHERE.get(why, again)


async def current_grant(tx: Tx, grants: Grants, vault: Vault, from_environment: str) -> Grant | str | None:
    """The mark alone where it can't be decrypted; None where there is nothing. Sealed anew after a change
    of keys.
    """
    given = await grants.given(tx)
    if given is None:
        if not from_environment:
            return None
        return Grant(mark_of(from_environment), from_environment, "environment")
    try:
        token = vault.open(given.sealed)
        fresh = vault.resealed(given.sealed)
    except CantOpen:
        return given.mark
    if fresh is not None:
        await grants.keep(tx, type(given)(given.mark, fresh, given.account, given.given_at))
    return Grant(given.mark, token, "page")
