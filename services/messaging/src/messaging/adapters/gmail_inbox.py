"""The mailbox that candidates write to: a label put on by a Gmail filter, and one of ours for what was taken.

What is new is asked of Gmail's history, which costs next to nothing; the label is listed at first, where the
history is forgotten, and now and then. Read or unread says nothing: a person may open the mail first.
Source: providers.md 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from messaging.adapters.gmail_client import Answered, GmailClient, Lost
from messaging.domain.emails import MOST_FILES, Email, Part, decode_base64url, parts_of, read_email
from messaging.ports import Disconnected, ProviderAway
from messaging.ports.mailbox import Account, EmailGone, HistoryGone, Outline, Stumbled

AT_ONCE = 500
"""Ids asked for in one request; the API's maximum."""
LARGEST_FILE = 25 * 2**20
LARGEST_WHOLE = 50 * 2**20
"""Of one email. Gmail itself takes in 50 MB; what is left out is named to the recruiter."""


class GmailInbox:
    """``inbox_label`` and ``processed_label`` are names; they are made where they are missing."""

    def __init__(self, client: GmailClient, inbox_label: str, processed_label: str) -> None:
        self._client = client
        self._names = (inbox_label, processed_label)
        self._label_ids: dict[str, str] = {}

    async def account(self) -> Account:
        answer = await self._call(lambda users: users.getProfile(userId="me"))
        return Account(str(answer.get("emailAddress") or ""), int(answer.get("historyId") or 0))

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

    async def since(self, history_id: int) -> list[str]:
        await self._resolve_labels()
        found: dict[str, None] = {}
        page: str | None = None
        while True:
            answer = await self._history(history_id, page)
            for entry in answer.get("history") or []:
                found.update((one, None) for one in self._labelled(entry))
            page = answer.get("nextPageToken")
            if not page:
                return list(found)

    async def read(self, external_id: str) -> Email:
        message = await self._of(
            lambda users: users.messages().get(userId="me", id=external_id, format="full")
        )
        parts, notes = await self._fetched(external_id, list(parts_of(message.get("payload") or {})))
        return read_email(message, parts, notes)

    async def outline(self, external_id: str) -> Outline:
        names = ["From", "Subject"]
        message = await self._of(
            lambda users: users.messages().get(
                userId="me", id=external_id, format="metadata", metadataHeaders=names
            )
        )
        known = read_email(message, [])
        return Outline(known.sender, known.subject, known.received_at)

    async def raw(self, external_id: str) -> bytes:
        message = await self._of(
            lambda users: users.messages().get(userId="me", id=external_id, format="raw")
        )
        return decode_base64url(str(message.get("raw") or ""))

    async def mark_processed(self, external_id: str) -> None:
        await self._resolve_labels()
        body = {"addLabelIds": [self._label_ids[self._names[1]]]}
        try:
            await self._of(lambda users: users.messages().modify(userId="me", id=external_id, body=body))
        except Answered as no:
            if no.status == 400:
                self._label_ids.clear()  # somebody deleted the label: it is made again
            raise

    async def _fetched(self, external_id: str, parts: list[Part]) -> tuple[list[Part], list[str]]:
        """With their content, as far as the limits go; what is left out is said."""
        taken: list[Part] = []
        notes: list[str] = []
        whole = files = 0
        for part in parts:
            files += part.is_file
            too_much = _too_much(part, whole, files)
            if too_much:
                notes.append(f"the file “{part.file_name or 'without a name'}” {too_much}: open it in Gmail")
                continue
            if part.data is None and (part.is_file or part.is_text):
                part = part.with_data(await self._attachment(external_id, part.attachment_id))
            whole += len(part.data or b"")
            taken.append(part)
        return taken, notes

    async def _attachment(self, external_id: str, attachment_id: str | None) -> bytes:
        answer = await self._of(
            lambda users: (
                users.messages().attachments().get(userId="me", messageId=external_id, id=attachment_id)
            )
        )
        return decode_base64url(answer.get("data") or "")

    def _labelled(self, entry: Mapping[str, Any]) -> list[str]:
        """Ids of what came in with our label, or was given it; not what we have marked ourselves."""
        inbox, processed = (self._label_ids[name] for name in self._names)
        found = []
        for kind in ("messagesAdded", "labelsAdded"):
            for one in entry.get(kind) or []:
                message = one.get("message") or {}
                given = one.get("labelIds") or message.get("labelIds") or []
                labels = set(message.get("labelIds") or ())
                if inbox in given and not labels & {processed, "SPAM", "TRASH"} and message.get("id"):
                    found.append(str(message["id"]))
        return found

    async def _history(self, history_id: int, page: str | None) -> Any:
        wanted = ["messageAdded", "labelAdded"]
        try:
            return await self._call(
                lambda users: users.history().list(
                    userId="me",
                    startHistoryId=str(history_id),
                    historyTypes=wanted,
                    labelId=self._label_ids[self._names[0]],
                    maxResults=AT_ONCE,
                    pageToken=page,
                )
            )
        except Answered as no:
            self._label_ids.clear()  # a label that was deleted is not known either
            raise HistoryGone(str(no)) from no

    async def _list(self, query: str, page: str | None) -> Any:
        return await self._call(
            lambda users: users.messages().list(userId="me", q=query, maxResults=AT_ONCE, pageToken=page)
        )

    async def _resolve_labels(self) -> None:
        if len(self._label_ids) == len(set(self._names)):
            return
        by_name = await self._labels_by_name()
        for name in self._names:
            self._label_ids[name] = by_name.get(name.casefold()) or await self._make_label(name)

    async def _labels_by_name(self) -> dict[str, str]:
        answer = await self._call(lambda users: users.labels().list(userId="me"))
        return {label["name"].casefold(): str(label["id"]) for label in answer.get("labels") or []}

    async def _make_label(self, name: str) -> str:
        body = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        try:
            answer = await self._call(lambda users: users.labels().create(userId="me", body=body))
        except Answered as no:
            made = await self._labels_by_name() if no.status == 409 else {}
            if name.casefold() not in made:
                raise
            return made[name.casefold()]  # another poll made it at this moment
        return str(answer["id"])

    async def _of(self, prepare: Any) -> Any:
        """About one message: it may be gone, and what fails for it may work for the next."""
        try:
            return await self._call(prepare)
        except Lost as lost:
            raise Stumbled(lost.problem) from lost
        except Answered as no:
            if no.status in (404, 410):
                raise EmailGone(str(no)) from no
            raise

    async def _call(self, prepare: Any) -> Any:
        """ "Later" and "no access" mean that the mailbox is away; they are not this message's fault."""
        try:
            return await self._client.call(prepare)
        except Answered as no:
            if no.status == 401:
                raise Disconnected(f"Gmail refuses our access: {no}") from no
            if no.over_limit or no.status == 429:
                raise ProviderAway(f"Gmail's limit is reached: {no}") from no
            if no.status >= 500:
                raise Stumbled(str(no)) from no
            raise


def _too_much(part: Part, whole: int, files: int) -> str | None:
    size = len(part.data) if part.data is not None else part.size
    if size > LARGEST_FILE:
        return f"is larger than {LARGEST_FILE // 2**20} MB and was not taken"
    if whole + size > LARGEST_WHOLE:
        return f"was not taken: the email is larger than {LARGEST_WHOLE // 2**20} MB"
    return f"was not taken: the email has more than {MOST_FILES}" if files > MOST_FILES else None


def _in_query(label: str) -> str:
    """Gmail's search writes spaces and slashes of a label as hyphens."""
    return label.replace(" ", "-").replace("/", "-")
