"""The page a person acts on, and the control API behind it."""

from __future__ import annotations

from typing import Any

import pytest

PHONE = "+40700000001"


def page(house: Any, path: str) -> str:
    answer = house.http.get(house.url + path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def submit(house: Any, path: str, data: dict[str, str], **more: Any) -> Any:
    answer = house.http.post(house.url + path, data=data, **more)
    assert answer.status_code == 303, answer.text
    return answer


@pytest.mark.parametrize("path", ["/", "/people", "/faults", "/ledger"])
def test_every_page_opens_on_an_empty_world(house: Any, path: str) -> None:
    answer = house.http.get(house.url + path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_a_ringing_call_is_answered_spoken_and_ended_on_the_page(house: Any) -> None:
    submit(house, "/people", {"name": "Ana Țăranu", "phone": "0700 000 001", "persona": "manual"})
    conversation = house.call(PHONE)
    house.pass_time(seconds=3)
    assert "Ana Țăranu" in page(house, "/")
    assert "rings" in page(house, "/")
    submit(house, f"/calls/{conversation}/answer", {})
    submit(house, f"/calls/{conversation}/say", {"words": "Da, <b>sigur</b>"})
    shown = page(house, f"/calls/{conversation}")
    assert "Da, &lt;b&gt;sigur&lt;/b&gt;" in shown
    submit(house, f"/calls/{conversation}/end", {})
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("post_call_transcription")
    assert "Da, <b>sigur</b>" in [turn["message"] for turn in delivery.body["data"]["transcript"]]


def test_a_ringing_call_is_rejected_on_the_page(house: Any) -> None:
    house.person(PHONE, "manual")
    conversation = house.call(PHONE)
    house.pass_time(seconds=3)
    submit(house, f"/calls/{conversation}/reject", {})
    house.pass_time(seconds=10)
    [delivery] = house.gateway.of("call_initiation_failure")
    assert delivery.body["data"]["failure_reason"] == "busy"


def test_a_whatsapp_with_an_uploaded_file_is_written_on_the_page(house: Any) -> None:
    house.person(PHONE, "manual")
    [person] = house.control("GET", "/personas")["people"]
    files = {"file": ("cv.pdf", b"%PDF-1.4", "application/pdf")}
    submit(house, f"/people/{person['id']}/whatsapp", {"text": "Iată"}, files=files)
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("messages")
    assert delivery.body["messages"][0]["document"]["file_name"] == "cv.pdf"
    assert "[cv.pdf] Iată" in page(house, f"/people/{person['id']}")


def test_a_mail_with_the_persons_own_cv_is_written_on_the_page(house: Any) -> None:
    house.person(PHONE, "manual")
    [person] = house.control("GET", "/personas")["people"]
    fields = {"address": "ana@example.com", "subject": "CV", "text": "Atașat", "generated": "1"}
    submit(house, f"/people/{person['id']}/mail", fields)
    shown = page(house, f"/people/{person['id']}")
    assert "CV Ana" in shown or "CV_Ana" in shown or "CV-Ana" in shown
    assert "Ana Țăranu &lt;ana@example.com&gt;" in page(house, "/")


def test_what_a_stranger_writes_is_escaped_everywhere(house: Any) -> None:
    nasty = "<script>alert(1)</script>"
    house.control("POST", "/people", [{"phone": PHONE, "name": nasty, "email": "x@example.com"}])
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": nasty})
    house.control(
        "POST", "/act/mail", {"address": "x@example.com", "name": "x", "subject": nasty, "text": nasty}
    )
    house.call(PHONE, conversation_config_override={"agent": {"prompt": {"prompt": nasty}}})
    house.pass_time(minutes=10)
    [person] = house.control("GET", "/personas")["people"]
    for path in ("/", "/people", f"/people/{person['id']}", "/ledger"):
        assert "<script" not in page(house, path)


def test_a_fault_is_added_and_removed_on_the_page(house: Any) -> None:
    submit(
        house,
        "/faults",
        {"provider": "whapi", "operation": "messages_text", "kind": "status", "status": "503"},
    )
    assert "messages_text" in page(house, "/faults")
    [fault] = house.control("GET", "/faults")["faults"]
    assert fault["count"] is None
    submit(house, f"/faults/{fault['id']}/remove", {})
    assert house.control("GET", "/faults")["faults"] == []


def test_operations_are_offered_by_name(house: Any) -> None:
    shown = page(house, "/faults")
    for operation in ("outbound_call", "batch_submit", "messages_send", "post_call_transcription"):
        assert f'value="{operation}"' in shown


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_sites_page_can_change_nothing(house: Any, headers: dict[str, str]) -> None:
    for path in ("/__control__/reset", "/faults", "/people"):
        assert house.http.post(house.url + path, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/people", "/__control__/ledger", "/__control__/personas"])
def test_a_strange_name_for_this_machine_is_told_nothing(house: Any, path: str) -> None:
    assert house.http.get(house.url + path, headers={"Host": "rebound.example.com:8090"}).status_code == 403
    assert house.http.get(house.url + path).status_code == 200


def test_the_state_says_what_comes_next(house: Any) -> None:
    assert house.control("GET", "/state")["next_due"] is None
    house.person(PHONE, "qualifies")
    house.call(PHONE)
    house.settle()
    state = house.control("GET", "/state")
    assert state["next_due"] > state["now"]
    assert state["in_flight"]["calls"] == 1
    assert state["waiting_by_kind"] == {"call.answered": 1}
    house.pass_time(minutes=10)
    state = house.control("GET", "/state")
    assert (state["next_due"], state["in_flight"]["calls"]) == (None, 0)


def test_a_reset_empties_the_world_and_may_keep_its_people(house: Any) -> None:
    house.person(PHONE, "qualifies")
    house.call(PHONE)
    house.control("POST", "/reset?keep_people=true")
    assert house.ledger("call") == []
    assert house.control("GET", "/state")["waiting"] == 0
    assert len(house.control("GET", "/personas")["people"]) == 1
    house.control("POST", "/reset")
    assert house.control("GET", "/personas")["people"] == []


def test_a_lead_file_fills_the_world(house: Any) -> None:
    content = "full_name\tphone_number\temail\nAna Pop\tp:0700000001\tana+voicemail@example.com\n".encode(
        "utf-16"
    )
    answer = house.http.post(f"{house.url}/__control__/people/file", content=content)
    [person] = answer.json()["people"]
    assert (person["phone"], person["persona"]) == (PHONE, "voicemail")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/people", [{"name": "nobody"}]),
        ("/people", [{"phone": "abc"}]),
        ("/act/whatsapp", {"phone": "abc", "text": "x"}),
        ("/act/mail", {"address": "nowhere"}),
        ("/act/mail", {"address": "a@example.com", "file": {"content": "!"}}),
    ],
)
def test_the_control_api_says_what_is_wrong(house: Any, path: str, body: Any) -> None:
    answer = house.http.post(f"{house.url}/__control__{path}", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_acting_on_a_call_that_does_not_ring_is_a_conflict(house: Any) -> None:
    house.person(PHONE, "qualifies")
    conversation = house.call(PHONE)
    answer = house.http.post(f"{house.url}/__control__/act/calls/{conversation}/answer")
    assert answer.status_code == 409
