"""What a file is, told by its content: a name or a declared type proves nothing.

Nothing is unpacked but the beginning of a few small parts, so that a bomb is as harmless as a poem.
"""

from __future__ import annotations

import re

from cv_matching.domain.kinds.names import (
    KEPT_APART,
    READABLE,
    TAKEN_AS_CV,
    Kind,
    NotACv,
    refusal_of_upload,
    why_no_text,
)
from cv_matching.domain.kinds.packages import begins_a_zip, ends_as_a_zip, kind_of_zip
from cv_matching.domain.kinds.signatures import (
    PDF_WITHIN,
    SIGNATURE_IMAGE_BYTES,
    begins_a_pdf,
    by_first_bytes,
    has_markup,
)

__all__ = [
    "KEPT_APART",
    "READABLE",
    "SIGNATURE_IMAGE_BYTES",
    "TAKEN_AS_CV",
    "Kind",
    "NotACv",
    "kind_of",
    "refusal_of_upload",
    "why_no_text",
]

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
_RTF_OBJECTS = re.compile(rb"\\(?:objdata|objupdate|objemb|objlink|objautlink|objocx|objclass)\b")
_RTF_OUTSIDE = re.compile(
    rb"\\template\s++(?:[a-z][a-z0-9+.-]++:|\\\\|//)"
    rb"|INCLUDE(?:PICTURE|TEXT)\s++(?:\\\\[a-z]\s++)*+\"?\s*+(?:https?:|\\\\\\\\|//)|DDEAUTO",
    re.I,
)
"""Without steps back (``++``): a hostile run of spaces costs no more than its length."""
_RTF_PLACE = re.compile(rb"\\(?:template|fldinst)\b")
_RTF_SIGN = re.compile(rb"\\'([0-7][0-9a-f])|\\u(\d{1,3})(?![0-9])\s?\??|[\r\n]+", re.I)
_MOST_PLACES = 2_000
"""More fields than any CV has."""
_PLACE_BYTES = 400


def kind_of(body: bytes) -> Kind:
    """Tell the kind by content. Its cost is bounded by the size, whatever is inside."""
    if not body:
        return Kind.EMPTY
    if begins_a_zip(body):
        kind = kind_of_zip(body)
        return Kind.DISGUISED if begins_a_pdf(body) and kind is not Kind.ARCHIVE else kind
    if body.startswith(_COMPOUND_FILE):
        return _kind_of_compound_file(body)
    found = by_first_bytes(body)
    if found in (Kind.IMAGE, Kind.SIGNATURE_IMAGE) and ends_as_a_zip(body):
        return Kind.DISGUISED
    if found is Kind.RTF:
        return _kind_of_rtf(body)
    if not begins_a_pdf(body):
        return found or Kind.OTHER
    if found in (Kind.PROGRAM, Kind.WEB_PAGE):
        return found
    return _kind_of_pdf(body) if found is None else Kind.DISGUISED


def _kind_of_pdf(body: bytes) -> Kind:
    """A PDF that is a web page or a zip as well is made to be taken for the one and opened as the other."""
    after = body[body.index(b"%PDF-") :][:PDF_WITHIN]
    return Kind.DISGUISED if has_markup(after) or ends_as_a_zip(body) else Kind.PDF


def _kind_of_compound_file(body: bytes) -> Kind:
    """Names stand in its directory as they are. Source: MS-CFB 2.6, MS-OVBA 2.2.1, MS-OFFCRYPTO 2.3.4.4."""
    names = {name for name in _STREAMS if name.encode("utf-16-le") in body}
    if "_VBA_PROJECT" in names:
        return Kind.MACRO_DOCUMENT
    if _INSTALLER in body[: 1 << 16]:
        return Kind.PROGRAM
    if names & {"Ole10Native", "Equation Native"}:
        return Kind.ACTIVE_DOCUMENT
    if "EncryptedPackage" in names:
        return Kind.LOCKED_DOCUMENT
    return next((kind for name, kind in _STREAMS.items() if kind and name in names), Kind.OTHER)


_STREAMS: dict[str, Kind | None] = {
    "_VBA_PROJECT": None,
    "EncryptedPackage": None,
    "Ole10Native": None,
    "Equation Native": None,
    "WordDocument": Kind.DOC,
    "Workbook": Kind.SPREADSHEET,
    "PowerPoint Document": Kind.PRESENTATION,
    "__substg1.0_": Kind.EMAIL,
}


def _kind_of_rtf(body: bytes) -> Kind:
    if begins_a_pdf(body) or ends_as_a_zip(body):
        return Kind.DISGUISED
    active = _RTF_OBJECTS.search(body) or _RTF_OUTSIDE.search(body) or _hides_an_address(body)
    return Kind.ACTIVE_DOCUMENT if active else Kind.RTF


def _hides_an_address(body: bytes) -> bool:
    """Whether one is read where ends of lines mean nothing and numbers stand for letters."""
    for seen, place in enumerate(_RTF_PLACE.finditer(body)):
        around = body[place.start() : place.start() + _PLACE_BYTES]
        if seen >= _MOST_PLACES or _RTF_OUTSIDE.search(_RTF_SIGN.sub(_sign, around)):
            return True
    return False


def _sign(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2] or 0)
    return bytes([code]) if 32 <= code < 128 else b""
