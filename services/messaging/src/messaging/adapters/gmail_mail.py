"""Email out through Gmail, with a key of our own so that a lost answer can be looked up.

The key stands in the Message-ID, which can be searched for, and in a header of ours: Gmail's search may lag
behind its mailbox, and Gmail is said to put its own Message-ID on what is sent through the API.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Any

from chassis.effects import Absent, CannotSay, Found, NotAccepted, ProviderDeclined, Sighting

from messaging.adapters.gmail_client import Answered, GmailClient, Lost, NotReached
from messaging.domain.emails import moment
from messaging.domain.threads import Head, agree, message_ids
from messaging.ports import Disconnected, Letter, NotConnected, Taken
from messaging.ports.access import NeverConnected

OUR_KEY = "X-RecruitFlow-Message"

_LONG_LINES = SMTP.clone(max_line_length=998)
"""A Message-ID of somebody else that is longer than a line would be written as encoded words."""
_OF_A_THREAD = ["Message-ID", "References", "In-Reply-To", "Subject"]

LOOK_BACK = 100
"""Sent emails that are looked through in any case, the newest ones."""

SLACK = timedelta(hours=1)
"""Between Google's clock and ours: what was sent so long before an email could leave is another one."""

MOST_LOOKED_AT = 2_000
"""Beyond these nobody can say; Gmail itself lets no account send more in a day."""

KEYS_KEPT = 2 * MOST_LOOKED_AT


@dataclass(frozen=True, slots=True)
class _Sent:
    """Of an email that was sent from the account: our key, if it has one, and when it was sent."""

    key: str | None
    at: datetime | None


class GmailMail:
    """``sender`` is the From address; where it is empty Gmail puts the account's own. ``most`` sent emails
    are looked through."""

    def __init__(self, client: GmailClient, sender: str, *, most: int = MOST_LOOKED_AT) -> None:
        self._client = client
        self._sender = sender
        self._most = most
        self._known: dict[str, _Sent] = {}

    async def __aenter__(self) -> GmailMail:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    async def send(self, letter: Letter, before: float = math.inf) -> Taken:
        """In its conversation, where that is still there and still reads so; else in one of its own."""
        head = await self._head(letter)
        try:
            raw = base64.urlsafe_b64encode(as_rfc822(letter, self._sender, head)).decode()
        except Exception as unfit:  # the parser fails in many ways, but nothing is sent yet
            raise ProviderDeclined("its address can't be written into an email") from unfit
        body = {"raw": raw} | ({"threadId": letter.thread_id} if head else {})
        answer = await self._surely(lambda users: users.messages().send(userId="me", body=body), before)
        return Taken(answer.get("id"), answer.get("threadId"))

    async def _head(self, letter: Letter) -> Head | None:
        """The last mail of its conversation, as Gmail has it: what we wrote into it may read otherwise by
        now. Nothing was sent when this fails."""
        thread_id = letter.thread_id
        if thread_id is None:
            return None
        try:
            answer = await self._surely(
                lambda users: users.threads().get(
                    userId="me", id=thread_id, format="metadata", metadataHeaders=_OF_A_THREAD
                )
            )
        except (Lost, Answered) as away:
            raise NotAccepted(f"Gmail does not show the conversation now: {away}") from away
        except ProviderDeclined:
            return None
        heads = [head_of(message) for message in answer.get("messages") or []]
        head = heads[-1] if heads else None
        return head if head and head.chain and agree(heads[0].subject, letter.subject or "") else None

    async def _surely(self, prepare: Callable[[Any], Any], before: float | None = None) -> Any:
        """Raises ``ProviderDeclined`` or ``NotAccepted`` where that is certain, else what it was."""
        try:
            return await self._client.call(prepare, before)
        except NeverConnected as never:
            raise ProviderDeclined("Gmail is not connected") from never
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

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        query = f"rfc822msgid:{message_id_header(letter)}"
        answer = await self._client.call(
            lambda users: users.messages().list(userId="me", q=query, includeSpamTrash=True)
        )
        if found := answer.get("messages"):
            return Found({"external_id": found[0]["id"], "thread_id": found[0].get("threadId")})
        return await self._look_through_sent(letter)

    async def _look_through_sent(self, letter: Letter) -> Sighting:
        """The newest first, until they were sent before this one could be: hundreds may leave in a minute."""
        earliest = (letter.leaves_at or letter.composed_at) - SLACK
        page: str | None = None
        looked_at = 0
        while looked_at < self._most:
            answer = await self._sent_ones(page)
            for sent in answer.get("messages") or []:
                known = await self._look_at(sent["id"])
                if known.key == str(letter.message_id):
                    return Found({"external_id": sent["id"], "thread_id": sent.get("threadId")})
                looked_at += 1
                if looked_at >= LOOK_BACK and known.at is not None and known.at < earliest:
                    return Absent()
            page = answer.get("nextPageToken")
            if page is None:
                return Absent()
        return CannotSay(f"not found among the {self._most} emails that were sent last")

    async def _sent_ones(self, page: str | None) -> Any:
        return await self._client.call(
            lambda users: users.messages().list(
                userId="me", labelIds=["SENT"], maxResults=LOOK_BACK, pageToken=page
            )
        )

    async def _look_at(self, external_id: str) -> _Sent:
        """Asked once for each email, it never changes: a look-up that fails midway goes on from there.

        Where Gmail fails now and then, a hundred answers in one go would hardly ever come.
        """
        if external_id in self._known:
            return self._known[external_id]
        message = await self._client.call(
            lambda users: users.messages().get(
                userId="me", id=external_id, format="metadata", metadataHeaders=[OUR_KEY]
            )
        )
        headers = (message.get("payload") or {}).get("headers") or []
        keys = (header["value"] for header in headers if header["name"].casefold() == OUR_KEY.casefold())
        while len(self._known) >= KEYS_KEPT:
            del self._known[next(iter(self._known))]
        self._known[external_id] = found = _Sent(next(keys, None), moment(message.get("internalDate")))
        return found


def message_id_header(letter: Letter) -> str:
    """The Message-ID without its angle brackets."""
    return f"{letter.message_id}@recruitflow"


def head_of(message: Mapping[str, Any]) -> Head:
    headers = (message.get("payload") or {}).get("headers") or []
    found: dict[str, str] = {}
    for header in headers:
        found.setdefault(str(header.get("name", "")).casefold(), str(header.get("value", "")))
    own = message_ids(found.get("message-id", ""))
    references = message_ids(found.get("references", "")) or message_ids(found.get("in-reply-to", ""))
    return Head(found.get("subject", ""), own[0] if own else None, references)


def as_rfc822(letter: Letter, sender: str, answers: Head | None = None) -> bytes:
    message = EmailMessage(policy=_LONG_LINES)
    if sender:
        message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject or ""
    message["Message-ID"] = f"<{message_id_header(letter)}>"
    message[OUR_KEY] = str(letter.message_id)
    if answers is not None and answers.chain:
        message["In-Reply-To"] = answers.chain[-1]
        message["References"] = " ".join(answers.chain)
    message.set_content(letter.body, charset="utf-8")
    return message.as_bytes()
