"""What providers really send (providers.md 1.5, 1.6, 3.4, 7.2): the seed of what is made up from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

CALLS = [UUID(int=0x01890A5DAC967000800000000000 * 0x10000 + number) for number in range(1, 301)]
"""Attempts that calling knows: generated bodies name them, so that not all of them bounce off."""


def number_of(index: int) -> str:
    return f"+4070000{index:04}"


def elevenlabs(index: int) -> list[dict[str, Any]]:
    call = str(CALLS[index % len(CALLS)])
    conversation = {
        "agent_id": "agent_1",
        "conversation_id": f"conv_{index}",
        "status": "done",
        "user_id": str(index),
        "transcript": [
            {"role": "agent", "message": "Bună ziua", "time_in_call_secs": 0, "tool_calls": []},
            {"role": "agent", "message": None, "tool_calls": [{"name": "end_call"}]},
            {"role": "user", "message": "Da, vă ascult", "time_in_call_secs": 3},
        ],
        "metadata": {
            "start_time_unix_secs": 1795000000,
            "call_duration_secs": 82,
            "phone_call": {
                "type": "twilio",
                "external_number": number_of(index),
                "call_result": "answered",
                "call_sid": f"CA{index}",
            },
            "batch_call": {"batch_call_id": "btcal_1", "batch_call_recipient_id": call},
            "termination_reason": "",
            "error": None,
        },
        "analysis": {"call_successful": "success", "transcript_summary": "They spoke."},
        "conversation_initiation_client_data": {
            "user_id": str(index),
            "conversation_config_override": {"agent": {"first_message": "Bună ziua!"}},
            "dynamic_variables": {"call_id": call, "system__conversation_history": "…"},
        },
    }
    raw = {"CallSid": f"CA{index}", "CallStatus": "busy", "To": number_of(index), "SipResponseCode": "486"}
    sip = {"to_number": number_of(index), "sip_status_code": 480, "call_sid": f"CA{index}"}
    flat = {"provider": "twilio", "call_sid": f"CA{index}", "to_number": number_of(index)}
    failure = {"conversation_id": f"conv_{index}", "failure_reason": "no-answer"}
    return [
        _event("post_call_transcription", conversation),
        _event("post_call_transcription", {**conversation, "status": "processing"}),
        _event("call_initiation_failure", {**failure, "metadata": {"type": "twilio", "body": raw}}),
        _event("call_initiation_failure", {**failure, "metadata": {"type": "sip", "body": sip}}),
        _event("call_initiation_failure", {"failure_reason": "unknown", "metadata": flat}),
        _event("post_call_audio", {"conversation_id": f"conv_{index}", "full_audio": "//vgxAAAAAAA"}),
        _event("answering_machine_detection", {"call_sid": f"CA{index}", "answered_by": "machine_start"}),
        conversation,
    ]


def whapi(index: int) -> list[dict[str, Any]]:
    digits = number_of(index)[1:]
    message = {
        "id": f"m.{index}",
        "from_me": False,
        "chat_id": f"{digits}@s.whatsapp.net",
        "timestamp": 1795000000,
        "source": "mobile",
        "from": digits,
        "from_name": "Ana",
    }
    document = {
        "id": f"pdf-{index}",
        "mime_type": "application/pdf",
        "file_size": 23478,
        "file_name": "CV.pdf",
        "link": "https://files.example.com/cv.pdf",
        "caption": "CV-ul meu",
    }
    status = {
        "id": f"m.{index}",
        "code": 3,
        "status": "delivered",
        "recipient_id": f"{digits}@s.whatsapp.net",
        "timestamp": "1795000000",
    }
    text = {**message, "type": "text", "text": {"body": "Bună ziua #RF-0001"}}
    return [
        _posted("messages", [text]),
        _posted("messages", [{**message, "type": "document", "document": document}, text]),
        _posted("messages", [{**message, "type": "image", "image": document}]),
        _posted("messages", [{**message, "type": "link_preview", "link_preview": {"body": "https://a.ro"}}]),
        _posted("messages", [{**message, "type": "action", "action": {"type": "reaction", "emoji": "👍"}}]),
        _posted("statuses", [status]),
        _posted("messages_updates", [{"id": f"m.{index}", "trigger": text, "before_update": text}]),
    ]


def meta(index: int) -> list[dict[str, Any]]:
    lead = {"leadgen_id": str(index), "page_id": 153125381133, "form_id": "77", "created_time": 1795000000}
    change = {"field": "leadgen", "value": lead}
    entry = {"id": 153125381133, "time": 1795000000, "changes": [change]}
    return [
        {"object": "page", "entry": [entry]},
        {"object": "page", "entry": [{**entry, "changes": [change, change]}, entry]},
        {"object": "page", "entry": [{**entry, "changes": [{"field": "feed", "value": {}}]}]},
        {"object": "user", "entry": []},
    ]


def _event(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "event_timestamp": 1795000100, "data": data}


def _posted(kind: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {kind: items, "event": {"type": kind, "event": "post"}, "channel_id": "TEST-1"}
