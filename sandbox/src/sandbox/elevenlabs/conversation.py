"""How a call looks to the customer: the conversation body and its webhooks (providers.md 1.5, 1.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.settings import SandboxSettings
from sandbox.store import Document

AGENT_NUMBER = "+40310000000"


def conversation_body(settings: SandboxSettings, call: Document) -> dict[str, Any]:
    """The answer of ``GET /v1/convai/conversations/{id}``, which is also ``data`` of the webhook."""
    talked = call["result"] in ("answered", "voicemail") and call["status"] in ("processing", "done")
    done = call["status"] == "done"
    data = call["client_data"]
    return {
        "agent_id": settings.elevenlabs_agent_id,
        "agent_name": "RecruitFlow screening",
        "conversation_id": call["conversation_id"],
        "status": "initiated" if call["status"] == "pending" else call["status"],
        "user_id": data.get("user_id"),
        "branch_id": None,
        "version_id": None,
        "has_audio": talked,
        "has_user_audio": talked,
        "has_response_audio": talked,
        "has_auxiliary_audio": False,
        "transcript": [_turn(turn) for turn in call["turns"]] if talked else [],
        "metadata": _metadata(settings, call),
        "analysis": _analysis(call) if done else None,
        "conversation_initiation_client_data": {
            "user_id": None,
            "conversation_config_override": {},
            "custom_llm_extra_body": {},
            "dynamic_variables": {},
            **data,
        },
    }


def _turn(turn: Document) -> dict[str, Any]:
    return {
        "role": turn["role"],
        "message": turn["message"],
        "time_in_call_secs": turn["time_in_call_secs"],
        "tool_calls": [],
        "tool_results": [],
        "feedback": None,
        "interrupted": False,
        "original_message": None,
        "source_medium": "audio" if turn["role"] == "user" else None,
        "conversation_turn_metrics": None,
        "llm_usage": None,
    }


def _metadata(settings: SandboxSettings, call: Document) -> dict[str, Any]:
    started = int(call["started"] or call["created"])
    accepted = int(call["accepted"]) if call["accepted"] else None
    length = int(call["ended"]) - accepted if call["ended"] and accepted else 0
    result = None if call["status"] in ("pending", "initiated") else call["result"]
    batch = {"batch_call_id": call["batch_id"], "batch_call_recipient_id": call["recipient_id"]}
    return {
        "start_time_unix_secs": started,
        "accepted_time_unix_secs": accepted,
        "call_duration_secs": length,
        "cost": length * 4,
        "deletion_settings": {},
        "feedback": {"overall_score": None, "likes": 0, "dislikes": 0},
        "authorization_method": "public",
        "charging": {"dev_discount": False},
        "phone_call": {
            "type": "twilio",
            "direction": "outbound",
            "phone_number_id": settings.elevenlabs_phone_number_id,
            "agent_number": AGENT_NUMBER,
            "external_number": call["to"],
            "call_result": result,
            "stream_sid": call["stream_sid"],
            "call_sid": call["call_sid"],
        },
        "batch_call": batch if call["batch_id"] else None,
        "termination_reason": call["termination_reason"],
        "error": call["error"],
        "main_language": call["language"],
        "conversation_initiation_source": "twilio",
    }


def _analysis(call: Document) -> dict[str, Any]:
    answers = sum(turn["role"] == "user" for turn in call["turns"])
    if call["result"] == "voicemail":
        title, summary = "Voicemail reached", "The call was picked up by a voicemail greeting."
    else:
        title = "Phone screening"
        summary = f"The agent introduced the position and asked questions; the person spoke {answers} times."
    return {
        "evaluation_criteria_results": {},
        "data_collection_results": {},
        "call_successful": "success",
        "transcript_summary": summary,
        "call_summary_title": title,
    }


def transcription_webhook(body: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {"type": "post_call_transcription", "event_timestamp": int(at.timestamp()), "data": body}


def failure_webhook(settings: SandboxSettings, call: Document, at: datetime) -> dict[str, Any]:
    """Nobody picked up. No transcript, no client data: it is bound by conversation id or CallSid."""
    reason = {"busy": "busy", "no_answer": "no-answer"}.get(call["result"], "unknown")
    status = {"busy": "busy", "no_answer": "no-answer"}.get(call["result"], "failed")
    raw = {
        "CallSid": call["call_sid"],
        "CallStatus": status,
        "SipResponseCode": {"busy": "486", "no-answer": "487"}.get(status, "404"),
        "To": call["to"],
        "Called": call["to"],
        "From": AGENT_NUMBER,
        "Caller": AGENT_NUMBER,
        "Direction": "outbound-api",
        "Timestamp": at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "SequenceNumber": "2",
        "Duration": "0",
        "CallDuration": "0",
        "AccountSid": "AC00000000000000000000000000000000",
        "ApiVersion": "2010-04-01",
        "CallbackSource": "call-progress-events",
    }
    data = {
        "agent_id": settings.elevenlabs_agent_id,
        "conversation_id": call["conversation_id"],
        "failure_reason": reason,
        "metadata": {"type": "twilio", "body": raw},
    }
    return {"type": "call_initiation_failure", "event_timestamp": int(at.timestamp()), "data": data}
