"""What a delivery of Whapi says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messaging.domain.whapi_inbox import NotAPost, read_post, safe_file_name

from .office import PHONE, a_document, a_post, a_status, a_text


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


@pytest.mark.parametrize(
    ("given_type", "content_type"),
    [
        ("application/PDF; name=cv.pdf", "application/pdf"),
        ("application/pdf\r\nX: y", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
        (5, "application/octet-stream"),
    ],
)
def test_a_type_that_is_none_does_not_keep_a_file_from_being_stored(
    given_type: object, content_type: str
) -> None:
    [message] = read_post(json.dumps(a_post(a_document(mime_type=given_type)))).messages
    assert message.media is not None
    assert message.media.content_type == content_type


@pytest.mark.parametrize("levels", [700, 100_000])
def test_a_delivery_nested_without_end_is_no_post(levels: int) -> None:
    with pytest.raises(NotAPost):
        read_post('{"a":' + "[" * levels + "]" * levels + "}")


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
