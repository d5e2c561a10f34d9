"""What a file is gets told by its content."""

from __future__ import annotations

import pytest
from cv_matching.domain.kinds import (
    KEPT_APART,
    READABLE,
    TAKEN_AS_CV,
    Kind,
    NotACv,
    kind_of,
    refusal_of_upload,
    why_no_text,
)
from cv_matching_support import files, hostile
from cv_matching_support import hostile_packages as packages


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (files.a_pdf("Ana Pop"), Kind.PDF),
        (b"\xef\xbb\xbf junk before the header \n" + files.a_pdf("Ana Pop"), Kind.PDF),
        (files.a_docx("Ana Pop"), Kind.DOCX),
        (files.a_doc(), Kind.DOC),
        (files.an_odt(), Kind.ODT),
        (rb"{\rtf1\ansi Ana Pop}", Kind.RTF),
        (files.a_picture(200), Kind.IMAGE),
        (files.a_picture(300, "JPEG"), Kind.IMAGE),
        (files.a_picture(300, "WEBP"), Kind.IMAGE),
    ],
)
def test_what_people_send_as_a_cv_is_taken(body: bytes, kind: Kind) -> None:
    assert kind_of(body) is kind
    assert kind in TAKEN_AS_CV


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Kind.EMPTY),
        (files.a_picture(30), Kind.SIGNATURE_IMAGE),
        (files.a_macro_docx(), Kind.MACRO_DOCUMENT),
        (files.a_doc() + "_VBA_PROJECT".encode("utf-16-le"), Kind.MACRO_DOCUMENT),
        (files.an_archive(), Kind.ARCHIVE),
        (b"MZ\x90\x00" + bytes(200), Kind.PROGRAM),
        (b"\x7fELF" + bytes(200), Kind.PROGRAM),
        (b"#!/bin/sh\nrm -rf /\n", Kind.PROGRAM),
        (b"<!DOCTYPE html><html><body>Invoice</body></html>", Kind.WEB_PAGE),
        (b"\xef\xbb\xbf\r\n<HTML><script>alert(1)</script>", Kind.WEB_PAGE),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", Kind.CALENDAR),
        (b"just some words", Kind.OTHER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Kind.OTHER),
    ],
)
def test_what_is_no_cv_is_told_apart_and_explained(body: bytes, kind: Kind) -> None:
    assert kind_of(body) is kind
    assert kind not in TAKEN_AS_CV
    assert NotACv(kind).explanation.endswith(".")


def test_text_is_read_only_from_kinds_that_are_taken() -> None:
    assert READABLE < TAKEN_AS_CV


MEANT = {
    Kind.PDF: ("pdf: locked", "pdf: header alone", "pdf: behind a thousand spaces", "pdf: script on opening"),
    Kind.DOCX: ("docx: UTF-16", "docx: locked parts", "docx: empty", "docx: 100,000 attributes"),
    Kind.DOC: ("doc",),
    Kind.PAGES: ("pages",),
    Kind.LOCKED_DOCUMENT: ("doc: locked docx", "odt: locked"),
    Kind.IMAGE: ("heic", "webp", "picture of 4 billion pixels"),
    Kind.SIGNATURE_IMAGE: ("logo",),
    Kind.SPREADSHEET: ("xlsx", "xls", "ods"),
    Kind.PRESENTATION: ("pptx", "ppt"),
    Kind.AUDIO: ("voice note", "amr", "mp3"),
    Kind.VIDEO: ("video", "iphone video", "webm"),
    Kind.CONTACT_CARD: ("contact card",),
    Kind.CALENDAR: ("calendar",),
    Kind.EMAIL: ("email",),
    Kind.EMPTY: ("empty",),
    Kind.OTHER: ("one byte", "spaces", "zeroes", "ones", "words", "pdf: behind two thousand spaces"),
    Kind.MACRO_DOCUMENT: (
        "docx: macros",
        "docx: macros under another name",
        "docx: macros in a bomb",
        "docm",
        "xlsm",
        "xlsx: old macros",
        "odt: macros",
        "doc: macros",
    ),
    Kind.ACTIVE_DOCUMENT: (
        "docx: template from elsewhere",
        "docx: template of a share",
        "docx: frame from elsewhere",
        "docx: object from elsewhere",
        "docx: an object inside",
        "docx: ActiveX",
        "rtf: an object",
        "rtf: an object that updates",
        "rtf: template from elsewhere",
    ),
    Kind.DISGUISED: (
        "pdf: a web page as well",
        "pdf: a zip as well",
        "pdf: in a picture",
        "docx: a PDF as well",
    ),
    Kind.ARCHIVE: (
        "zip",
        "zip: 60,000 empty files",
        "zip: end alone",
        "rar",
        "7z",
        "gzip bomb",
        "tar",
        "iso",
        "cab",
    ),
    Kind.PROGRAM: (
        "windows program",
        "windows program with a PDF",
        "linux program",
        "mac program",
        "shell script",
        "batch file",
        "shortcut",
        "internet shortcut",
        "php",
        "onenote",
        "installer",
        "jar",
        "apk",
    ),
    Kind.WEB_PAGE: (
        "web page",
        "web page behind a comment",
        "web page in UTF-16",
        "web page before a PDF",
        "drawing with a script",
        "hta",
        "mht",
    ),
}


@pytest.mark.parametrize(("kind", "what"), [(kind, what) for kind, all_ in MEANT.items() for what in all_])
def test_a_made_up_file_is_told_for_what_it_is(kind: Kind, what: str) -> None:
    assert kind_of(hostile.by_hand()[what]()) is kind


@pytest.mark.parametrize(
    "target",
    [
        "file:///C:\\Users\\ana\\AppData\\Roaming\\Microsoft\\Templates\\CV.dotx",
        "Normal.dotm",
        "/home/ana/cv.dotx",
    ],
)
def test_a_template_on_the_authors_own_disk_is_what_word_writes_by_itself(target: str) -> None:
    assert kind_of(packages.related("attachedTemplate", target)) is Kind.DOCX


@pytest.mark.parametrize("kind", ["hyperlink", "image"])
def test_a_link_in_a_cv_is_no_harm(kind: str) -> None:
    linked = packages.related(kind, "https://example.com/ana", "word/_rels/document.xml.rels")
    assert kind_of(linked) is Kind.DOCX


def test_every_kind_has_words_for_a_recruiter() -> None:
    for kind in Kind:
        assert kind in READABLE or why_no_text(kind).endswith(".")
        assert (refusal_of_upload(kind) is None) == (kind in TAKEN_AS_CV or kind is Kind.SIGNATURE_IMAGE)
    assert not KEPT_APART & TAKEN_AS_CV
