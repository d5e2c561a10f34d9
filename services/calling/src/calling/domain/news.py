"""What the provider tells of a call, read from any of its shapes (providers.md 1.5, 1.6, 1.8, Added).

Nothing in here raises on strange input: what can't be read is None, and the delivery is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from calling.domain.attempts import AttemptState
from calling.domain.transcript import SpokenTurn

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallNews:
    """``state`` IN_PROGRESS means: not over yet, or over and not ready.

    ``turns`` is None where the provider sent no transcript at all, which is not the same as an empty one.
    """

    state: AttemptState
    conversation_id: str | None = None
    call_id: UUID | None = None
    """Our key, where it came back."""
    keyed_by_us: bool = False
    """The variable that we send came back: if its key is not ours, the call is another installation's."""
    call_sid: str | None = None
    user_id: str | None = None
    to_number: str | None = None
    turns: tuple[SpokenTurn, ...] | None = None
    summary: str | None = None
    summary_title: str | None = None
    duration_seconds: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    told_at: datetime | None = None
    """When the provider said so: what was written down later can't be meant."""
    detail: str | None = None
    dialled: bool = True
    """False: a recipient of a batch who waits to be dialled, or was cancelled before."""


_FAILURE = {
    "busy": AttemptState.BUSY,
    "no_answer": AttemptState.NO_ANSWER,
    "noanswer": AttemptState.NO_ANSWER,
    "voicemail": AttemptState.VOICEMAIL,
    "failed": AttemptState.FAILED,
    "canceled": AttemptState.FAILED,
    "cancelled": AttemptState.FAILED,
}
_SIP_FAILURE = {
    486: AttemptState.BUSY,
    600: AttemptState.BUSY,
    408: AttemptState.NO_ANSWER,
    480: AttemptState.NO_ANSWER,
    487: AttemptState.NO_ANSWER,
}


def read_webhook(body: Any) -> CallNews | None:
    """A delivery as parsed from JSON; None where it says nothing about how a call went.

    A flat body is read only where ``data`` is absent.
    """
    if not isinstance(body, dict):
        return None
    kind = body.get("type")
    kind = kind if isinstance(kind, str) else None
    data = body.get("data") if "data" in body else body
    if not isinstance(data, dict):
        return None
    told_at = _moment(body.get("event_timestamp"))
    if kind == "call_initiation_failure" or (kind is None and "failure_reason" in data):
        return replace(_initiation_failure(data), told_at=told_at)
    if kind == "post_call_transcription" or (kind is None and _looks_like_a_conversation(data)):
        return replace(read_conversation(data), told_at=told_at)
    return None


def read_conversation(data: Json) -> CallNews:
    """A conversation: the answer to GET, or the ``data`` of ``post_call_transcription``."""
    metadata, analysis = _part(data, "metadata"), _part(data, "analysis")
    initiation = _part(data, "conversation_initiation_client_data")
    phone = _part(metadata, "phone_call")
    call_id, keyed = _our_key(_part(initiation, "dynamic_variables"), _part(metadata, "batch_call"))
    started = _moment(metadata.get("start_time_unix_secs"))
    duration = _whole(metadata.get("call_duration_secs"))
    state = _conversation_state(data, phone)
    return CallNews(
        state=state,
        conversation_id=_text(data.get("conversation_id")),
        call_id=call_id,
        keyed_by_us=keyed,
        call_sid=_text(phone.get("call_sid")),
        user_id=_id_text(initiation.get("user_id")) or _id_text(data.get("user_id")),
        to_number=_text(phone.get("external_number")),
        turns=_turns(data.get("transcript")) if "transcript" in data else None,
        summary=_text(analysis.get("transcript_summary")),
        summary_title=_text(analysis.get("call_summary_title")),
        duration_seconds=duration,
        started_at=started,
        ended_at=started + timedelta(seconds=duration) if started and duration is not None else None,
        detail=_failure_detail(metadata) if state is AttemptState.FAILED else None,
    )


def _conversation_state(data: Json, phone: Json) -> AttemptState:
    status = _word(data.get("status"))
    result = _word(phone.get("call_result"))
    if status in {"initiated", "in_progress", "processing", "pending", "dispatched", "ringing"}:
        return AttemptState.IN_PROGRESS
    if result in {"voicemail", "busy", "no_answer"}:
        return _FAILURE[result]
    if status in {"failed", "no_answer", "busy", "voicemail"}:
        return _FAILURE[status]
    if result == "failed":
        return AttemptState.FAILED
    if status in {"done", "completed"} or data.get("transcript"):
        return AttemptState.COMPLETED
    return AttemptState.IN_PROGRESS


def read_recipient(recipient: Json) -> CallNews:
    """One recipient of a batch's detail. There is no "no answer", only ``failed`` (providers.md 1.3)."""
    status = _word(recipient.get("status"))
    state = {
        "voicemail": AttemptState.VOICEMAIL,
        "failed": AttemptState.FAILED,
        "cancelled": AttemptState.FAILED,
        "completed": AttemptState.COMPLETED,
    }.get(status, AttemptState.IN_PROGRESS)
    initiation = _part(recipient, "conversation_initiation_client_data")
    call_id, _ = _our_key(
        _part(initiation, "dynamic_variables"), {"batch_call_recipient_id": recipient.get("id")}
    )
    conversation_id = _text(recipient.get("conversation_id"))
    return CallNews(
        state=state,
        conversation_id=conversation_id,
        call_id=call_id,
        to_number=_text(recipient.get("phone_number")),
        detail=f"recipient {status}" if state is AttemptState.FAILED else None,
        dialled=status not in {"pending", "cancelled"} or conversation_id is not None,
    )


def _initiation_failure(data: Json) -> CallNews:
    inner = _inner(data)
    return replace(
        named_in(data, _failure_state(data, inner)),
        detail=_first(data, "failure_reason") or _first(inner, "CallStatus", "error_reason", "sip_status"),
    )


def named_in(data: Json, state: AttemptState) -> CallNews:
    """Which call a delivery without a conversation in it is about, nested or flattened."""
    metadata, inner = _part(data, "metadata"), _inner(data)
    initiation = _part(data, "conversation_initiation_client_data")
    call_id, keyed = _our_key(_part(initiation, "dynamic_variables"), _part(metadata, "batch_call"))
    return CallNews(
        state=state,
        conversation_id=_text(data.get("conversation_id")),
        call_id=call_id,
        keyed_by_us=keyed,
        call_sid=_first(inner, "CallSid", "call_sid") or _first(data, "call_sid", "CallSid"),
        user_id=_id_text(initiation.get("user_id")) or _id_text(data.get("user_id")),
        to_number=_first(inner, "To", "to_number", "Called") or _first(data, "to_number", "To"),
    )


def _inner(data: Json) -> Json:
    metadata = _part(data, "metadata")
    return _part(metadata, "body") or metadata


def _failure_state(data: Json, inner: Json) -> AttemptState:
    for said in (data.get("failure_reason"), inner.get("CallStatus"), data.get("status")):
        if (state := _FAILURE.get(_word(said))) is not None:
            return state
    code = _whole(inner.get("sip_status_code") or inner.get("SipResponseCode"))
    return _SIP_FAILURE.get(code or 0, AttemptState.FAILED)


def _turns(raw: Any) -> tuple[SpokenTurn, ...] | None:
    """Spoken turns only: tool turns have no text. Some integrations say ``content`` or ``text``."""
    if not isinstance(raw, list):
        return None
    turns: list[SpokenTurn] = []
    for item in raw:
        if not isinstance(item, dict):
            continue
        said = _first(item, "message", "content", "text")
        role = _word(item.get("role"))
        if said and role in {"agent", "ai", "assistant"}:
            turns.append(SpokenTurn("agent", said, _whole(item.get("time_in_call_secs")) or 0))
        elif said and role in {"user", "human"}:
            turns.append(SpokenTurn("user", said, _whole(item.get("time_in_call_secs")) or 0))
    return tuple(turns)


def _our_key(variables: Json, batch_call: Json) -> tuple[UUID | None, bool]:
    """Our attempt's id, and whether it came back in the variable that only we send.

    The recipient id is ours only where the provider echoes it; an id of its own says nothing.
    """
    named = variables.get("call_id")
    if named is not None:
        return _uuid(named), True
    return _uuid(batch_call.get("batch_call_recipient_id")), False


def _failure_detail(metadata: Json) -> str | None:
    error = _part(metadata, "error")
    return _text(metadata.get("termination_reason")) or _text(error.get("reason"))


def _looks_like_a_conversation(data: Json) -> bool:
    return "conversation_id" in data and ("status" in data or "transcript" in data)


def _part(source: Json, key: str) -> Json:
    found = source.get(key)
    return found if isinstance(found, dict) else {}


def _first(source: Json, *keys: str) -> str | None:
    return next((text for key in keys if (text := _text(source.get(key)))), None)


def _text(value: Any) -> str | None:
    """Without what no database takes and no speaker says: NUL and halves of surrogate pairs."""
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode("utf-8", "ignore").decode().strip() or None


def _id_text(value: Any) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _word(value: Any) -> str:
    return value.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(value, str) else ""


_MOST_SECONDS = 4_102_444_800  # the year 2100
_FIRST_SECONDS = 1_577_836_800  # the year 2020: nobody was called by us before


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_SECONDS:
        return None
    return int(value)


def _moment(value: Any) -> datetime | None:
    """Unix seconds, or ISO 8601 as some integrations write it; without a zone it is UTC."""
    seconds = _whole(value)
    if seconds is None and isinstance(value, str):
        try:
            read = datetime.fromisoformat(value.strip())
            seconds = _whole((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            return None
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds >= _FIRST_SECONDS else None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
