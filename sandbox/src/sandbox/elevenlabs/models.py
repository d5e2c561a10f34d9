"""What ElevenLabs takes, validated as its own FastAPI does (providers.md 1.2 to 1.4)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DynamicValue = str | int | float | bool | None


class Lenient(BaseModel):
    """Unknown fields are taken and echoed, as by the real service."""

    model_config = ConfigDict(extra="allow")


class PromptOverride(Lenient):
    prompt: str | None = None


class AgentOverride(Lenient):
    first_message: str | None = None
    language: str | None = None
    prompt: PromptOverride | None = None


class ConfigOverride(Lenient):
    agent: AgentOverride | None = None


class ClientData(Lenient):
    user_id: str | None = None
    conversation_config_override: ConfigOverride | None = None
    dynamic_variables: dict[str, DynamicValue] | None = None


class TelephonyConfig(Lenient):
    ringing_timeout_secs: int = Field(default=60, ge=1)


class OutboundCall(Lenient):
    agent_id: str
    agent_phone_number_id: str
    to_number: str
    conversation_initiation_client_data: ClientData | None = None
    telephony_call_config: TelephonyConfig | None = None


class Recipient(Lenient):
    id: str | None = None
    phone_number: str | None = None
    whatsapp_user_id: str | None = None
    conversation_initiation_client_data: ClientData | None = None


class BatchSubmit(Lenient):
    call_name: str
    agent_id: str
    recipients: list[Recipient]
    agent_phone_number_id: str | None = None
    scheduled_time_unix: int | None = None
    timezone: str | None = None
    telephony_call_config: TelephonyConfig | None = None
    target_concurrency_limit: int | None = Field(default=None, ge=1)


CallResult = Literal["answered", "voicemail", "busy", "no_answer", "failed"]


def given(model: BaseModel | None) -> dict[str, Any]:
    """What the customer sent, without the defaults that validation added."""
    return model.model_dump(mode="json", exclude_unset=True) if model else {}
