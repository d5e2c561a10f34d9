"""Whapi on the wire, as its documents describe it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

PHONE = "+40700000001"
CHAT = "40700000001@s.whatsapp.net"


def send(house: Any, **body: Any) -> Any:
    return house.whapi("POST", "/messages/text", json={"to": CHAT, "body": "Bună!"} | body)


def test_a_text_is_accepted_with_its_id(house: Any) -> None:
    answer = send(house)
    assert answer.status_code == 200
    body = answer.json()
    assert body["sent"] is True
    assert body["message"]["id"]
    assert body["message"]["chat_id"] == CHAT
    assert body["message"]["text"] == {"body": "Bună!"}
    assert isinstance(body["message"]["timestamp"], int)


def test_statuses_follow_in_order_with_a_text_timestamp(house: Any) -> None:
    id = send(house).json()["message"]["id"]
    house.pass_time(hours=1)
    statuses = [delivery.body["statuses"][0] for delivery in house.gateway.of("statuses")]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {id}
    assert all(isinstance(status["timestamp"], str) for status in statuses)
    assert statuses[1]["code"] == 3
    delivery = house.gateway.of("statuses")[0]
    assert delivery.path == "/webhooks/whapi/"
    assert delivery.headers["Authorization"] == f"Bearer {house.settings.whapi_webhook_secret}"
    assert delivery.body["event"] == {"type": "statuses", "event": "post"}


def test_our_own_message_comes_back_as_ours(house: Any) -> None:
    send(house)
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("messages")
    assert delivery.body["messages"][0]["from_me"] is True


def test_a_chat_lists_its_messages_newest_first(house: Any) -> None:
    first = send(house, body="one").json()["message"]["id"]
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": "answer"})
    house.clock.turn(minutes=1)
    last = send(house, body="two").json()["message"]["id"]
    listed = house.whapi("GET", f"/messages/list/{CHAT}", params={"from_me": "true", "count": 10}).json()
    assert [message["id"] for message in listed["messages"]] == [last, first]
    assert house.whapi("GET", f"/messages/list/{CHAT}").json()["total"] == 3
    assert house.whapi("GET", "/messages/list/40700000099").json()["messages"] == []


@pytest.mark.parametrize("to", ["+40700000001", "40 700 000 001", "40700000001@c.us", "123", None, 7])
def test_a_number_in_the_wrong_form_is_refused(house: Any, to: Any) -> None:
    answer = send(house, to=to)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 400
    assert house.ledger("message") == []


def test_plain_digits_are_a_number(house: Any) -> None:
    assert send(house, to="40700000001").json()["message"]["chat_id"] == CHAT


def test_an_empty_text_is_refused(house: Any) -> None:
    assert send(house, body="").status_code == 400


def test_only_the_header_opens_the_channel(house: Any) -> None:
    for answer in (
        house.http.post(f"{house.url}/whapi/messages/text", json={"to": CHAT, "body": "x"}),
        house.http.get(f"{house.url}/whapi/health", params={"token": house.settings.whapi_token}),
        house.http.get(f"{house.url}/whapi/health", headers={"Authorization": "Bearer wrong"}),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == 401


def test_an_unknown_path_is_404_in_the_providers_words(house: Any) -> None:
    answer = house.whapi("GET", "/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == 404


def test_a_candidates_file_comes_as_a_document_to_be_fetched(house: Any) -> None:
    file = {"file_name": "CV Ștefan.pdf", "content_type": "application/pdf", "content": "JVBERi0xLjQ="}
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": "CV-ul meu", "file": file})
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("messages")
    [message] = delivery.body["messages"]
    assert message["type"] == "document"
    assert message["from"] == "40700000001"
    document = message["document"]
    assert document["file_name"] == "CV Ștefan.pdf"
    assert document["caption"] == "CV-ul meu"
    assert "link" not in document
    fetched = house.whapi("GET", f"/media/{document['id']}")
    assert fetched.content == b"%PDF-1.4"
    assert fetched.headers["content-type"] == "application/pdf"
    assert house.whapi("GET", "/media/gone").status_code == 404


def test_a_text_with_a_link_comes_as_a_link_preview(house: Any) -> None:
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": "vezi https://example.com/cv"})
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("messages")
    [message] = delivery.body["messages"]
    assert message["type"] == "link_preview"
    assert message["link_preview"]["body"] == "vezi https://example.com/cv"


@pytest.mark.parametrize("path", ["/messages/document", "/messages/media/document"])
def test_documents_can_be_sent_in_every_documented_way(house: Any, path: str) -> None:
    coded = base64.b64encode(b"hello").decode()
    uploaded = house.whapi("POST", "/media", content=b"hello").json()["media"][0]["id"]
    for media in (coded, f"data:text/plain;base64,{coded}", uploaded):
        answer = house.whapi(
            "POST", path, json={"to": CHAT, "media": media, "filename": "a.txt", "caption": "c"}
        )
        assert answer.status_code == 200, answer.text
        document = answer.json()["message"]["document"]
        assert (document["file_name"], document["caption"], document["file_size"]) == ("a.txt", "c", 5)
    form = house.whapi("POST", path, data={"to": CHAT}, files={"media": ("b.txt", b"hello", "text/plain")})
    assert form.json()["message"]["document"]["file_name"] == "b.txt"


def test_a_failed_callback_is_repeated_with_growing_delay(house: Any) -> None:
    house.gateway.answers[:] = [503, 503]
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": "Bună"})
    house.pass_time(seconds=2)
    assert len(house.gateway.of("messages")) == 1
    house.pass_time(seconds=1.1)
    assert len(house.gateway.of("messages")) == 2
    house.pass_time(seconds=1.1)
    assert len(house.gateway.of("messages")) == 2
    house.pass_time(seconds=1.1)
    assert len(house.gateway.of("messages")) == 3
    house.pass_time(hours=1)
    assert len(house.gateway.of("messages")) == 3
    attempts = [entry["attempt"] for entry in house.ledger("webhook") if entry["type"] == "messages"]
    assert attempts == [1, 2, 3]


def test_webhooks_go_where_the_settings_say(house: Any) -> None:
    headers = {"X-Webhook-Secret": "s"}
    webhooks = [{"url": f"{house.gateway.url}/elsewhere", "mode": "body", "headers": headers}]
    assert house.whapi("PATCH", "/settings", json={"webhooks": webhooks}).status_code == 200
    house.control("POST", "/act/whatsapp", {"phone": PHONE, "text": "Bună"})
    house.pass_time(minutes=1)
    [delivery] = house.gateway.of("messages")
    assert delivery.path == "/elsewhere"
    assert delivery.headers["X-Webhook-Secret"] == "s"


def test_the_channel_is_healthy(house: Any) -> None:
    assert house.whapi("GET", "/health").json()["status"]["text"] == "AUTH"
