"""The kinds of files that people send, what is done with each, and how a recruiter is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    RTF = "rtf"
    PAGES = "pages"
    LOCKED_DOCUMENT = "locked_document"
    IMAGE = "image"
    SIGNATURE_IMAGE = "signature_image"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    AUDIO = "audio"
    VIDEO = "video"
    CALENDAR = "calendar"
    CONTACT_CARD = "contact_card"
    EMAIL = "email"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER = "other"
    MACRO_DOCUMENT = "macro_document"
    ACTIVE_DOCUMENT = "active_document"
    DISGUISED = "disguised"
    ARCHIVE = "archive"
    PROGRAM = "program"
    WEB_PAGE = "web_page"


READABLE = frozenset({Kind.PDF, Kind.DOCX, Kind.ODT, Kind.RTF})
"""Kinds whose text we read."""

TAKEN_AS_CV = READABLE | {Kind.DOC, Kind.PAGES, Kind.LOCKED_DOCUMENT, Kind.IMAGE}
"""Kinds a person may send as a CV; everything else is kept and shown, never attached by itself."""

KEPT_APART = frozenset(
    {
        Kind.MACRO_DOCUMENT,
        Kind.ACTIVE_DOCUMENT,
        Kind.DISGUISED,
        Kind.ARCHIVE,
        Kind.PROGRAM,
        Kind.WEB_PAGE,
    }
)
"""Kinds that may do harm to whoever opens them: kept, and shown as such."""

_NOT_A_CV = {
    Kind.SIGNATURE_IMAGE: "a small image, such as a logo in a signature",
    Kind.SPREADSHEET: "a spreadsheet, and no CV comes as one",
    Kind.PRESENTATION: "a presentation, not a CV; ask for a PDF",
    Kind.AUDIO: "a voice message or other sound",
    Kind.VIDEO: "a video",
    Kind.CALENDAR: "a calendar entry",
    Kind.CONTACT_CARD: "a contact card (vCard)",
    Kind.EMAIL: "an email that was passed on; its attachments are inside",
    Kind.EMPTY: "empty",
    Kind.TOO_LARGE: "larger than 25 MB, so it was not looked at; ask for a smaller one",
    Kind.OTHER: "of a type that no CV comes in",
    Kind.MACRO_DOCUMENT: "a document with macros; ask for one without",
    Kind.ACTIVE_DOCUMENT: "a document that loads or starts something else when it is opened; ask for a PDF",
    Kind.DISGUISED: "two kinds of file at once, as only a made-up file is; do not open it",
    Kind.ARCHIVE: "an archive; ask for the document itself",
    Kind.PROGRAM: "a program, not a document; do not open it",
    Kind.WEB_PAGE: "a web page, whatever its name says; do not open it",
}

_NO_TEXT = {
    Kind.DOC: "It is an old Word document (.doc): no text is read from this kind. Look at it yourself.",
    Kind.PAGES: "It is a Pages document: no text is read from this kind. Look at it, or ask for a PDF.",
    Kind.LOCKED_DOCUMENT: "The document is locked by a password: no text could be read.",
    Kind.IMAGE: "It is a picture: no text is read from pictures. Look whether it is a CV.",
}


@dataclass(frozen=True, slots=True)
class NotACv:
    """A file that is kept and shown, but never attached to anybody by itself."""

    kind: Kind

    @property
    def explanation(self) -> str:
        return f"The file is {_NOT_A_CV[self.kind]}."


def why_no_text(kind: Kind) -> str:
    """Why no text is read from a kind that is not among ``READABLE``."""
    return _NO_TEXT.get(kind) or NotACv(kind).explanation


def refusal_of_upload(kind: Kind) -> str | None:
    """What a recruiter is told whose file can't be a CV; None for a document that is taken.

    A recruiter chose the file, so that a small picture is taken too.
    """
    if kind in TAKEN_AS_CV or kind is Kind.SIGNATURE_IMAGE:
        return None
    return f"{NotACv(kind).explanation} Choose a PDF, a Word document or a picture."
