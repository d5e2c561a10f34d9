"""What a file is, told by its content: a name or a declared type proves nothing.

Sources of the signatures: ISO 32000-1 7.5.2 (PDF), APPNOTE.TXT 4.3.7 (zip), ECMA-376 part 2 (DOCX),
OASIS ODF 1.3 part 2 section 3.3 (ODT), MS-CFB 2.2 (DOC), RTF 1.9.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SIGNATURE_IMAGE_BYTES = 10_000
"""An image smaller than this is taken for the logo under a signature."""

_ZIP = b"PK\x03\x04"
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!")


class Kind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    RTF = "rtf"
    IMAGE = "image"
    SIGNATURE_IMAGE = "signature_image"
    MACRO_DOCUMENT = "macro_document"
    ARCHIVE = "archive"
    PROGRAM = "program"
    WEB_PAGE = "web_page"
    CALENDAR = "calendar"
    EMPTY = "empty"
    OTHER = "other"


READABLE = frozenset({Kind.PDF, Kind.DOCX})
"""Kinds whose text we read."""

TAKEN_AS_CV = READABLE | {Kind.DOC, Kind.ODT, Kind.RTF, Kind.IMAGE}
"""Kinds a person may send as a CV; everything else is kept and shown, never attached by itself."""

KEPT_APART = frozenset({Kind.MACRO_DOCUMENT, Kind.ARCHIVE, Kind.PROGRAM, Kind.WEB_PAGE})
"""Kinds that may do harm to whoever opens them: kept, and shown as such."""

_NOT_A_CV = {
    Kind.SIGNATURE_IMAGE: "a small image, such as a logo in a signature",
    Kind.MACRO_DOCUMENT: "a document with macros; ask for one without",
    Kind.ARCHIVE: "an archive; ask for the document itself",
    Kind.PROGRAM: "a program, not a document; do not open it",
    Kind.WEB_PAGE: "a web page, whatever its name says; do not open it",
    Kind.CALENDAR: "a calendar entry",
    Kind.EMPTY: "empty",
    Kind.OTHER: "of a type that no CV comes in",
}


@dataclass(frozen=True, slots=True)
class NotACv:
    """A file that is kept and shown, but never attached to anybody by itself."""

    kind: Kind

    @property
    def explanation(self) -> str:
        return f"The file is {_NOT_A_CV[self.kind]}."


def kind_of(body: bytes) -> Kind:
    """Tell the kind by content. Nothing is unpacked, so a bomb is as harmless as a poem."""
    if not body:
        return Kind.EMPTY
    if body.startswith(_ZIP):
        return _kind_of_zip(body)
    if body.startswith(_COMPOUND_FILE):
        return _kind_of_compound_file(body)
    if body.startswith(b"{\\rtf"):
        return Kind.RTF
    if _is_image(body):
        return Kind.SIGNATURE_IMAGE if len(body) < SIGNATURE_IMAGE_BYTES else Kind.IMAGE
    if body.startswith(_PROGRAMS):
        return Kind.PROGRAM
    return _kind_of_the_rest(body)


def _kind_of_zip(body: bytes) -> Kind:
    """Member names stand uncompressed in the archive, so looking for them is enough."""
    if b"word/document.xml" in body:
        return Kind.MACRO_DOCUMENT if b"vbaProject.bin" in body else Kind.DOCX
    if b"application/vnd.oasis.opendocument.text" in body[:200]:
        return Kind.ODT
    return Kind.ARCHIVE


def _kind_of_compound_file(body: bytes) -> Kind:
    if _MACROS in body:
        return Kind.MACRO_DOCUMENT
    return Kind.DOC if _WORD_STREAM in body else Kind.OTHER


def _is_image(body: bytes) -> bool:
    webp = body.startswith(b"RIFF") and body[8:12] == b"WEBP"
    heic = body[4:8] == b"ftyp" and body[8:12] in (b"heic", b"heix", b"mif1", b"msf1")
    return webp or heic or body.startswith(_IMAGES)


def _kind_of_the_rest(body: bytes) -> Kind:
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")) or b"<html" in head:
        return Kind.WEB_PAGE
    if head.startswith(b"begin:vcalendar"):
        return Kind.CALENDAR
    # Readers accept a PDF that begins within the first kilobyte; anything known before it wins.
    return Kind.PDF if b"%PDF-" in body[:1024] else Kind.OTHER
