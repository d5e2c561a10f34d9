"""Who candidates are, and that they do what they are known for; and the same again with the same seed."""

from __future__ import annotations

import base64
import io
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import httpx2
import pdfplumber
import pytest
from sandbox.dice import Dice
from sandbox.personas.cv import DOCX, PDF, make_cv
from sandbox.personas.kinds import TRAITS, Persona, choose, named_in
from sandbox.personas.leads import people_in
from sandbox.personas.people import tidy_phone
from sandbox.personas.speech import language_of, questions_in
from sandbox.settings import SandboxSettings
from sandbox.testing import HandClock, receiver, running, wait_for

PHONE = "+40700000001"
CHAT = "40700000001@s.whatsapp.net"
ASK = "Bună ziua, Ana! Vă rugăm să ne trimiteți CV-ul. Referință: RF-7K3Q9DX"


def asked_by_whatsapp(house: Any, text: str = ASK) -> None:
    answer = house.whapi("POST", "/messages/text", json={"to": CHAT, "body": text})
    assert answer.status_code == 200, answer.text


def asked_by_mail(house: Any, to: str = "ana@example.com", text: str = ASK) -> None:
    raw = f"From: r@example.com\r\nTo: {to}\r\nSubject: RF-7K3Q9DX\r\nMessage-ID: <m{len(text)}@r>\r\n\r\nCV"
    settings = house.settings
    grant = {
        "grant_type": "refresh_token",
        "client_id": settings.google_client_id,
        "client_secret": settings.google_client_secret,
        "refresh_token": settings.google_refresh_token,
    }
    token = house.http.post(f"{house.url}/google-token/token", data=grant).json()["access_token"]
    answer = house.http.post(
        f"{house.url}/gmail/gmail/v1/users/me/messages/send",
        json={"raw": base64.urlsafe_b64encode(raw.encode()).decode()},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text


def inbound(house: Any) -> list[tuple[str, str, str]]:
    """What candidates sent us: provider, from, kind."""
    return [(one["provider"], one["from"], one.get("type", "mail")) for one in house.ledger("inbound")]


def test_every_persona_is_chosen_by_some_number_and_about_as_often_as_it_weighs() -> None:
    dice = Dice("seed")
    chosen = Counter(choose(dice, f"+4070000{number:04d}") for number in range(4000))
    for persona, traits in TRAITS.items():
        share = chosen[persona] / 4000
        assert abs(share - traits.weight / 100) < 0.02, persona


def test_another_seed_makes_other_people() -> None:
    numbers = [f"+4070000{number:04d}" for number in range(100)]
    one = [choose(Dice("one"), number) for number in numbers]
    assert one == [choose(Dice("one"), number) for number in numbers]
    assert one != [choose(Dice("two"), number) for number in numbers]


@pytest.mark.parametrize(
    ("email", "persona"),
    [
        ("ana.pop+never-answers@example.com", Persona.NEVER_ANSWERS),
        ("ana.pop+Never_Answers@example.com", Persona.NEVER_ANSWERS),
        ("ana.pop+newsletter@example.com", None),
        ("ana.pop@example.com", None),
    ],
)
def test_a_plus_tag_names_a_persona(email: str, persona: Persona | None) -> None:
    assert named_in(email) is persona


def test_the_control_api_names_a_persona_and_takes_it_back(house: Any) -> None:
    [before] = house.control("POST", "/people", [{"phone": PHONE}])["people"]
    assert house.control("PUT", f"/personas/{PHONE}", {"persona": "voicemail"})["persona"] == "voicemail"
    assert house.control("PUT", f"/personas/{PHONE}", {"persona": None})["persona"] == before["persona"]


def test_who_qualifies_sends_the_cv_by_mail_hours_after_being_asked_once(house: Any) -> None:
    house.person(PHONE, "qualifies")
    asked_by_whatsapp(house)
    asked_by_mail(house)
    house.pass_time(hours=2)
    assert inbound(house) == []
    house.pass_time(hours=22)
    assert inbound(house) == [("gmail", "Ana Țăranu <ana@example.com>", "mail")]
    asked_by_whatsapp(house)
    house.pass_time(hours=48)
    assert len(inbound(house)) == 1


@pytest.mark.parametrize(
    ("persona", "sent"),
    [
        ("sends-cv-by-whatsapp", ("whapi", "40700000001", "document")),
        ("not-qualified-cv-by-whatsapp", ("whapi", "40700000001", "document")),
        ("not-qualified-cv-by-email", ("gmail", "Ana Țăranu <ana@example.com>", "mail")),
        ("cv-from-another-address", ("gmail", "Ana Țăranu <ana.personal@example.net>", "mail")),
    ],
)
def test_the_cv_comes_the_way_the_persona_sends_it(
    house: Any, persona: str, sent: tuple[str, str, str]
) -> None:
    house.person(PHONE, persona)
    asked_by_whatsapp(house)
    house.pass_time(hours=24)
    [(provider, sender, kind)] = inbound(house)
    assert (provider, sender.lstrip("+"), kind) == sent


def test_a_friends_address_tells_nothing_about_the_sender(house: Any) -> None:
    house.person(PHONE, "cv-from-a-friends-address")
    asked_by_whatsapp(house)
    house.pass_time(hours=24)
    [(_, sender, _)] = inbound(house)
    assert "Ana" not in sender
    assert sender.endswith("@example.net")


@pytest.mark.parametrize(("persona", "asks"), [("cv-after-follow-up-1", 2), ("cv-after-follow-up-2", 3)])
def test_some_send_their_cv_only_after_being_reminded(house: Any, persona: str, asks: int) -> None:
    house.person(PHONE, persona)
    for _ in range(asks - 1):
        asked_by_whatsapp(house)
        asked_by_mail(house)
        house.pass_time(hours=48)
        assert inbound(house) == []
    asked_by_whatsapp(house)
    house.pass_time(hours=24)
    assert len(inbound(house)) == 1


@pytest.mark.parametrize("persona", ["never-sends-cv", "not-qualified", "wants-a-human"])
def test_some_never_send_anything(house: Any, persona: str) -> None:
    house.person(PHONE, persona)
    for _ in range(3):
        asked_by_whatsapp(house)
        house.pass_time(hours=48)
    assert inbound(house) == []


def test_some_write_before_they_send(house: Any) -> None:
    house.person(PHONE, "replies-first")
    asked_by_whatsapp(house)
    house.pass_time(hours=24)
    assert [kind for _, _, kind in inbound(house)] == ["text", "mail"]


def test_nobody_reacts_to_what_does_not_ask_for_a_cv(house: Any) -> None:
    house.person(PHONE, "qualifies")
    asked_by_whatsapp(house, "Vă mulțumim pentru interes. O zi bună!")
    house.pass_time(hours=48)
    assert inbound(house) == []


def test_an_address_and_a_number_with_the_same_reference_are_one_person(house: Any) -> None:
    house.control("PUT", f"/personas/{PHONE}", {"persona": "qualifies"})
    asked_by_mail(house, "somebody@example.com")
    asked_by_whatsapp(house)
    house.pass_time(hours=24)
    [(provider, sender, _)] = inbound(house)
    assert provider == "gmail"
    assert sender.endswith("<somebody@example.com>")
    [person] = house.control("GET", "/personas")["people"]
    assert (person["phone"], person["emails"]) == (PHONE, ["somebody@example.com"])


@pytest.mark.parametrize(
    ("persona", "results"),
    [
        ("busy-then-answers", ["busy", "answered"]),
        ("answers-at-second-try", ["no_answer", "answered"]),
        ("call-back-tomorrow", ["answered", "answered"]),
        ("never-answers", ["no_answer", "no_answer"]),
    ],
)
def test_calls_end_as_the_persona_lets_them(house: Any, persona: str, results: list[str]) -> None:
    house.person(PHONE, persona)
    ended = []
    for _ in results:
        conversation = house.call(PHONE)
        house.pass_time(minutes=10)
        body = house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}").json()
        ended.append(body["metadata"]["phone_call"]["call_result"])
    assert ended == results


def spoken(house: Any, **override: Any) -> str:
    conversation = house.call(PHONE, conversation_config_override={"agent": override})
    house.pass_time(minutes=10)
    body = house.elevenlabs("GET", f"/v1/convai/conversations/{conversation}").json()
    return "\n".join(turn["message"] for turn in body["transcript"] if turn["role"] == "user")


def test_people_answer_in_the_language_they_are_spoken_to(house: Any) -> None:
    house.person(PHONE, "qualifies")
    assert "Da, " in spoken(house, first_message="Bună ziua, vă sun despre post.")
    assert "Yes, " in spoken(house, first_message="Hello, I am calling about your application.")
    assert "Yes, " in spoken(house, first_message="Bună ziua", language="en")


def test_language_and_questions_are_read_from_the_prompt() -> None:
    assert language_of("Bună ziua, vă sun în legătură cu postul") == "ro"
    assert language_of("Hello, I am calling about the position") == "en"
    assert questions_in("Ask:\n1. Do you drive?\n- Can you work at night?\nBe polite.") == [
        "Do you drive?",
        "Can you work at night?",
    ]


@pytest.mark.parametrize("whom", [f"+4070000000{digit}" for digit in range(10)])
def test_a_cv_is_a_real_file_that_holds_the_persons_data(whom: str) -> None:
    cv = make_cv(Dice("seed"), whom, "Ștefan Țurcanu", "+40700000001", "stefan@example.com", "ro")
    if cv.content_type == PDF:
        with pdfplumber.open(io.BytesIO(cv.content)) as pdf:
            text = "\n".join(page.extract_text() for page in pdf.pages)
    else:
        assert cv.content_type == DOCX
        text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(cv.content)).paragraphs)
    for part in ("Ștefan Țurcanu", "+40 700 000 001", "stefan@example.com", "Experiență profesională"):
        assert part in text


def test_some_cvs_are_pdf_and_some_are_docx() -> None:
    made = Counter(
        make_cv(Dice("seed"), str(number), "Ana Rusu", None, None, "en").content_type for number in range(40)
    )
    assert made[PDF] > made[DOCX] > 0


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("p:+40700000001", PHONE),
        ("0700 000 001", PHONE),
        ("p:0700000001", PHONE),
        ("0040700000001", PHONE),
        ("+44 20 7946 0000", "+442079460000"),
        ("abc", None),
        ("p:", None),
    ],
)
def test_numbers_of_forms_are_recognised(raw: str, phone: str | None) -> None:
    assert tidy_phone(raw) == phone


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_people_are_read_from_a_lead_file(encoding: str, delimiter: str) -> None:
    rows = [
        ("id", "full_name", "phone_number", "email"),
        ("l:1", "Ștefan Țurcanu", "p:+40700000001", "Stefan+voicemail@example.com"),
        ("l:2", "<test lead: dummy data>", "p:+40700000002", "test@example.com"),
        ("l:3", "Fără Date", "", ""),
    ]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    [lead] = people_in(content)
    assert (lead.name, lead.phone, lead.email) == ("Ștefan Țurcanu", PHONE, "stefan+voicemail@example.com")


def _history(folder: Path, seed: str) -> list[Any]:
    """What ten people do within three days, as the ledger tells it."""
    with receiver() as gateway:
        settings = SandboxSettings(SANDBOX_STATE=folder, GATEWAY_URL=gateway.url, SANDBOX_SEED=seed)
        clock = HandClock()
        with running(settings, clock) as url, httpx2.Client(trust_env=False, timeout=10) as http:
            token = {"Authorization": f"Bearer {settings.whapi_token}"}
            for digit in range(10):
                body = {"to": f"4070000001{digit}", "body": ASK}
                http.post(f"{url}/whapi/messages/text", json=body, headers=token)

            def quiet() -> bool:
                state = http.get(f"{url}/__control__/state").json()
                due = state["next_due"]
                return not state["in_flight"]["webhooks"] and (due is None or due > state["now"])

            clock.turn(hours=72)
            wait_for(quiet, "the sandbox to finish what is due")
            entries = http.get(f"{url}/__control__/ledger?kind=inbound").json()["entries"]
    return [{key: value for key, value in entry.items() if key != "seq"} for entry in entries]


def test_a_run_repeats_exactly_with_the_same_seed(tmp_path: Path) -> None:
    first = _history(tmp_path / "a", "seed")
    assert first == _history(tmp_path / "b", "seed")
    assert len(first) > 2
    assert first != _history(tmp_path / "c", "another seed")
