"""ElevenLabs through its own SDK, and where the SDK can't see, on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from elevenlabs import (
    ConversationInitiationClientDataRequestInput,
    ElevenLabs,
    OutboundCallRecipient,
)
from elevenlabs.core.api_error import ApiError
from sandbox.webhooks import elevenlabs_signature

PHONE = "+40700000001"
PROMPT = (
    "Întreabă:\n- Ce experiență aveți în vânzări?\n- Programul în ture este în regulă?\n- Când puteți începe?"
)
OVERRIDE = {"agent": {"first_message": "Bună ziua, Ana!", "language": "ro", "prompt": {"prompt": PROMPT}}}


@pytest.fixture
def sdk(house: Any) -> ElevenLabs:
    return ElevenLabs(api_key=house.settings.elevenlabs_api_key, base_url=f"{house.url}/elevenlabs")


def client_data(**more: Any) -> ConversationInitiationClientDataRequestInput:
    return ConversationInitiationClientDataRequestInput(
        user_id="7",
        conversation_config_override=OVERRIDE,
        dynamic_variables={"call_id": "call-1"},
        **more,
    )


def submit(house: Any, sdk: ElevenLabs, *recipients: OutboundCallRecipient) -> Any:
    return sdk.conversational_ai.batch_calls.create(
        call_name="RecruitFlow batch-1",
        agent_id=house.settings.elevenlabs_agent_id,
        agent_phone_number_id=house.settings.elevenlabs_phone_number_id,
        recipients=list(recipients),
        request_options={"max_retries": 0},
    )


def test_the_signature_is_that_of_the_vendors_test_vector() -> None:
    body = b'{"type":"post_call_transcription"}'
    expected = "t=1700000000,v0=8580fe46ca40876a1f93f7a34277501134e83d7dd8472e950b34c3b9c4d1e248"
    assert elevenlabs_signature("wsec_test", 1_700_000_000, body) == expected


def test_a_single_call_is_placed_spoken_and_reported(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    placed = sdk.conversational_ai.twilio.outbound_call(
        agent_id=house.settings.elevenlabs_agent_id,
        agent_phone_number_id=house.settings.elevenlabs_phone_number_id,
        to_number=PHONE,
        conversation_initiation_client_data=client_data(),
        request_options={"max_retries": 0},
    )
    assert placed.success is True
    assert placed.conversation_id is not None
    assert placed.conversation_id.startswith("conv_")
    assert placed.call_sid is not None
    assert placed.call_sid.startswith("CA")
    assert sdk.conversational_ai.conversations.get(placed.conversation_id).status == "initiated"
    house.pass_time(minutes=10)
    talked = sdk.conversational_ai.conversations.get(placed.conversation_id)
    assert talked.status == "done"
    assert 60 <= talked.metadata.call_duration_secs <= 240
    assert [turn.role for turn in talked.transcript][:2] == ["agent", "user"]
    assert talked.transcript[0].message == "Bună ziua, Ana!"
    [delivery] = house.gateway.of("post_call_transcription")
    assert delivery.path == "/webhooks/elevenlabs/"
    assert delivery.body["data"]["conversation_id"] == placed.conversation_id


def test_the_vendors_sdk_accepts_the_webhooks_signature(house: Any, sdk: ElevenLabs) -> None:
    # The SDK compares with the machine's clock; it refuses what is old, not what is yet to come.
    house.clock.turn(days=3650)
    house.person(PHONE, "qualifies")
    house.call(PHONE, user_id="7")
    house.pass_time(minutes=10)
    [delivery] = house.gateway.of("post_call_transcription")
    signature = delivery.headers["ElevenLabs-Signature"]
    secret = house.settings.elevenlabs_webhook_secret
    event = sdk.webhooks.construct_event(delivery.raw.decode(), signature, secret)
    assert event["type"] == "post_call_transcription"


def test_what_was_sent_with_the_call_comes_back_unchanged(house: Any) -> None:
    house.person(PHONE, "qualifies")
    data = {
        "user_id": "7",
        "conversation_config_override": OVERRIDE,
        "dynamic_variables": {"call_id": "call-1", "score": 3, "ok": True, "none": None},
        "source_info": {"own": "field"},
    }
    house.call(PHONE, **data)
    house.pass_time(minutes=10)
    [delivery] = house.gateway.of("post_call_transcription")
    echoed = delivery.body["data"]["conversation_initiation_client_data"]
    assert {key: echoed[key] for key in data} == data
    assert delivery.body["data"]["user_id"] == "7"


def test_a_batch_shows_conversation_ids_only_once_dialled(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    house.person("+40700000002", "never-answers", email="b@example.com")
    batch = submit(
        house,
        sdk,
        OutboundCallRecipient(
            id="one", phone_number=PHONE, conversation_initiation_client_data=client_data()
        ),
        OutboundCallRecipient(id="two", phone_number="+40700000002"),
    )
    assert batch.id.startswith("btcal_")
    detail = sdk.conversational_ai.batch_calls.get(batch.id)
    assert [(r.id, r.status, r.conversation_id) for r in detail.recipients] == [
        ("one", "pending", None),
        ("two", "pending", None),
    ]
    house.pass_time(seconds=4)
    assert all(r.conversation_id for r in sdk.conversational_ai.batch_calls.get(batch.id).recipients)
    house.pass_time(minutes=10)
    done = sdk.conversational_ai.batch_calls.get(batch.id)
    assert [r.status for r in done.recipients] == ["completed", "failed"]
    assert done.status == "completed"
    assert [b.name for b in sdk.conversational_ai.batch_calls.list().batch_calls] == ["RecruitFlow batch-1"]
    [spoken] = house.gateway.of("post_call_transcription")
    assert spoken.body["data"]["metadata"]["batch_call"] == {
        "batch_call_id": batch.id,
        "batch_call_recipient_id": "one",
    }


@pytest.mark.parametrize(
    ("persona", "reason"), [("never-answers", "no-answer"), ("busy-then-answers", "busy")]
)
def test_nobody_picking_up_is_reported_without_a_transcript(house: Any, persona: str, reason: str) -> None:
    house.person(PHONE, persona)
    conversation = house.call(PHONE, user_id="7")
    house.pass_time(minutes=3)
    [delivery] = house.gateway.of("call_initiation_failure")
    data = delivery.body["data"]
    assert data["failure_reason"] == reason
    assert data["conversation_id"] == conversation
    assert data["metadata"]["body"]["To"] == PHONE
    assert "transcript" not in data
    assert house.gateway.of("post_call_transcription") == []


def test_a_voicemail_is_a_finished_conversation_that_says_so(house: Any) -> None:
    house.person(PHONE, "voicemail")
    house.call(PHONE)
    house.pass_time(minutes=5)
    [delivery] = house.gateway.of("post_call_transcription")
    assert delivery.body["data"]["metadata"]["phone_call"]["call_result"] == "voicemail"


def test_conversations_are_found_by_user_and_time(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    first = house.call(PHONE, user_id="7")
    house.pass_time(hours=1)
    second = house.call(PHONE, user_id="7")
    house.call(PHONE, user_id="8")
    house.pass_time(hours=1)
    conversations = sdk.conversational_ai.conversations
    assert {c.conversation_id for c in conversations.list(user_id="7").conversations} == {first, second}
    recent = int(house.clock.now().timestamp()) - 5000
    found = conversations.list(user_id="7", call_start_after_unix=recent).conversations
    assert [c.conversation_id for c in found] == [second]
    page = conversations.list(page_size=2)
    assert page.has_more is True
    assert len(conversations.list(page_size=2, cursor=page.next_cursor).conversations) == 1


def test_the_recording_is_an_mp3(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    conversation = house.call(PHONE)
    house.pass_time(minutes=10)
    audio = b"".join(sdk.conversational_ai.conversations.audio.get(conversation))
    assert audio[:2] == b"\xff\xf3"
    assert len(audio) > 10_000


def test_without_a_key_nothing_is_dialled(house: Any) -> None:
    sdk = ElevenLabs(api_key="wrong", base_url=f"{house.url}/elevenlabs")
    with pytest.raises(ApiError) as refused:
        submit(house, sdk, OutboundCallRecipient(phone_number=PHONE))
    assert refused.value.status_code == 401
    assert refused.value.body == {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}
    assert house.ledger("call") == []


def test_a_missing_field_is_a_422_in_fastapis_shape(house: Any) -> None:
    body = {"agent_id": "a", "agent_phone_number_id": "p"}
    answer = house.elevenlabs("POST", "/v1/convai/twilio/outbound-call", json=body)
    assert answer.status_code == 422
    [problem] = answer.json()["detail"]
    assert problem["loc"] == ["body", "to_number"]
    assert set(problem) == {"loc", "msg", "type"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"agent_id": "agent_other"}, 404),
        ({"agent_phone_number_id": "phnum_other"}, 404),
        ({"to_number": "0700000001"}, 400),
        ({"conversation_initiation_client_data": {"user_id": 7}}, 422),
    ],
)
def test_a_wrong_order_is_refused_and_not_dialled(house: Any, change: dict[str, Any], status: int) -> None:
    order = {
        "agent_id": house.settings.elevenlabs_agent_id,
        "agent_phone_number_id": house.settings.elevenlabs_phone_number_id,
        "to_number": PHONE,
    }
    answer = house.elevenlabs("POST", "/v1/convai/twilio/outbound-call", json=order | change)
    assert answer.status_code == status, answer.text
    assert house.ledger("call") == []


@pytest.mark.parametrize("path", ["/v1/convai/calls/x", "/v1/conversations/x", "/v1/calls/x", "/v2/anything"])
def test_paths_that_do_not_exist_are_404(house: Any, path: str) -> None:
    assert house.elevenlabs("GET", path).status_code == 404


def test_an_unknown_conversation_is_404_in_the_providers_words(house: Any) -> None:
    answer = house.elevenlabs("GET", "/v1/convai/conversations/conv_unknown")
    assert answer.status_code == 404
    assert answer.json()["detail"]["status"] == "conversation_not_found"


def test_a_cancelled_batch_dials_nobody_else(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    batch = submit(house, sdk, OutboundCallRecipient(id="one", phone_number=PHONE))
    assert sdk.conversational_ai.batch_calls.cancel(batch.id).status == "cancelled"
    house.pass_time(minutes=10)
    assert house.gateway.deliveries == []
    [recipient] = sdk.conversational_ai.batch_calls.get(batch.id).recipients
    assert recipient.status == "cancelled"


def test_cancelling_leaves_alone_who_rings_and_changes_nothing_the_second_time(
    house: Any, sdk: ElevenLabs
) -> None:
    house.person(PHONE, "qualifies")
    house.fault("slow_dispatch", seconds=60)
    batch = submit(house, sdk, *(OutboundCallRecipient(id=str(n), phone_number=PHONE) for n in range(3)))
    house.pass_time(seconds=2)
    for _ in range(2):
        sdk.conversational_ai.batch_calls.cancel(batch.id)
        recipients = sdk.conversational_ai.batch_calls.get(batch.id).recipients
        assert [(one.status, bool(one.conversation_id)) for one in recipients] == [
            ("initiated", True),
            ("cancelled", False),
            ("cancelled", False),
        ]
    house.pass_time(minutes=10)
    seen = sdk.conversational_ai.batch_calls.get(batch.id)
    assert [one.status for one in seen.recipients] == ["completed", "cancelled", "cancelled"]
    assert len(house.ledger("ring")) == 1


def test_a_held_batch_rings_nowhere_until_it_is_let_go(house: Any, sdk: ElevenLabs) -> None:
    house.person(PHONE, "qualifies")
    house.fault("held")
    batch = submit(house, sdk, OutboundCallRecipient(id="one", phone_number=PHONE))
    house.pass_time(minutes=10)
    assert house.ledger("ring") == []
    assert sdk.conversational_ai.batch_calls.get(batch.id).recipients[0].status == "pending"
    assert house.control("POST", f"/act/batches/{batch.id}/let-go") == {"calls": 1}
    house.pass_time(minutes=10)
    assert len(house.ledger("ring")) == 1


def test_no_more_calls_of_a_batch_than_its_limit_are_under_way(house: Any, sdk: ElevenLabs) -> None:
    phones = [f"+4070000001{n}" for n in range(4)]
    for phone in phones:
        house.person(phone, "qualifies")
    sdk.conversational_ai.batch_calls.create(
        call_name="screening",
        agent_id=house.settings.elevenlabs_agent_id,
        agent_phone_number_id=house.settings.elevenlabs_phone_number_id,
        recipients=[OutboundCallRecipient(id=phone, phone_number=phone) for phone in phones],
        target_concurrency_limit=2,
        request_options={"max_retries": 0},
    )
    most = 0
    for _ in range(120):
        house.pass_time(seconds=10)
        talks = house.elevenlabs("GET", "/v1/convai/conversations").json()["conversations"]
        most = max(most, sum(one["status"] in ("initiated", "in-progress") for one in talks))
    assert most == 2
    [batch] = house.control("GET", "/act/batches")["batches"]
    assert batch["status"] == "completed"
    assert len(house.ledger("ring")) == 4


def test_a_batch_with_a_broken_number_reports_that_call_as_failed(house: Any, sdk: ElevenLabs) -> None:
    submit(house, sdk, OutboundCallRecipient(id="one", phone_number="12"))
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("call_initiation_failure")
    assert delivery.body["data"]["failure_reason"] == "unknown"


def test_a_call_answered_by_hand_says_what_the_person_said(house: Any) -> None:
    house.person(PHONE, "manual")
    conversation = house.call(PHONE, conversation_config_override=OVERRIDE)
    house.pass_time(seconds=5)
    assert [call["conversation_id"] for call in house.control("GET", "/act/ringing")["calls"]] == [
        conversation
    ]
    act = f"/act/calls/{conversation}"
    house.control("POST", f"{act}/answer")
    house.control("POST", f"{act}/say", {"words": "Da, vă ascult"})
    house.pass_time(seconds=30)
    house.control("POST", f"{act}/say", {"words": "Zece ani"})
    house.control("POST", f"{act}/end")
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("post_call_transcription")
    spoken = [turn["message"] for turn in delivery.body["data"]["transcript"] if turn["role"] == "user"]
    assert spoken == ["Da, vă ascult", "Zece ani"]
    asked = [turn["message"] for turn in delivery.body["data"]["transcript"] if turn["role"] == "agent"]
    assert asked[1] == "Ce experiență aveți în vânzări?"


def test_a_manual_call_that_nobody_takes_rings_out(house: Any) -> None:
    house.person(PHONE, "manual")
    house.call(PHONE)
    house.pass_time(seconds=house.settings.manual_ring_seconds + 10)
    [delivery] = house.gateway.of("call_initiation_failure")
    assert delivery.body["data"]["failure_reason"] == "no-answer"
