"""The paths of ElevenLabs that RecruitFlow uses, and how it says no (providers.md 1.7)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from sandbox.elevenlabs.audio import recording
from sandbox.elevenlabs.batches import Batches
from sandbox.elevenlabs.calls import Calls, is_number
from sandbox.elevenlabs.conversation import conversation_body
from sandbox.elevenlabs.models import BatchSubmit, ClientData, OutboundCall, given
from sandbox.faults import Kind
from sandbox.settings import SandboxSettings
from sandbox.store import Document
from sandbox.wire import Manners, Refusal, route_class, same, world_of

_OVERRIDE_ERROR = "Override for field 'first_message' is not allowed by config."
_STATUS_WORDS = {
    400: "bad_request",
    401: "invalid_api_key",
    403: "missing_permissions",
    404: "not_found",
    422: "unprocessable",
    429: "too_many_concurrent_requests",
    503: "system_busy",
}


def _error(status: int, message: str) -> Any:
    if status == 422:
        return {"detail": [{"loc": ["body"], "msg": message, "type": "value_error"}]}
    return {"detail": {"status": _STATUS_WORDS.get(status, "internal_error"), "message": message}}


def _no(status: int, word: str, message: str) -> Refusal:
    return Refusal(status, {"detail": {"status": word, "message": message}})


def _admit(settings: SandboxSettings, request: Request) -> None:
    if not same(request.headers.get("xi-api-key", ""), settings.elevenlabs_api_key):
        raise _no(401, "invalid_api_key", "Invalid API key")


def _invalid(bad: RequestValidationError) -> Refusal:
    detail = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in bad.errors()]
    return Refusal(422, {"detail": detail})


MANNERS = Manners("elevenlabs", _admit, _error, _invalid)


def router(calls: Calls, batches: Batches) -> APIRouter:
    routes = APIRouter(prefix="/elevenlabs/v1/convai", route_class=route_class(MANNERS))
    _outbound(routes, calls)
    _submit(routes, calls, batches)
    _batches(routes, batches)
    _conversations(routes, calls)
    _conversation(routes, calls)
    return routes


def _check_agent(request: Request, agent_id: str, phone_number_id: str | None) -> None:
    settings = world_of(request).settings
    if agent_id != settings.elevenlabs_agent_id:
        raise _no(404, "agent_not_found", f"Agent with id {agent_id} not found.")
    if phone_number_id is not None and phone_number_id != settings.elevenlabs_phone_number_id:
        raise _no(404, "phone_number_not_found", f"Phone number with id {phone_number_id} not found.")


def _override_fault(request: Request, operation: str, data: ClientData | None) -> Document | None:
    """Overrides that the agent does not allow: refused at once, or the call fails. Docs allow for both."""
    if data is None or data.conversation_config_override is None:
        return None
    faults = world_of(request).faults
    if faults.strikes("elevenlabs", operation, Kind.OVERRIDE_REFUSED):
        raise _no(400, "override_not_allowed", _OVERRIDE_ERROR)
    if faults.strikes("elevenlabs", operation, Kind.OVERRIDE_FAILS_CALL):
        return {"code": 1008, "reason": _OVERRIDE_ERROR}
    return None


def _outbound(routes: APIRouter, calls: Calls) -> None:
    @routes.post("/twilio/outbound-call", name="outbound_call")
    async def outbound_call(order: OutboundCall, request: Request) -> dict[str, Any]:
        world = world_of(request)
        _check_agent(request, order.agent_id, order.agent_phone_number_id)
        if not is_number(order.to_number):
            raise _no(400, "invalid_phone_number", f"Invalid phone number: {order.to_number}")
        error = _override_fault(request, "outbound_call", order.conversation_initiation_client_data)
        ringing = given(order.telephony_call_config).get("ringing_timeout_secs", 60)
        data = given(order.conversation_initiation_client_data)
        with world.store.atomic():
            extra = {"error": error, "agent_id": order.agent_id}
            call = calls.place(order.to_number, world.clock.now(), data, int(ringing), extra)
        if calls.wants_webhook_first("outbound_call"):
            await calls.live_through(call["conversation_id"])
        hidden = world.faults.strikes("elevenlabs", "outbound_call", Kind.NO_CONVERSATION_ID)
        return {
            "success": True,
            "message": "Call initiated successfully",
            "conversation_id": None if hidden else call["conversation_id"],
            "callSid": call["call_sid"],
        }


def _batch_of(batches: Batches, batch_id: str) -> Document:
    batch = batches.get(batch_id)
    if batch is None:
        raise _no(404, "batch_call_not_found", f"Batch call with id {batch_id} not found.")
    return batch


def _submit(routes: APIRouter, calls: Calls, batches: Batches) -> None:
    @routes.post("/batch-calling/submit", name="batch_submit")
    async def submit(order: BatchSubmit, request: Request) -> dict[str, Any]:
        _check_agent(request, order.agent_id, order.agent_phone_number_id)
        if not order.recipients:
            raise _no(400, "no_recipients", "At least one recipient is required.")
        if any(not (recipient.phone_number or recipient.whatsapp_user_id) for recipient in order.recipients):
            raise _no(400, "invalid_recipient", "Each recipient needs a phone_number or a whatsapp_user_id.")
        error = None
        for recipient in order.recipients:
            error = error or _override_fault(
                request, "batch_submit", recipient.conversation_initiation_client_data
            )
        batch = batches.submit(order, error)
        answer = batches.summary(batch)
        if calls.wants_webhook_first("batch_submit"):
            for conversation_id in batch["calls"]:
                await calls.live_through(conversation_id)
        return answer


def _batches(routes: APIRouter, batches: Batches) -> None:
    @routes.get("/batch-calling/workspace", name="batch_list")
    async def workspace(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        last_doc: str | None = None,
        agent_id: str | None = None,
    ) -> dict[str, Any]:
        found = [batches.summary(batch) for batch in batches.all()]
        found = [batch for batch in found if agent_id in (None, batch["agent_id"])]
        ids = [batch["id"] for batch in found]
        start = ids.index(last_doc) + 1 if last_doc in ids else 0
        page = found[start : start + limit]
        more = start + limit < len(found)
        return {"batch_calls": page, "next_doc": page[-1]["id"] if more else None, "has_more": more}

    @routes.get("/batch-calling/{batch_id}", name="batch_detail")
    async def detail(batch_id: str) -> dict[str, Any]:
        return batches.detail(_batch_of(batches, batch_id))

    @routes.post("/batch-calling/{batch_id}/cancel", name="batch_cancel")
    async def cancel(batch_id: str) -> dict[str, Any]:
        return batches.summary(batches.cancel(_batch_of(batches, batch_id)))

    @routes.delete("/batch-calling/{batch_id}", name="batch_delete")
    async def delete(batch_id: str) -> Response:
        batches.delete(_batch_of(batches, batch_id))
        return Response(status_code=200, content="null", media_type="application/json")


def _call_of(calls: Calls, conversation_id: str) -> Document:
    call = calls.get(conversation_id)
    if call is None or not _visible(call):
        raise _no(404, "conversation_not_found", f"Conversation with id {conversation_id} not found.")
    return call


def _conversations(routes: APIRouter, calls: Calls) -> None:
    @routes.get("/conversations", name="conversation_list")
    async def conversations(
        request: Request,
        cursor: str | None = None,
        agent_id: str | None = None,
        call_successful: str | None = None,
        call_start_before_unix: int | None = None,
        call_start_after_unix: int | None = None,
        user_id: str | None = None,
        page_size: Annotated[int, Query(ge=1, le=100)] = 30,
    ) -> dict[str, Any]:
        settings = world_of(request).settings
        started = [call for call in calls.all(user_id) if _visible(call)]
        found = [_summary(settings, call) for call in started]
        found = [
            item
            for item in found
            if agent_id in (None, item["agent_id"])
            and call_successful in (None, item["call_successful"])
            and item["start_time_unix_secs"] <= (call_start_before_unix or 2**40)
            and item["start_time_unix_secs"] >= (call_start_after_unix or 0)
        ]
        start = int(cursor) if cursor and cursor.isdigit() else 0
        more = start + page_size < len(found)
        page = found[start : start + page_size]
        return {
            "conversations": page,
            "next_cursor": str(start + page_size) if more else None,
            "has_more": more,
        }


def _conversation(routes: APIRouter, calls: Calls) -> None:
    @routes.get("/conversations/{conversation_id}", name="conversation_detail")
    async def conversation(conversation_id: str, request: Request) -> dict[str, Any]:
        return conversation_body(world_of(request).settings, _call_of(calls, conversation_id))

    @routes.get("/conversations/{conversation_id}/audio", name="conversation_audio")
    async def audio(conversation_id: str) -> Response:
        call = _call_of(calls, conversation_id)
        if call["status"] not in ("processing", "done"):
            raise _no(404, "audio_not_found", "This conversation has no audio.")
        return Response(recording(call), media_type="audio/mpeg")


def _visible(call: Document) -> bool:
    """A call of a batch has no conversation before it is dialled; a single call has one at once."""
    return bool(call["started"]) or (call["batch_id"] is None and call["status"] != "cancelled")


def _summary(settings: SandboxSettings, call: Document) -> dict[str, Any]:
    body = conversation_body(settings, call)
    metadata, analysis = body["metadata"], body["analysis"] or {}
    return {
        "agent_id": body["agent_id"],
        "agent_name": body["agent_name"],
        "branch_id": None,
        "version_id": None,
        "conversation_id": body["conversation_id"],
        "start_time_unix_secs": metadata["start_time_unix_secs"],
        "call_duration_secs": metadata["call_duration_secs"],
        "message_count": len(body["transcript"]),
        "status": body["status"],
        "call_successful": analysis.get("call_successful", "unknown"),
        "transcript_summary": None,
        "call_summary_title": analysis.get("call_summary_title"),
        "direction": "outbound",
        "rating": None,
        "user_id": body["user_id"],
    }
