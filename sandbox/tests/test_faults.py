"""What the sandbox can be told to do wrong, each seen from the customer's side."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx2
import pytest
from sandbox.dice import Dice
from sandbox.faults import Fault, Faults, Kind
from sandbox.store import Store
from sandbox.testing import wait_for
from sandbox.webhooks import elevenlabs_signature

PHONE = "+40700000001"
CHAT = "40700000001@s.whatsapp.net"


def signature_parts(delivery: Any) -> tuple[int, str]:
    moment, _, digest = delivery.headers["ElevenLabs-Signature"].partition(",v0=")
    return int(moment.removeprefix("t=")), digest


def test_a_lost_webhook_never_comes_but_the_conversation_can_be_asked_for(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("lost", provider="elevenlabs", operation="post_call_transcription")
    conversation = house.call(PHONE)
    house.pass_time(hours=10)
    assert house.gateway.deliveries == []
    assert house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}").json()["status"] == "done"


def test_a_duplicated_webhook_comes_twice_alike(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("duplicated", provider="elevenlabs")
    house.call(PHONE)
    house.pass_time(minutes=10)
    one, two = house.gateway.of("post_call_transcription")
    assert one.raw == two.raw


def test_a_late_webhook_comes_hours_later(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("late", provider="elevenlabs", seconds=7200)
    house.call(PHONE)
    house.pass_time(minutes=100)
    assert house.gateway.deliveries == []
    house.pass_time(minutes=30)
    assert len(house.gateway.deliveries) == 1


def test_reordered_statuses_come_in_another_order(house: Any) -> None:
    house.fault("reordered", provider="whapi", operation="statuses", seconds=20)
    house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "Bună"})
    house.pass_time(hours=1)
    statuses = [delivery.body["statuses"][0]["status"] for delivery in house.gateway.of("statuses")]
    assert sorted(statuses) == ["delivered", "read", "sent"]
    assert statuses.index("delivered") < statuses.index("sent")


def test_the_webhook_can_come_before_the_answer_to_the_order(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("webhook_first", provider="elevenlabs", operation="outbound_call")
    conversation = house.call(PHONE, user_id="7")
    [delivery] = house.gateway.of("post_call_transcription")
    assert delivery.body["data"]["conversation_id"] == conversation


def test_the_webhooks_of_a_batch_can_come_before_its_answer(house: Any) -> None:
    for digit, persona in enumerate(("qualifies", "never-answers")):
        house.person(f"+4070000000{digit}", persona, email=f"{digit}@example.com")
    house.fault("webhook_first", provider="elevenlabs", operation="batch_submit")
    body = {
        "call_name": "b",
        "agent_id": house.settings.elevenlabs_agent_id,
        "recipients": [{"phone_number": f"+4070000000{digit}"} for digit in range(2)],
    }
    assert house.elevenlabs("POST", "/v1/convai/batch-calling/submit", json=body).status_code == 200
    assert len(house.gateway.of("post_call_transcription")) == 1
    assert len(house.gateway.of("call_initiation_failure")) == 1


def test_a_bad_signature_is_one_that_our_secret_did_not_make(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("bad_signature", provider="elevenlabs")
    house.call(PHONE)
    house.pass_time(minutes=10)
    [delivery] = house.gateway.deliveries
    moment, digest = signature_parts(delivery)
    expected = elevenlabs_signature(house.settings.elevenlabs_webhook_secret, moment, delivery.raw)
    assert f"t={moment},v0={digest}" != expected


def test_an_old_signature_is_right_but_of_yesterday(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("old_signature", provider="elevenlabs")
    house.call(PHONE)
    house.pass_time(minutes=10)
    [delivery] = house.gateway.deliveries
    moment, digest = signature_parts(delivery)
    assert house.clock.now().timestamp() - moment > 80_000
    expected = elevenlabs_signature(house.settings.elevenlabs_webhook_secret, moment, delivery.raw)
    assert f"t={moment},v0={digest}" == expected


def test_the_transcript_can_be_left_out_of_the_webhook(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.fault("exclude_transcript", provider="elevenlabs")
    conversation = house.call(PHONE)
    house.pass_time(minutes=10)
    [delivery] = house.gateway.deliveries
    assert "transcript" not in delivery.body["data"]
    assert house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}").json()["transcript"]


def test_overrides_can_be_refused_at_once(house: Any) -> None:
    house.fault("override_refused", provider="elevenlabs")
    order = {
        "agent_id": house.settings.elevenlabs_agent_id,
        "agent_phone_number_id": house.settings.elevenlabs_phone_number_id,
        "to_number": PHONE,
        "conversation_initiation_client_data": {
            "conversation_config_override": {"agent": {"first_message": "x"}}
        },
    }
    answer = house.elevenlabs("POST", "/v1/convai/twilio/outbound-call", json=order)
    assert answer.status_code == 400
    assert house.ledger("call") == []


def test_overrides_can_make_the_call_fail(house: Any) -> None:
    house.fault("override_fails_call", provider="elevenlabs")
    conversation = house.call(PHONE, conversation_config_override={"agent": {"first_message": "x"}})
    house.pass_time(minutes=5)
    body = house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}").json()
    assert body["status"] == "failed"
    assert "Override" in body["metadata"]["error"]["reason"]


@pytest.mark.parametrize("status", [401, 422, 429, 500, 503])
def test_an_error_told_to_happen_does_nothing_else(house: Any, status: int) -> None:
    house.fault("status", provider="whapi", operation="messages_text", status=status, retry_after=7)
    refused = house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "x"})
    assert refused.status_code == status
    assert refused.headers["retry-after"] == "7"
    assert house.ledger("message") == []
    assert house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "x"}).status_code == 200


def test_the_connection_can_be_cut_after_accepting(house: Any) -> None:
    house.fault("accept_then_close", provider="whapi", operation="messages_text")
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.NetworkError)):
        house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "x"})
    assert len(house.ledger("message")) == 1


def test_the_connection_can_be_cut_before_accepting(house: Any) -> None:
    house.fault("close", provider="whapi", operation="messages_text")
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.NetworkError)):
        house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "x"})
    assert house.ledger("message") == []


def test_the_answer_can_stay_out_after_accepting(house: Any) -> None:
    house.fault("accept_then_hang", provider="elevenlabs", operation="outbound_call")
    order = {
        "agent_id": house.settings.elevenlabs_agent_id,
        "agent_phone_number_id": house.settings.elevenlabs_phone_number_id,
        "to_number": PHONE,
    }
    with pytest.raises(httpx2.ReadTimeout):
        house.elevenlabs("POST", "/v1/convai/twilio/outbound-call", json=order, timeout=0.3)
    assert len(house.ledger("call")) == 1


def test_an_answer_can_be_slow_while_others_are_not(house: Any) -> None:
    house.fault("slow", provider="whapi", operation="messages_text", seconds=0.5)
    taken: list[float] = []

    def send() -> None:
        started = time.monotonic()
        house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "x"})
        taken.append(time.monotonic() - started)

    slow = threading.Thread(target=send)
    slow.start()
    wait_for(lambda: house.control("GET", "/faults")["faults"][0]["struck"], "the slow request to arrive")
    assert house.whapi("GET", "/health").status_code == 200
    assert taken == []
    slow.join(5)
    assert taken[0] >= 0.5


def test_a_repeated_order_is_accepted_and_counted_as_a_duplicate(house: Any) -> None:
    for _ in range(2):
        house.call(PHONE, dynamic_variables={"call_id": "call-1"})
        house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "same"})
    house.call(PHONE, dynamic_variables={"call_id": "call-2"})
    house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "other"})
    repeated = house.control("GET", "/ledger/duplicates")["entries"]
    # Both calls may have rung by now, and that is noted too.
    ordered = [entry for entry in repeated if entry["kind"] != "ring"]
    assert [(entry["provider"], entry["kind"]) for entry in ordered] == [
        ("elevenlabs", "call"),
        ("whapi", "message"),
    ]


def test_a_fault_strikes_as_often_as_told() -> None:
    faults = Faults(Store(None), Dice("seed"))
    faults.add(Fault(kind=Kind.LOST, provider="whapi", count=2))
    struck = [faults.strikes("whapi", "messages", Kind.LOST) is not None for _ in range(4)]
    assert struck == [True, True, False, False]
    assert faults.strikes("elevenlabs", "x", Kind.LOST) is None


def test_a_probable_fault_strikes_the_same_times_with_the_same_seed() -> None:
    def run(seed: str) -> list[bool]:
        faults = Faults(Store(None), Dice(seed))
        faults.add(Fault(kind=Kind.LOST, count=None, probability=0.3))
        return [faults.strikes("whapi", "messages", Kind.LOST) is not None for _ in range(200)]

    assert run("one") == run("one")
    assert run("one") != run("two")
    assert 30 < sum(run("one")) < 90


def test_a_fault_that_does_not_exist_is_refused(house: Any) -> None:
    answer = house.http.post(f"{house.url}/__control__/faults", json={"kind": "explode"})
    assert answer.status_code == 422
    answer = house.http.post(f"{house.url}/__control__/faults", json={"kind": "lost", "typo": 1})
    assert answer.status_code == 422
