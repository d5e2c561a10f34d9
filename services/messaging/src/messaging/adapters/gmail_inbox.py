"""The mailbox that candidates write to: a label put on by a Gmail filter, and one of ours for what was taken.

Read or unread says nothing: a person may open the mail first. Source: providers.md 5.2.
"""

from __future__ import annotations

from typing import Any

from messaging.adapters.gmail_client import Answered, GmailClient
from messaging.domain.emails import Email, decode_base64url, parts_of, read_email
from messaging.ports import Disconnected, ProviderAway

AT_ONCE = 500
"""Ids asked for in one request; the API's maximum."""


class GmailInbox:
    """``inbox_label`` and ``processed_label`` are names; they are made where they are missing."""

    def __init__(self, client: GmailClient, inbox_label: str, processed_label: str) -> None:
        self._client = client
        self._names = (inbox_label, processed_label)
        self._label_ids: dict[str, str] = {}

    async def waiting(self) -> list[str]:
        await self._resolve_labels()
        inbox, processed = self._names
        query = f"label:{_in_query(inbox)} -label:{_in_query(processed)}"
        found: list[str] = []
        page: str | None = None
        while True:
            answer = await self._list(query, page)
            found += [message["id"] for message in answer.get("messages") or []]
            page = answer.get("nextPageToken")
            if not page:
                return found[::-1]  # the API answers the newest first

    async def read(self, external_id: str) -> Email:
        message = await self._call(
            lambda users: users.messages().get(userId="me", id=external_id, format="full")
        )
        parts = []
        for part in parts_of(message.get("payload") or {}):
            fetch = part.data is None and (part.is_file or part.is_text)
            parts.append(
                part.with_data(await self._attachment(external_id, part.attachment_id)) if fetch else part
            )
        return read_email(message, parts)

    async def mark_processed(self, external_id: str) -> None:
        await self._resolve_labels()
        body = {"addLabelIds": [self._label_ids[self._names[1]]]}
        try:
            await self._call(lambda users: users.messages().modify(userId="me", id=external_id, body=body))
        except Answered as no:
            if no.status == 400:
                self._label_ids.clear()  # somebody deleted the label: it is made again
            raise

    async def _attachment(self, external_id: str, attachment_id: str | None) -> bytes:
        answer = await self._call(
            lambda users: (
                users.messages().attachments().get(userId="me", messageId=external_id, id=attachment_id)
            )
        )
        return decode_base64url(answer.get("data") or "")

    async def _list(self, query: str, page: str | None) -> Any:
        return await self._call(
            lambda users: users.messages().list(userId="me", q=query, maxResults=AT_ONCE, pageToken=page)
        )

    async def _resolve_labels(self) -> None:
        if len(self._label_ids) == len(set(self._names)):
            return
        answer = await self._call(lambda users: users.labels().list(userId="me"))
        by_name = {label["name"].casefold(): label["id"] for label in answer.get("labels") or []}
        for name in self._names:
            self._label_ids[name] = by_name.get(name.casefold()) or await self._make_label(name)

    async def _make_label(self, name: str) -> str:
        body = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        answer = await self._call(lambda users: users.labels().create(userId="me", body=body))
        return str(answer["id"])

    async def _call(self, prepare: Any) -> Any:
        """ "Later" and "no access" mean that the mailbox is away; they are not this message's fault."""
        try:
            return await self._client.call(prepare)
        except Answered as no:
            if no.status in (401, 403) and not no.over_limit:
                raise Disconnected(f"Gmail refuses our access: {no}") from no
            if no.over_limit or no.status == 429 or no.status >= 500:
                raise ProviderAway(str(no)) from no
            raise


def _in_query(label: str) -> str:
    """Gmail's search writes spaces and slashes of a label as hyphens."""
    return label.replace(" ", "-").replace("/", "-")
