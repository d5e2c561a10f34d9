"""From bytes to text: what a lead file really is, in which encoding.

Meta exports UTF-16 with a byte order mark (recruitflow.md 5); what people make of it is anything else
(providers.md 7.1). A file that can't be a lead export is hopeless, and the reason says what to do instead.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

HEAD_BYTES = 256 * 1024
"""How much of a file is read to judge it: more than any header row of a form."""

_EXPORT_AGAIN = "In Meta's Leads Centre choose Download, then CSV, and upload that file as it is."

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a rich text document"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ\0", "a compressed file"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"ID3\x03", "a sound"),
    (b"ID3\x04", "a sound"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a database"),
    (b"BEGIN:VCARD", "a contact card"),
    (b"BEGIN:VCALENDAR", "a calendar"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table")


class HopelessFile(Exception):
    """The file as a whole can't be read. ``code`` is for programs, ``message`` says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def encoding_of(head: bytes, *, complete: bool) -> str:
    """The Python codec of a file from its first bytes; ``complete`` when there are no more.

    Byte order mark first, then the pattern of NUL bytes, then UTF-8, else cp1252. Raises ``HopelessFile``.
    """
    _refuse_what_is_no_text(head)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if b"\0" in head and (wide := _by_nul_pattern(head)):
        return wide
    return "utf-8" if is_utf8([head], complete=complete) else "cp1252"


def is_utf8(parts: Iterable[bytes], *, complete: bool = True) -> bool:
    """Whether the bytes are UTF-8, by and large: some damage does not make a text of another encoding.

    Letters of cp1252 hardly ever make a character of UTF-8 by chance. One that is cut off at the end is
    forgiven unless ``complete``.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = whole = 0
    for part in parts:
        text = decoder.decode(part)
        if not text.isascii():
            bad = text.count("\ufffd")
            damaged += bad
            whole += len(text) - len(text.encode("ascii", "ignore")) - bad
    damaged += decoder.decode(b"", final=complete).count("\ufffd")
    return damaged == 0 or whole >= 3 * damaged


def _refuse_what_is_no_text(head: bytes) -> None:
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise HopelessFile("empty_file", f"The file is empty. {_EXPORT_AGAIN}")
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise HopelessFile(
                "not_a_csv",
                f"The file is {what}, whatever its name says, not a CSV. {_EXPORT_AGAIN}"
                " From a spreadsheet, use Save as, CSV UTF-8.",
            )
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:16].lower().startswith(_MARKUP):
        raise HopelessFile("not_a_csv", f"The file is a web page, not a CSV. {_EXPORT_AGAIN}")


def _by_nul_pattern(head: bytes) -> str | None:
    """UTF-16 without its mark has a NUL in nearly every second byte of a header, always on the same side.

    None for text with a stray NUL in it, which is the matter of its row; binary data is hopeless.
    """
    sample = head[:512]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    if len(head.translate(None, _CONTROLS)) < 0.95 * len(head):
        raise HopelessFile(
            "not_text",
            f"The file holds binary data (NUL bytes) and is no text. {_EXPORT_AGAIN}",
        )
    return None
