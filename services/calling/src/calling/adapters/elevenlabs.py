"""ElevenLabs over plain HTTP (providers.md 1): its SDK repeats POSTs by itself, which would ring twice.

Keys of ours that come back: the batch's ``call_name`` contains our batch id, a recipient's ``id`` and the
dynamic variable ``call_id`` are the attempt's id, ``user_id`` is the application's id.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from itertools import pairwise
from types import TracebackType
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
from chassis.effects import NotAccepted, ProviderDeclined

from calling.adapters.elevenlabs_audio import recording_of
from calling.adapters.elevenlabs_recall import cancel
from calling.domain.news import CallNews, read_conversation, read_recipient
from calling.domain.recall import BatchSeen, read_batch
from calling.ports import OutgoingCall, Sound, TelephonyUnavailable

_NOT_TAKEN = {401, 402, 403, 429}
"""Nothing was dialled, and the reason is no property of the call: our key, our credit, too much at once."""
_NOT_NOW = {"invalid_api_key", "quota_exceeded", "too_many_concurrent_requests", "system_busy"}
"""The same in words, which come with 400 as well, and with 503 (providers.md 1.7)."""
_UNCERTAIN = {408, 425}
_SLACK = timedelta(minutes=5)
_PAGES = 50
_CONVERSATIONS_READ = 10
_UNRECORDED = {"telephony_call_config": {"twilio_call_recording_enabled": False}}
"""Of the line (providers.md 1.2, 1.3). What the provider keeps by itself is set with the agent."""


class AnswerLost(Exception):
    """The request went out and no usable answer came back: it may have rung."""


class ElevenLabs:
    """Enter it as a context manager. Without key, agent or number nothing is dialled, and it says why."""

    def __init__(
        self,
        *,
        api_key: str,
        agent_id: str,
        phone_number_id: str,
        base_url: str,
        timeout_seconds: float = 30.0,
        target_concurrency: int | None = None,
    ) -> None:
        self._at_once = {} if target_concurrency is None else {"target_concurrency_limit": target_concurrency}
        self._agent_id = agent_id
        self._phone_number_id = phone_number_id
        self._missing = [
            name
            for name, value in (
                ("ELEVENLABS_API_KEY", api_key),
                ("ELEVENLABS_AGENT_ID", agent_id),
                ("ELEVENLABS_PHONE_NUMBER_ID", phone_number_id),
            )
            if not value
        ]
        self._patience = timeout_seconds
        self._http = httpx2.AsyncClient(
            base_url=base_url,
            headers={"xi-api-key": api_key} if api_key else {},
            timeout=httpx2.Timeout(timeout_seconds, connect=5.0),
        )

    async def __aenter__(self) -> ElevenLabs:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def place(self, call: OutgoingCall) -> dict[str, Any]:
        answer = await self._ring(
            "/v1/convai/twilio/outbound-call",
            {
                "agent_id": self._agent_id,
                "agent_phone_number_id": self._phone_number_id,
                "to_number": call.to_number,
                "conversation_initiation_client_data": _initiation(call),
                **({} if call.record else {"call_recording_enabled": False, **_UNRECORDED}),
            },
        )
        if answer.get("success") is False:
            raise ProviderDeclined(f"ElevenLabs: {answer.get('message') or 'the call was not started'}")
        # providers.md 1.8: call_id and id only where there is no conversation_id; callSid is never one.
        conversation = answer.get("conversation_id") or answer.get("call_id") or answer.get("id")
        return {
            "conversation_id": _text(conversation),
            "call_sid": _text(answer.get("callSid") or answer.get("call_sid")),
        }

    async def submit(self, batch_id: UUID, calls: Sequence[OutgoingCall]) -> dict[str, Any]:
        answer = await self._ring(
            "/v1/convai/batch-calling/submit",
            {
                "call_name": f"RecruitFlow {batch_id} ({len(calls)} calls)",
                "agent_id": self._agent_id,
                "agent_phone_number_id": self._phone_number_id,
                "recipients": [
                    {
                        "id": str(call.call_id),
                        "phone_number": call.to_number,
                        "conversation_initiation_client_data": _initiation(call),
                    }
                    for call in calls
                ],
                **self._at_once,
                **({} if all(call.record for call in calls) else _UNRECORDED),
            },
        )
        return {"provider_batch_id": _text(answer.get("id") or answer.get("batch_id"))}

    async def find_batch(self, batch_id: UUID, since: datetime) -> str | None:
        earliest = (since - _SLACK).timestamp()
        cursor: str | None = None
        made: list[Any] = []
        for _ in range(_PAGES):
            page = await self._ask(
                "/v1/convai/batch-calling/workspace",
                {"limit": 100, "agent_id": self._agent_id, **({"last_doc": cursor} if cursor else {})},
            )
            listed = _listed(page, "batch_calls")
            for item in listed:
                if str(batch_id) in str(item.get("name") or item.get("call_name") or ""):
                    return _text(item.get("id") or item.get("batch_id"))
            cursor = _text((page or {}).get("next_doc"))
            if not (page or {}).get("has_more") or cursor is None:
                return None
            made += [item.get("created_at_unix") for item in listed]
            if _past(earliest, made):
                return None
        raise TelephonyUnavailable("too many batches to look through")

    async def batch_news(self, provider_batch_id: str) -> list[CallNews]:
        detail = await self._ask(f"/v1/convai/batch-calling/{quote(provider_batch_id, safe='')}")
        return [read_recipient(item) for item in _items(detail, "recipients")]

    async def cancel_batch(self, provider_batch_id: str) -> None:
        await cancel(self._http, provider_batch_id)

    async def batch_seen(self, provider_batch_id: str) -> BatchSeen:
        detail = await self._ask(f"/v1/convai/batch-calling/{quote(provider_batch_id, safe='')}")
        return read_batch((detail or {}).get("status"), _listed(detail, "recipients"))

    async def find_call(self, call_id: UUID, user_id: str, since: datetime) -> CallNews | None:
        page = await self._ask(
            "/v1/convai/conversations",
            {
                "user_id": user_id,
                "agent_id": self._agent_id,
                "call_start_after_unix": int((since - _SLACK).timestamp()),
                "page_size": 100,
            },
        )
        listed = [
            key for item in _listed(page, "conversations") if (key := _text(item.get("conversation_id")))
        ]
        nameless = False
        for conversation_id in listed[:_CONVERSATIONS_READ]:
            news = await self.conversation(conversation_id)
            if news is not None and news.call_id == call_id:
                return news
            nameless = nameless or news is None or not (news.call_id or news.keyed_by_us)
        if nameless:
            raise TelephonyUnavailable("a conversation with this person does not say which call it is")
        if len(listed) > _CONVERSATIONS_READ:
            raise TelephonyUnavailable("too many conversations to look through")
        return None

    async def conversation(self, conversation_id: str) -> CallNews | None:
        found = await self._ask(f"/v1/convai/conversations/{quote(conversation_id, safe='')}")
        return None if found is None else read_conversation(found)

    def recording(self, conversation_id: str, most_bytes: int) -> AbstractAsyncContextManager[Sound | None]:
        return recording_of(self._http, conversation_id, most_bytes)

    async def _ring(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One POST, never repeated here. What is raised says whether a telephone may have rung."""
        if self._missing:
            raise NotAccepted(f"{' and '.join(self._missing)} must be set")
        try:
            # The whole of it: an answer that trickles in must not outlast the grace of ``once``.
            async with asyncio.timeout(self._patience):
                response = await self._http.post(path, json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as unreached:
            raise NotAccepted(f"ElevenLabs can't be reached ({type(unreached).__name__})") from unreached
        status = response.status_code
        if status in _NOT_TAKEN or _word(response) in _NOT_NOW:
            raise NotAccepted(f"ElevenLabs answers {status}: {_complaint(response)}")
        if 400 <= status < 500 and status not in _UNCERTAIN:
            raise ProviderDeclined(f"ElevenLabs answers {status}: {_complaint(response)}")
        if status != 200:
            raise AnswerLost(f"ElevenLabs answers {status}")
        answer = response.json()
        if not isinstance(answer, dict):
            raise AnswerLost("ElevenLabs answers something else than an object")
        return answer

    async def _ask(self, path: str, params: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """GET; None for 404. Raises ``TelephonyUnavailable``."""
        try:
            response = await self._http.get(path, params=params)
            if response.status_code == 404:
                return None
            if response.status_code != 200:
                raise TelephonyUnavailable(f"ElevenLabs answers {response.status_code}")
            answer = response.json()
        except (httpx2.HTTPError, ValueError) as silent:
            raise TelephonyUnavailable(type(silent).__name__) from silent
        return answer if isinstance(answer, dict) else None


def _initiation(call: OutgoingCall) -> dict[str, Any]:
    """providers.md 1.4; overrides must be allowed in the agent's security settings."""
    return {
        "user_id": call.user_id,
        "conversation_config_override": {
            "agent": {"prompt": {"prompt": call.system_prompt}, "first_message": call.first_message}
        },
        "dynamic_variables": {"call_id": str(call.call_id)},
    }


def _word(response: httpx2.Response) -> str | None:
    """The provider's own name of the trouble. A gateway on the way has none: it may have passed the request
    on before it answered 503."""
    if response.status_code < 400:
        return None
    try:
        detail = response.json().get("detail")
    except (ValueError, AttributeError):
        return None
    return _text(detail.get("status")) if isinstance(detail, dict) else None


def _complaint(response: httpx2.Response) -> str:
    """``detail`` is a list, an object or a string (providers.md 1.7)."""
    try:
        detail = response.json().get("detail")
    except (ValueError, AttributeError):
        return "no reason given"
    if isinstance(detail, list):
        parts = [_field_complaint(item) for item in detail[:3] if isinstance(item, dict)]
        return "; ".join(parts) or "no reason given"
    if isinstance(detail, dict):
        detail = detail.get("message") or detail.get("status") or json.dumps(detail)
    return str(detail or "no reason given")[:300]


def _field_complaint(item: dict[str, Any]) -> str:
    place = item.get("loc")
    where = ".".join(str(part) for part in place) if isinstance(place, list) else ""
    return f"{where}: {item.get('msg') or item.get('type')}"[:200]


def _past(moment: float, made: Sequence[Any]) -> bool:
    """Whether a listing that runs from new to old has come to batches older than ``moment``.

    The order of the listing is documented nowhere: stopping early in an ascending one would miss our batch,
    and what is missed is dialled again. So it has to be seen to descend.
    """
    if len(made) < 2 or not all(isinstance(at, int | float) for at in made):
        return False
    descends = made[0] > made[-1] and all(earlier >= later for earlier, later in pairwise(made))
    return bool(descends and made[-1] < moment)


def _listed(page: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    """The items of a listing. What is no listing says nothing about what is not in it: whoever took it for
    an empty one would dial again."""
    if not isinstance((page or {}).get(key), list):
        raise TelephonyUnavailable(f"no listing of {key} came")
    return _items(page, key)


def _items(page: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    found = (page or {}).get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
