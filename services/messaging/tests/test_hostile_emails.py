"""Emails as they really come: nested, forwarded, packed, in odd charsets, too large, written by machines."""

from __future__ import annotations

import base64
import random
import time
from typing import Any

import pytest
from chassis.testing_http import Asked, Says
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from messaging.adapters.gmail_inbox import LARGEST_FILE, GmailInbox
from messaging.domain.emails import LONGEST_TEXT, NOBODY, PACKED, parts_of, read_email
from messaging.domain.html_text import as_text
from sandbox.gmail.parts import payload as gmail_payload

from .gmail_talk import talking
from .raw_mails import a_mail, read

SEED = random.SystemRandom().randrange(2**32)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_files_of_a_mail_that_was_forwarded_as_a_file_are_found() -> None:
    inner = a_mail("Vechi")
    inner.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="cv.pdf")
    outer = a_mail("Vă trimit mailul lui Dan")
    outer.add_attachment(inner)
    email = read(outer)
    assert [file.file_name for file in email.files] == ["cv.pdf"]
    assert email.body == "Vă trimit mailul lui Dan\n\nVechi"


def test_a_photo_inside_the_text_is_a_file_and_a_logo_of_a_signature_is_not() -> None:
    mail = a_mail()
    mail.add_alternative("<p>Bună</p>", subtype="html")
    for size in (900, 200_000):
        mail.add_attachment(b"\x89PNG" + bytes(size), maintype="image", subtype="png", disposition="inline",
                            filename=f"{size}.png", cid=f"<{size}@x>")  # fmt: skip
    tree = gmail_payload(mail.as_bytes(), lambda part: f"A{part}")
    assert [part.file_name for part in parts_of(tree) if part.is_file] == ["200000.png"]


def test_what_outlook_packed_is_kept_and_the_recruiter_told_what_to_ask_for() -> None:
    mail = a_mail()
    mail.add_attachment(b"\x78\x9f", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    email = read(mail)
    assert email.notes == [PACKED]
    assert [file.file_name for file in email.files] == ["winmail.dat"]


def test_an_invitation_without_a_name_gets_one() -> None:
    mail = a_mail()
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar")
    [file] = read(mail).files
    assert file.file_name.startswith("invitation")


@pytest.mark.parametrize("charset", ["iso-8859-2", "windows-1250", "utf-16", "utf-7"])
def test_words_in_other_charsets_are_read(charset: str) -> None:
    raw = (
        f"From: a@example.com\r\nContent-Type: text/plain; charset={charset}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.b64encode("Șofer cu îndrăzneală".replace("Ș", "Ş").encode(charset))
    assert read(raw).body == "Şofer cu îndrăzneală"


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "hex", "rot13", "unicode_escape", "\x00", "nonsense"]
)
def test_a_charset_that_is_none_does_not_stop_the_mail(charset: str) -> None:
    kind = [{"name": "Content-Type", "value": f"text/plain; charset={charset}"}]
    part = {"mimeType": "text/plain", "headers": kind,
            "body": {"data": b64(b"abc \xff def")}}  # fmt: skip
    email = read_email({"id": "m"}, list(parts_of(part)))
    assert "abc" in email.body


def test_a_text_of_many_megabytes_is_cut_and_says_so() -> None:
    email = read(a_mail("lung " * 300_000))
    assert len(email.body) <= LONGEST_TEXT
    assert any("was cut" in note for note in email.notes)


def test_a_mail_from_nobody_has_a_sender_that_can_be_shown() -> None:
    assert read(b"Subject: x\r\n\r\nhello").sender == NOBODY


def test_ten_thousand_parts_and_a_thousand_levels_end() -> None:
    deep: dict[str, Any] = {"mimeType": "text/plain", "body": {"data": b64(b"in")}}
    for _ in range(5_000):
        deep = {"mimeType": "multipart/mixed", "parts": [deep]}
    wide = {"parts": [{"mimeType": "text/plain", "body": {"data": b64(b"x")}} for _ in range(10_000)]}
    assert list(parts_of(deep)) == []
    assert len(list(parts_of(wide))) == 500


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<![", "<a b='", '<a ">', "<", "</", "<script>", "\n \n"])
def test_no_html_takes_longer_than_its_length(piece: str) -> None:
    started = time.process_time()
    as_text(piece * (300_000 // len(piece)))
    assert time.process_time() - started < 5


async def test_a_file_that_is_too_large_is_named_and_not_fetched() -> None:
    huge = {
        "mimeType": "application/pdf",
        "filename": "cv.pdf",
        "body": {"attachmentId": "A", "size": LARGEST_FILE + 1},
    }
    words = {"mimeType": "text/plain", "filename": "", "body": {"data": b64(b"hello")}}
    tree = {"mimeType": "multipart/mixed", "headers": [], "parts": [words, huge]}

    def answer(asked: Asked) -> Says:
        return Says({"id": "m1", "payload": tree})

    async with talking(answer) as (client, server):
        email = await GmailInbox(client, "CVs", "CVs-Processed").read("m1")
    assert (email.body, list(email.files)) == ("hello", [])
    assert email.notes == ["the file “cv.pdf” is larger than 25 MB and was not taken: open it in Gmail"]
    assert not [asked for asked in server.asked if "attachments" in asked.path]


_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_LEAF = st.builds(
    lambda kind, name, data, charset: {
        "mimeType": kind,
        "filename": name,
        "headers": [
            {"name": "Content-Type", "value": f"{kind}; charset={charset}"},
            {"name": "Content-Disposition", "value": "attachment" if name else ""},
        ],
        "body": {"data": b64(data), "size": len(data)},
    },
    st.sampled_from(["text/plain", "text/html", "message/rfc822", "application/pdf", "image/png", "", "x"]),
    _NAMES,
    st.binary(max_size=200),
    st.sampled_from(["utf-8", "iso-8859-2", "idna", "", "\x00", "undefined", "utf-16"]),
)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.builds(
        lambda parts: {"mimeType": "multipart/mixed", "body": {}, "parts": parts}, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


@seed(SEED)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=_TREE, sender=_NAMES, subject=_NAMES, labels=st.lists(st.sampled_from(["SENT", "INBOX", "CVs"])))
def test_whatever_somebody_sends_is_read(
    tree: dict[str, Any], sender: str, subject: str, labels: list[str]
) -> None:
    headers = [{"name": "From", "value": sender}, {"name": "Subject", "value": subject}]
    headed = {**tree, "headers": [*headers, *tree.get("headers", [])]}
    email = read_email({"id": "m", "labelIds": labels, "payload": headed}, list(parts_of(headed)))
    shown = f"seed {SEED}"
    assert email.sender, shown
    assert "\x00" not in email.body + email.subject + email.sender, shown
    email.body.encode()
    leaves = [part for part in parts_of(headed) if part.is_file and part.content_type != "message/rfc822"]
    assert len(email.files) >= len(leaves), shown
