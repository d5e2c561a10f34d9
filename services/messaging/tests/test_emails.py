"""What an email says, as Gmail answers it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messaging.domain.emails import decode_base64url, parts_of, read_email
from messaging.domain.html_text import as_text


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


@pytest.mark.parametrize(
    "given",
    [
        "=?utf-8?q?Prob=C4=83=2C_Ana?= <ana.proba@example.com>",
        '"Probă, Ana" <ana.proba@example.com>',
        "Probă, Ana <ana.proba@example.com>",
    ],
)
def test_a_comma_in_a_name_leaves_the_address_whole(given: str) -> None:
    email = an_email(From=given)
    assert (email.sender, email.sender_name) == ("ana.proba@example.com", "Probă, Ana")


def test_a_subject_and_a_name_without_end_are_cut() -> None:
    email = an_email(From=f'"{"A" * 5000}" <ana@example.com>', Subject="CV " * 50_000)
    assert (email.sender, len(email.sender_name or "")) == ("ana@example.com", 200)
    assert len(email.subject) == 998


def test_an_address_hidden_in_a_name_is_not_the_sender() -> None:
    email = an_email(From="=?utf-8?q?=3Cana=40example=2Ecom=3E?= <else@example.net>")
    assert email.sender == "else@example.net"


@pytest.mark.parametrize(
    ("labels", "ours"),
    [(["L1", "INBOX", "UNREAD"], False), (["L1"], False), (["L1", "SENT"], True), (["SENT", "INBOX"], False)],
)
def test_what_we_sent_ourselves_is_told_apart_by_its_labels(labels: list[str], ours: bool) -> None:
    assert read_email({"id": "m1", "labelIds": labels, "payload": {}}, []).ours is ours


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
