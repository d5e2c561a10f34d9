"""The rules of messaging: words, reports, deliveries of Whapi, emails."""

from __future__ import annotations

import base64
import json
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import messaging
import pytest
from contracts.references import find_references, reference
from hypothesis import given
from hypothesis import strategies as st
from messaging.domain.cv_requests import MessageStatus, channels_for, follow_up_now, later_status
from messaging.domain.emails import decode_base64url, parts_of, read_email
from messaging.domain.html_text import as_text
from messaging.domain.letters import (
    Channel,
    MessageType,
    Template,
    Words,
    fallback,
    fill_in,
    languages_to_try,
)
from messaging.domain.patience import MOST_TRIES, pause_before_try
from messaging.domain.people import Writer, the_writer
from messaging.domain.whapi_inbox import NotAPost, read_post, safe_file_name

from .office import PHONE, a_document, a_post, a_status, a_text

SEEDS = Path(messaging.__file__).parent / "migrations" / "seeds" / "0001_message_templates.toml"
TEMPLATES: list[dict[str, str]] = tomllib.loads(SEEDS.read_text(encoding="utf-8"))["template"]


def filled(template: Template, channel: Channel = Channel.EMAIL, first_name: str = "Ana") -> Words:
    return fill_in(
        template, channel, first_name=first_name, title="Șofer", application_id=7, reference=reference(7)
    )


def test_every_type_has_words_for_both_channels_in_both_languages() -> None:
    have = {(one["message_type"], one["channel"], one["language"]) for one in TEMPLATES}
    assert len(TEMPLATES) == 20
    assert have == {
        (kind.value, channel.value, language)
        for kind in MessageType
        for channel in Channel
        for language in ("ro", "en")
    }


@pytest.mark.parametrize("seed", TEMPLATES, ids=lambda one: "-".join(list(one.values())[:3]))
def test_seeded_words_hold_the_reference_and_leave_no_placeholder(seed: dict[str, str]) -> None:
    words = filled(Template(seed.get("subject", ""), seed["body"]), Channel(seed["channel"]))
    text = f"{words.subject or ''}\n{words.body}"
    assert find_references(words.subject or words.body) == [7]
    assert "{" not in text
    assert "Șofer" in words.body
    assert unicodedata.is_normalized("NFC", text)
    assert not set("şţŞŢ") & set(text)


@pytest.mark.parametrize("seed", TEMPLATES, ids=lambda one: "-".join(list(one.values())[:3]))
def test_a_missing_name_leaves_no_gap(seed: dict[str, str]) -> None:
    words = filled(Template(seed.get("subject", ""), seed["body"]), Channel(seed["channel"]), first_name="")
    assert words.body.startswith(("Bună ziua!", "Bună ziua,\n", "Hello!", "Hello,\n"))


@pytest.mark.parametrize("kind", list(MessageType))
@pytest.mark.parametrize("language", ["ro", "en", "fr", ""])
def test_there_are_words_even_without_any_template(kind: MessageType, language: str) -> None:
    for channel in Channel:
        words = filled(fallback(kind, language), channel)
        assert find_references(words.subject or words.body) == [7]
        assert "{" not in words.body


def test_a_template_that_forgot_the_reference_gets_it() -> None:
    assert filled(Template("CV", "Text")).subject == f"CV [{reference(7)}]"
    assert filled(Template("", "Text"), Channel.WHATSAPP).body == f"Text\n\n{reference(7)}"


def test_unknown_braces_stay_and_values_are_not_read_again() -> None:
    words = fill_in(
        Template("{reference}", "{first_name} {unknown} {application_pk} {position_title}"),
        Channel.EMAIL,
        first_name="{reference}",
        title="{x}",
        application_id=7,
        reference="RF-1",
    )
    assert words.body == "{reference} {unknown} 7 {x}"


def test_a_subject_is_one_line() -> None:
    words = filled(Template("Prima\r\nBcc: x@example.com {reference}", "b"))
    assert words.subject is not None
    assert "\n" not in words.subject


def test_languages_are_tried_from_the_candidates_own_to_the_default() -> None:
    assert languages_to_try("en", "ro") == ["en", "ro"]
    assert languages_to_try("ro-RO", "") == ["ro"]
    assert languages_to_try("fr", "en") == ["fr", "en", "ro"]


@pytest.mark.parametrize(
    ("present", "reported", "after"),
    [
        ("sent", "delivered", "delivered"),
        ("sent", "read", "read"),
        ("read", "delivered", None),
        ("delivered", "delivered", None),
        ("sent", "failed", "failed"),
        ("delivered", "failed", None),
        ("failed", "delivered", None),
        ("unknown", "delivered", None),
        ("sent", "sent", None),
    ],
)
def test_a_status_moves_forward_only(present: str, reported: str, after: str | None) -> None:
    moved = later_status(MessageStatus(present), MessageStatus(reported))
    assert moved == (MessageStatus(after) if after else None)


@pytest.mark.parametrize(
    ("number", "status", "cv_known", "todo"),
    [
        (1, "awaiting_cv", False, "send"),
        (2, "cv_followup_1", False, "send"),
        (3, "cv_followup_2", False, "expire"),
        (1, "qualified", False, "too early"),
        (2, "awaiting_cv", False, "too early"),
        (3, "awaiting_cv", False, "too early"),
        (1, "cv_followup_1", False, "not wanted"),
        (1, "awaiting_cv", True, "not wanted"),
        (3, "cv_followup_2", True, "not wanted"),
        (1, "awaiting_cv_rejected", False, "not wanted"),
        (2, "closed", False, "not wanted"),
    ],
)
def test_what_a_due_reminder_turns_into(number: int, status: str, cv_known: bool, todo: str) -> None:
    assert follow_up_now(number, status, cv_known).value == todo


def test_channels_follow_the_verdict() -> None:
    both = channels_for(MessageType.CV_REQUEST, email="a@example.com", phone=PHONE)
    assert set(both) == {Channel.EMAIL, Channel.WHATSAPP}
    later = MessageType.CV_REQUEST_REJECTED
    assert channels_for(later, email="a@example.com", phone=PHONE) == [Channel.WHATSAPP]
    assert channels_for(later, email="a@example.com", phone=None) == [Channel.EMAIL]
    assert channels_for(later, email=None, phone=None) == []


def test_the_writer_is_the_only_one_or_the_only_one_with_an_open_application() -> None:
    assert the_writer([]) is None
    assert the_writer([Writer(1, None)]) == Writer(1, None)
    assert the_writer([Writer(1, None), Writer(2, 5)]) == Writer(2, 5)
    assert the_writer([Writer(1, 4), Writer(2, 5)]) is None


def test_pauses_grow_and_end() -> None:
    assert [pause_before_try(tries) for tries in (1, 2, 3)] == [2.0, 4.0, 8.0]
    assert pause_before_try(20) == 600.0
    assert pause_before_try(MOST_TRIES) is None


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({"text": {"body": " Bună "}}, "Bună"),
        (
            {"type": "link_preview", "text": None, "link_preview": {"body": "https://example.com"}},
            "https://example.com",
        ),
        ({"type": "reply", "text": None, "reply": {"buttons_reply": {"id": "1", "title": "Da"}}}, "Da"),
        ({"type": "location", "text": None}, "[location]"),
        ({"type": "text", "text": {"body": "a\x00b"}}, "ab"),
    ],
)
def test_the_words_of_each_kind_of_message(changed: dict[str, Any], body: str) -> None:
    [message] = read_post(json.dumps(a_post(a_text(**changed)))).messages
    assert (message.body, message.media, message.phone) == (body, None, PHONE)


@pytest.mark.parametrize(
    "changed",
    [
        {"from_me": True},
        {"chat_id": "120363@g.us"},
        {"chat_id": "1@newsletter"},
        {"chat_id": "status@broadcast"},
        {"type": "action", "action": {"type": "reaction", "emoji": "👍"}},
        {"type": "system"},
        {"id": ""},
    ],
)
def test_what_is_no_message_to_us(changed: dict[str, Any]) -> None:
    assert read_post(json.dumps(a_post(a_text(**changed)))).messages == []


@pytest.mark.parametrize(
    ("changed", "sender", "phone"),
    [
        ({"from": "40700000011"}, PHONE, PHONE),
        ({"from": "40700000011@s.whatsapp.net"}, PHONE, PHONE),
        ({"from": None}, PHONE, PHONE),
        ({"from": "40700000011", "chat_id": "99887766554433@lid"}, PHONE, PHONE),
        ({"from": "99887766554433", "chat_id": "99887766554433@lid"}, "99887766554433@lid", None),
        ({"from": "99887766554433@lid", "chat_id": "99887766554433@lid"}, "99887766554433@lid", None),
    ],
)
def test_an_id_that_is_no_number_is_never_taken_for_one(
    changed: dict[str, Any], sender: str, phone: str | None
) -> None:
    [message] = read_post(json.dumps(a_post(a_text(**changed)))).messages
    assert (message.sender, message.phone) == (sender, phone)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document"])
def test_every_kind_of_file_is_kept(kind: str) -> None:
    entry = {**a_text(), "type": kind, kind: {"id": "f-1", "mime_type": "audio/ogg; codecs=opus"}}
    del entry["text"]
    [message] = read_post(json.dumps(a_post(entry))).messages
    assert message.media is not None
    assert (message.media.content_type, message.media.file_name) == ("audio/ogg", f"{kind}.ogg")


def test_a_file_without_an_id_of_its_own_is_fetched_by_link() -> None:
    [message] = read_post(
        json.dumps(a_post(a_document(id="media_init", link="https://example.com/f.pdf")))
    ).messages
    assert message.media is not None
    assert (message.media.media_id, message.media.link) == (None, "https://example.com/f.pdf")


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("CV Ana.pdf", "CV Ana.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\cv.pdf", "cv.pdf"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("", "document.pdf"),
        (None, "document.pdf"),
        ("..", "document.pdf"),
    ],
)
def test_file_names_lead_nowhere(given_name: str | None, name: str) -> None:
    assert safe_file_name(given_name, "document", "application/pdf") == name


def test_a_status_has_its_time_as_a_text() -> None:
    [report] = read_post(json.dumps(a_post(statuses=[a_status("wa-0", "delivered")]))).reports
    assert report.at is not None
    assert (report.external_id, report.status, report.at.timestamp()) == ("wa-0", "delivered", 1795000100)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "id",
    "from",
    "from_me",
    "type",
    "chat_id",
    "timestamp",
    "text",
    "document",
    "image",
    "status",
    "errors",
    "reply",
]


@given(
    st.dictionaries(
        st.sampled_from(["messages", "statuses", "event"]),
        st.lists(st.dictionaries(st.sampled_from(KEYS), JSON)) | JSON,
    )
)
def test_no_delivery_is_too_strange_to_be_read(body: dict[str, Any]) -> None:
    try:
        read_post(json.dumps(body))
    except NotAPost:
        pytest.fail("an object is always a post")


def encoded(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def a_part(mime_type: str, data: str | bytes, file_name: str = "", **headers: str) -> dict[str, Any]:
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    return {"mimeType": mime_type, "filename": file_name, "headers": named, "body": {"data": encoded(data)}}


def an_email(*parts: dict[str, Any], **headers: str) -> Any:
    named = [{"name": name, "value": value} for name, value in headers.items()]
    payload = {
        "mimeType": "multipart/mixed",
        "filename": "",
        "headers": named,
        "body": {"size": 0},
        "parts": parts,
    }
    message = {"id": "m1", "internalDate": "1795000000000", "payload": payload}
    return read_email(message, list(parts_of(payload)))


def test_plain_text_is_preferred_and_files_are_found_at_every_depth() -> None:
    alternative = {
        "mimeType": "multipart/alternative",
        "parts": [a_part("text/plain", "Bună ziua\r\n"), a_part("text/html", "<p>Altceva</p>")],
    }
    forwarded = {
        "mimeType": "message/rfc822",
        "filename": "",
        "body": {},
        "parts": [a_part("application/pdf", b"%PDF", "cv.pdf")],
    }
    email = an_email(alternative, forwarded, From="Ana Probă <ana.proba@example.com>", Subject="CV\r\n meu")
    assert (email.sender, email.sender_name, email.subject) == (
        "ana.proba@example.com",
        "Ana Probă",
        "CV meu",
    )
    assert email.body == "Bună ziua"
    assert [(file.file_name, file.data) for file in email.files] == [("cv.pdf", b"%PDF")]
    assert email.received_at.timestamp() == 1795000000


def test_html_alone_becomes_words() -> None:
    email = an_email(a_part("text/html", "<style>p{}</style><p>Bun&#259; ziua,</p><p>atașez<br>CV-ul</p>"))
    assert email.body == "Bună ziua,\n\natașez\nCV-ul"


def test_the_pictures_of_a_signature_are_no_files_but_an_attached_picture_is() -> None:
    logo = a_part("image/png", b"x", "logo.png", Content_ID="<logo>", Content_Disposition="inline")
    scan = a_part("image/jpeg", b"y", "cv.jpg", Content_Disposition='attachment; filename="cv.jpg"')
    both = a_part("image/jpeg", b"z", "p2.jpg", Content_ID="<p>", Content_Disposition="attachment")
    assert [file.file_name for file in an_email(logo, scan, both).files] == ["cv.jpg", "p2.jpg"]


def test_a_text_file_that_was_attached_is_a_file_and_not_the_message() -> None:
    email = an_email(a_part("text/plain", "Salut"), a_part("text/plain", "experiență", "cv.txt"))
    assert email.body == "Salut"
    assert [file.file_name for file in email.files] == ["cv.txt"]


def test_a_part_that_is_large_is_fetched_by_its_id() -> None:
    payload = {"mimeType": "application/pdf", "filename": "cv.pdf", "body": {"attachmentId": "A1", "size": 9}}
    [part] = parts_of(payload)
    assert (part.data, part.attachment_id, part.is_file) == (None, "A1", True)


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("ășț".encode(), "text/plain; charset=iso-8859-2", "ășț"),
        ("ăşţ".encode("iso-8859-2"), 'text/plain; charset="ISO-8859-2"', "ăşţ"),
        (b"caf\xe9", "text/plain", "café"),
        (b"caf\xe9", "text/plain; charset=nonsense", "café"),
    ],
)
def test_letters_survive_wrong_and_missing_charsets(data: bytes, content_type: str, text: str) -> None:
    assert an_email(a_part("text/plain", data, Content_Type=content_type)).body == text


def test_encoded_words_in_headers_are_read() -> None:
    email = an_email(
        From="=?utf-8?b?QW5hIFByb2LEgw==?= <ana@example.com>", Subject="=?utf-8?q?CV_=C8=99ofer?="
    )
    assert (email.sender_name, email.subject) == ("Ana Probă", "CV șofer")
    assert an_email(Subject="=?bad?x?y?=").subject == "=?bad?x?y?="


def test_padding_is_repaired_and_nonsense_is_said_to_be_so() -> None:
    assert decode_base64url("YQ") == b"a"
    with pytest.raises(ValueError, match="base64url"):
        decode_base64url("a")


@given(st.text())
def test_html_never_fails_to_become_text(html: str) -> None:
    as_text(html)


def test_a_head_that_nobody_closed_swallows_nothing() -> None:
    assert as_text("<html><head><title>x</title><body><p>Salut</p>") == "Salut"
