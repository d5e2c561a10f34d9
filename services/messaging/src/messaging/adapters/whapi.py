"""WhatsApp through Whapi.Cloud, over plain HTTP so that nothing is ever sent again behind our back.

Source: providers.md 3.1 to 3.6. Whapi knows no idempotency key: after a lost answer the chat is read and our
own text (which carries the application's reference) looked for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from types import TracebackType
from typing import Any

import httpx2
from chassis.effects import Absent, CannotSay, Found, NotAccepted, ProviderDeclined, Sighting

from messaging.domain.letters import Channel
from messaging.domain.whapi_inbox import Media, text_of
from messaging.ports import FileGone, FileTooLarge, Letter, ProviderAway, Taken

CERTAINLY_NOT = {401, 402, 429, 503}
"""Our account's trouble or their load: nothing was sent, and it may be later."""

TYPED = ("mobile", "web")
"""Where a message of ours came from that a person typed (providers.md 3.3)."""

LOOK_BACK = 100
"""Messages of one chat that are looked through."""


class Whapi:
    """``timeout`` is in seconds, per read and per connection."""

    def __init__(self, *, token: str, base_url: str, timeout: float) -> None:
        # A kept-alive connection that went stale would make it unclear whether a message went out.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._token = token
        self._client = httpx2.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            limits=limits,
        )
        self._plain = httpx2.AsyncClient(timeout=timeout, limits=limits)

    async def __aenter__(self) -> Whapi:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        await self._plain.aclose()

    async def send(self, letter: Letter, before: float = math.inf) -> Taken:
        if not self._token:
            raise ProviderDeclined("WhatsApp is not connected: WHAPI_TOKEN is empty")
        if time.monotonic() >= before:
            raise NotAccepted("it took too long to get there")
        body = {"to": chat_of(letter.recipient), "body": letter.body, "no_link_preview": True}
        try:
            response = await self._client.post("/messages/text", json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as unreachable:
            raise NotAccepted(f"WhatsApp is not reached: {type(unreachable).__name__}") from unreachable
        if response.status_code in CERTAINLY_NOT:
            raise NotAccepted(f"WhatsApp does not take it now: HTTP {response.status_code}")
        if response.is_client_error and response.status_code != 408:
            raise ProviderDeclined(f"WhatsApp refused it: HTTP {response.status_code}")
        response.raise_for_status()
        answer = response.json()
        if answer.get("sent") is False:
            raise ProviderDeclined("WhatsApp refused it: it was not sent")
        message = answer.get("message")
        return Taken(message.get("id") if isinstance(message, dict) else None)

    async def look_up(self, letter: Letter, others: Collection[str]) -> Sighting:
        assert letter.channel is Channel.WHATSAPP
        response = await self._client.get(
            f"/messages/list/{chat_of(letter.recipient)}", params={"count": LOOK_BACK, "from_me": "true"}
        )
        if response.status_code == 404:
            # No such chat, or one that goes by another id than the number (``@lid``): that is not a no.
            return CannotSay("WhatsApp shows no chat with this number")
        response.raise_for_status()
        wanted = _comparable(letter.body)
        for message in response.json().get("messages") or []:
            # What somebody typed on the phone is no message of ours, whatever it says.
            ours = message.get("from_me") is True and message.get("source") not in TYPED
            if ours and message.get("id") not in others and _comparable(text_of(message)) == wanted:
                return Found({"external_id": message.get("id")})
        return Absent()

    async def fetch(self, media: Media, limit: int) -> bytes:
        """By link where there is one (it needs no token, and must not see ours), else by id."""
        if media.size is not None and media.size > limit:
            raise FileTooLarge(limit)
        if media.link and media.link.startswith(("https://", "http://")):
            try:
                return await _download(self._plain, media.link, limit)
            except (FileGone, ProviderAway):
                if media.media_id is None:
                    raise
        if media.media_id is None:
            raise FileGone("WhatsApp gave no way to fetch it")
        return await _download(self._client, f"/media/{media.media_id}", limit)


def chat_of(recipient: str) -> str:
    """Of a number in E.164; somebody who hides theirs is known by the id of their chat (``@lid``)."""
    return recipient if "@" in recipient else f"{recipient.removeprefix('+')}@s.whatsapp.net"


async def _download(client: httpx2.AsyncClient, url: str, limit: int) -> bytes:
    """Stops reading at ``limit`` bytes, whatever the provider said about the size."""
    pieces: list[bytes] = []
    size = 0
    try:
        async with client.stream("GET", url) as response:
            _check(response)
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > limit:
                    raise FileTooLarge(limit)
                pieces.append(piece)
    except httpx2.HTTPError as lost:
        raise ProviderAway(type(lost).__name__) from lost
    except (httpx2.InvalidURL, ValueError) as no_url:
        raise FileGone("its address is no address") from no_url
    return b"".join(pieces)


def _check(response: httpx2.Response) -> None:
    status = response.status_code
    if status in (401, 402, 403, 408, 429) or status >= 500:
        raise ProviderAway(f"HTTP {status}")
    if status != 200:
        raise FileGone(f"WhatsApp does not have it any more: HTTP {status}")


def _comparable(text: Any) -> str:
    return " ".join(str(text).split())
