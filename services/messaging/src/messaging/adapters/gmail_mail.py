"""Email out through Gmail, with a key of our own so that a lost answer can be looked up.

The key stands in the Message-ID, which can be searched for, and in a header of ours: Gmail's search may lag
behind its mailbox, and Gmail is said to put its own Message-ID on what is sent through the API.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType

from chassis.effects import Absent, Found, NotAccepted, ProviderDeclined, Sighting

from messaging.adapters.gmail_client import Answered, GmailClient, NotReached
from messaging.ports import Disconnected, Letter, NotConnected

OUR_KEY = "X-RecruitFlow-Message"

LOOK_BACK = 100
"""Sent emails that are looked through, the newest ones; while Gmail is away none are added."""


class GmailMail:
    """``sender`` is the From address; where it is empty Gmail puts the account's own."""

    def __init__(self, client: GmailClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def __aenter__(self) -> GmailMail:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    async def send(self, letter: Letter) -> str | None:
        if not self._client.connected:
            raise ProviderDeclined("Gmail is not connected")
        try:
            raw = base64.urlsafe_b64encode(as_rfc822(letter, self._sender)).decode()
        except Exception as unfit:  # the parser fails in many ways, but nothing is sent yet
            raise ProviderDeclined("its address can't be written into an email") from unfit
        try:
            answer = await self._client.call(
                lambda users: users.messages().send(userId="me", body={"raw": raw})
            )
        except Disconnected as away:
            raise NotConnected(f"Gmail is not connected: {away.problem}") from away
        except NotReached as away:
            raise NotAccepted(f"Gmail does not take it now: {away.problem}") from away
        except Answered as no:
            if no.status in (401, 429, 503) or no.over_limit:
                raise NotAccepted(f"Gmail does not take it now: {no}") from no
            if 400 <= no.status < 500 and no.status != 408:
                raise ProviderDeclined(f"Gmail refused it: {no}") from no
            raise
        external_id: str | None = answer.get("id")
        return external_id

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        query = f"rfc822msgid:{message_id_header(letter)}"
        answer = await self._client.call(
            lambda users: users.messages().list(userId="me", q=query, includeSpamTrash=True)
        )
        if found := answer.get("messages"):
            return Found({"external_id": found[0]["id"]})
        return await self._look_through_sent(letter)

    async def _look_through_sent(self, letter: Letter) -> Sighting:
        answer = await self._client.call(
            lambda users: users.messages().list(userId="me", labelIds=["SENT"], maxResults=LOOK_BACK)
        )
        for sent in answer.get("messages") or []:
            if await self._key_of(sent["id"]) == str(letter.message_id):
                return Found({"external_id": sent["id"]})
        return Absent()

    async def _key_of(self, external_id: str) -> str | None:
        message = await self._client.call(
            lambda users: users.messages().get(
                userId="me", id=external_id, format="metadata", metadataHeaders=[OUR_KEY]
            )
        )
        headers = (message.get("payload") or {}).get("headers") or []
        keys = (header["value"] for header in headers if header["name"].casefold() == OUR_KEY.casefold())
        return next(keys, None)


def message_id_header(letter: Letter) -> str:
    """The Message-ID without its angle brackets."""
    return f"{letter.message_id}@recruitflow"


def as_rfc822(letter: Letter, sender: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    if sender:
        message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject or ""
    message["Message-ID"] = f"<{message_id_header(letter)}>"
    message[OUR_KEY] = str(letter.message_id)
    message.set_content(letter.body, charset="utf-8")
    return message.as_bytes()
