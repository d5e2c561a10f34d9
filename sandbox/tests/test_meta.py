"""Meta's lead ads seen from both sides: a form is sent, announced, and asked for (providers.md 7.2)."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox.testing import wait_for
from sandbox.webhooks import meta_signature

ASKED = (
    *("id", "created_time", "ad_id", "ad_name", "adset_id", "adset_name", "campaign_id", "campaign_name"),
    *("form_id", "field_data", "is_organic", "platform"),
)
FIELDS = {
    "full_name": "Ana Țăranu",
    "phone_number": "+40700000001",
    "email": "ana@example.com",
    "ai_permis?": "da",
}


def send(house: Any, **more: Any) -> str:
    answer = house.control("POST", "/act/lead", {"form_id": "120213", "fields": FIELDS, **more})
    house.pass_time(seconds=2)
    return str(answer["leadgen_id"])


def ask(house: Any, path: str, **params: str) -> Any:
    params = {"access_token": house.settings.meta_access_token, **params}
    return house.http.get(f"{house.url}/meta/{path}", params=params)


def test_the_signature_is_the_one_of_the_providers_page() -> None:
    expected = "sha256=b38a2f589e8e63c7fc3318ee5fad162aa1c05bd62cb1ec87c9a61641619505e2"
    assert meta_signature("appsecret", b'{"object":"page"}') == expected


def test_a_form_that_is_sent_is_announced_by_its_id_alone(house: Any) -> None:
    leadgen_id = send(house)
    [delivery] = house.gateway.deliveries
    assert delivery.path == "/webhooks/meta"
    secret = house.settings.meta_app_secret
    assert delivery.headers["X-Hub-Signature-256"] == meta_signature(secret, delivery.raw)
    [entry] = delivery.body["entry"]
    [change] = entry["changes"]
    assert (delivery.body["object"], change["field"]) == ("page", "leadgen")
    assert (change["value"]["leadgen_id"], change["value"]["form_id"]) == (leadgen_id, "120213")
    assert b"Ana" not in delivery.raw
    assert b"ana@" not in delivery.raw


def test_the_lead_is_given_with_the_fields_that_are_asked_for(house: Any) -> None:
    leadgen_id = send(house, campaign_name="Drivers", created_time="2025-09-12T15:05:13+03:00")
    lead = ask(house, f"v24.0/{leadgen_id}", fields=",".join(ASKED)).json()
    assert set(lead) == set(ASKED)
    assert (lead["created_time"], lead["campaign_name"]) == ("2025-09-12T12:05:13+0000", "Drivers")
    assert {"name": "full_name", "values": ["Ana Țăranu"]} in lead["field_data"]
    assert set(ask(house, f"v24.0/{leadgen_id}").json()) == {"id", "created_time", "field_data"}
    assert ask(house, "v24.0/120213", fields="name").json() == {"id": "120213", "name": "Form 120213"}


@pytest.mark.parametrize(
    ("path", "params", "status", "code", "subcode"),
    [
        ("v24.0/7", {"access_token": ""}, 400, 104, None),
        ("v24.0/7", {"access_token": "guess"}, 401, 190, None),
        ("v24.0/7", {}, 400, 100, 33),
        ("latest/7", {}, 400, 2500, None),
        ("v24.0/120213", {"fields": "field_data"}, 400, 100, None),
        ("v24.0/7/leads", {}, 404, 2500, None),
    ],
)
def test_what_can_not_be_given_is_refused_in_the_graph_apis_words(
    house: Any, path: str, params: dict[str, str], status: int, code: int, subcode: int | None
) -> None:
    send(house)
    answer = ask(house, path, **params)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("error_subcode")) == (status, code, subcode)
    assert (error["type"], bool(error["message"]), bool(error["fbtrace_id"])) == (
        "OAuthException",
        True,
        True,
    )


def test_the_same_lead_sent_again_is_announced_again(house: Any) -> None:
    assert send(house, leadgen_id="1990") == send(house, leadgen_id="1990") == "1990"
    assert len(house.gateway.deliveries) == 2
    assert send(house) != send(house)


def test_an_announcement_that_is_refused_comes_again_at_once_and_then_later(house: Any) -> None:
    house.gateway.answers += [503, 503]
    send(house)
    house.settle()
    assert len(house.gateway.deliveries) == 2
    house.pass_time(seconds=1)
    assert len(house.gateway.deliveries) == 3
    house.pass_time(hours=40)
    assert len(house.gateway.deliveries) == 3
    assert [entry["status"] for entry in house.ledger("webhook")] == [503, 503, 200]


def test_faults_strike_announcements_and_answers(house: Any) -> None:
    house.fault("bad_signature", provider="meta", operation="leadgen")
    house.fault("duplicated", provider="meta", operation="leadgen")
    leadgen_id = send(house)
    forged, again = house.gateway.deliveries
    assert forged.headers["X-Hub-Signature-256"] != meta_signature(house.settings.meta_app_secret, forged.raw)
    assert forged.raw == again.raw
    house.fault("status", provider="meta", operation="graph_object", status=500)
    house.fault("status", provider="meta", operation="graph_object", status=429)
    first, second = (ask(house, f"v24.0/{leadgen_id}") for _ in range(2))
    assert (first.status_code, first.json()["error"]["code"]) == (500, 2)
    assert (second.status_code, second.json()["error"]["code"]) == (429, 4)
    assert ask(house, f"v24.0/{leadgen_id}").status_code == 200


def test_who_fills_in_a_form_lives_here_from_then_on(house: Any) -> None:
    send(house)
    [person] = house.control("GET", "/personas")["people"]
    assert (person["name"], person["phone"]) == ("Ana Țăranu", "+40700000001")
    assert house.control("GET", "/state")["ledger"]["meta.inbound"] == 1


def test_a_form_is_sent_on_the_page_of_a_person(house: Any) -> None:
    house.person("+40700000001", "qualifies")
    [person] = house.control("GET", "/personas")["people"]
    data = {"form_id": "120213", "question": "ai_permis?", "answer": "<da>"}
    answer = house.http.post(f"{house.url}/people/{person['id']}/lead", data=data)
    assert answer.status_code == 303
    house.pass_time(seconds=2)
    [delivery] = house.gateway.deliveries
    leadgen_id = delivery.body["entry"][0]["changes"][0]["value"]["leadgen_id"]
    assert f"120213 / {leadgen_id}" in house.http.get(f"{house.url}/people/{person['id']}").text
    fields = ask(house, f"v24.0/{leadgen_id}").json()["field_data"]
    assert {"name": "ai_permis?", "values": ["<da>"]} in fields
    refused = house.http.post(f"{house.url}/people/{person['id']}/lead", data={"form_id": "x"})
    assert refused.status_code == 422


def test_announcements_wait_their_turn_on_disk(house: Any) -> None:
    house.control("POST", "/act/lead", {"form_id": "1", "fields": FIELDS})
    assert house.control("GET", "/state")["waiting_by_kind"]["webhook"] == 1
    house.pass_time(seconds=2)
    wait_for(lambda: house.gateway.deliveries, "the announcement")
