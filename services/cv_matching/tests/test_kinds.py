"""What a file is gets told by its content."""

from __future__ import annotations

import pytest
from cv_matching.domain.kinds import READABLE, TAKEN_AS_CV, Kind, NotACv, kind_of
from cv_matching_support import files


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
