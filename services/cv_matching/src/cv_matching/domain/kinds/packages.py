"""What a zip holds: told by its directory and a few small parts, never by unpacking the rest.

Sources: APPNOTE.TXT 4.3.12, 4.3.16 (directory and its end), ECMA-376 part 2 10.1.2 and annex A (content
types, relationships), OASIS ODF 1.3 part 2 section 3.3 (mimetype).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cv_matching.domain.kinds.names import Kind

MAX_ENTRIES = 5_000
"""More than any document has; further ones are not looked at."""
MAX_SMALL_PART = 256 * 1024
"""How much of a part is unpacked to learn what the package is, in bytes."""
MAX_RELATIONSHIPS = 64
"""How many parts with relationships are looked at. What hides behind limits is taken for the worst."""
MOST_REFERENCES = 1_000
"""Letters of a part that are written as numbers; names in other scripts are, once in a while."""

_END = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_OUTSIDE = re.compile(rb"TargetMode\s*+=\s*+[\"']\s*External\s*[\"']")
_LOADED = re.compile(rb"/(?:attachedTemplate|oleObject|frame|subDocument|aFChunk|package|control)[\"']")
_ELSEWHERE = re.compile(
    rb"Target\s*+=\s*+[\"']\s*+(?:(?!file:)[a-z][a-z0-9+.-]++:|[\\/]{2}|file:(?:[\\/]{2}[^\\/]|[\\/]{4}|///\\))",
    re.I,
)
_SHARE = re.compile(rb"Target\s*+=\s*+[\"']\s*+(?:[\\/]{2}|file:(?:[\\/]{2}[^\\/]|[\\/]{4}|///\\))", re.I)
"""Asked for a file, it is told who is logged in: even a picture is no harmless one then."""
_BY_HAND = re.compile(rb"/hyperlink[\"']")
_REFERENCE = re.compile(rb"&#(?:0*(\d{1,7})|x0*([0-9a-f]{1,6}));", re.I)
_LANGUAGES = {
    b"wordprocessingml": Kind.DOCX,
    b"spreadsheetml": Kind.SPREADSHEET,
    b"presentationml": Kind.PRESENTATION,
    b"ms-excel": Kind.SPREADSHEET,
    b"ms-word": Kind.DOCX,
    b"ms-powerpoint": Kind.PRESENTATION,
}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.SPREADSHEET,
    b"application/vnd.oasis.opendocument.presentation": Kind.PRESENTATION,
}


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    method: int
    packed: int
    offset: int


def begins_a_zip(body: bytes) -> bool:
    return body.startswith((b"PK\x03\x04", _END))


def ends_as_a_zip(body: bytes) -> bool:
    """Whether something else is a zip too: programs that unpack look for the directory at the end."""
    return next(_entries(body), None) is not None


def kind_of_zip(body: bytes) -> Kind:
    listed = list(_entries(body))
    entries = {_plain(entry.name): entry for entry in listed}
    if not entries:
        return Kind.ARCHIVE
    if "[content_types].xml" in entries:
        return _kind_of_office(body, listed)
    if "mimetype" in entries:
        return _kind_of_open_document(body, entries)
    if any(name.endswith(".iwa") for name in entries):
        return Kind.PAGES if "index/document.iwa" in entries else Kind.OTHER
    if "meta-inf/manifest.mf" in entries or "androidmanifest.xml" in entries:
        return Kind.PROGRAM
    return Kind.ARCHIVE


def _plain(name: str) -> str:
    return name.lower().replace("\\", "/")


def _kind_of_office(body: bytes, listed: list[Entry]) -> Kind:
    names = [_plain(entry.name) for entry in listed]
    if "mimetype" in names or names.count("[content_types].xml") > 1:
        return Kind.DISGUISED
    types = _small_part(body, listed[names.index("[content_types].xml")])
    macros = any(name.rpartition("/")[2] == "vbaproject.bin" or "macrosheets/" in name for name in names)
    if macros or re.search(rb"vbaProject|macroEnabled|macrosheet", types, re.I):
        return Kind.MACRO_DOCUMENT
    if len(listed) >= MAX_ENTRIES or _is_too_much(types):
        return Kind.ACTIVE_DOCUMENT
    objects = any("/activex/" in name or re.search(r"/embeddings/[^/]*\.bin$", name) for name in names)
    if objects or _loads_from_elsewhere(body, listed):
        return Kind.ACTIVE_DOCUMENT
    for main in re.findall(rb"ContentType\s*+=\s*+[\"']([^\"']{1,200}\.main\+xml)", types):
        for language, kind in _LANGUAGES.items():
            if language in main:
                return kind
    return Kind.DOCX if "word/document.xml" in names else Kind.OTHER


def _loads_from_elsewhere(body: bytes, listed: list[Entry]) -> bool:
    """A template, frame or object that is fetched over the network when the document is opened.

    A template on the author's own disk is what Word writes by itself, a link is only followed by hand.
    """
    relationships = [entry for entry in listed if entry.name.lower().endswith(".rels")]
    parts = [_small_part(body, entry) for entry in relationships[:MAX_RELATIONSHIPS]]
    if len(relationships) > MAX_RELATIONSHIPS or any(map(_is_too_much, parts)):
        return True
    return any(_is_loaded(element) for part in parts for element in part.split(b"<"))


def _is_loaded(element: bytes) -> bool:
    if not _OUTSIDE.search(element) or _BY_HAND.search(element):
        return False
    return bool(_SHARE.search(element) or (_LOADED.search(element) and _ELSEWHERE.search(element)))


def _kind_of_open_document(body: bytes, entries: dict[str, Entry]) -> Kind:
    said = _small_part(body, entries["mimetype"]).strip()
    kind = next((kind for name, kind in _OPEN_DOCUMENT.items() if said.startswith(name)), Kind.OTHER)
    if kind is Kind.OTHER:
        return kind
    if any(name.startswith(("basic/", "scripts/")) for name in entries):
        return Kind.MACRO_DOCUMENT
    manifest = entries.get("meta-inf/manifest.xml")
    locked = manifest is not None and b"encryption-data" in _small_part(body, manifest)
    return Kind.LOCKED_DOCUMENT if locked and kind is Kind.ODT else kind


def _entries(body: bytes) -> Iterator[Entry]:
    """The directory as it stands at the end, wherever its beginning is said to be."""
    end = body.rfind(_END, max(0, len(body) - 22 - 0xFFFF))
    if end < 0 or len(body) < end + 22:
        return
    size = int.from_bytes(body[end + 12 : end + 16], "little")
    said = int.from_bytes(body[end + 16 : end + 20], "little")
    at = end - size
    if at < 0 or body[at : at + 4] != _ENTRY:
        at = said
    shift = at - said
    for _ in range(MAX_ENTRIES):
        if body[at : at + 4] != _ENTRY:
            return
        name, extra, comment = (int.from_bytes(body[at + i : at + i + 2], "little") for i in (28, 30, 32))
        yield Entry(
            name=body[at + 46 : at + 46 + name].decode("utf-8", "replace"),
            method=int.from_bytes(body[at + 10 : at + 12], "little"),
            packed=int.from_bytes(body[at + 20 : at + 24], "little"),
            offset=shift + int.from_bytes(body[at + 42 : at + 46], "little"),
        )
        at += 46 + name + extra + comment


def _small_part(body: bytes, entry: Entry) -> bytes:
    """The beginning of a part, as text of single bytes; empty where it can't be unpacked."""
    at = entry.offset
    if at < 0 or body[at : at + 4] != b"PK\x03\x04":
        return b""
    begin = at + 30 + int.from_bytes(body[at + 26 : at + 28], "little")
    begin += int.from_bytes(body[at + 28 : at + 30], "little")
    packed = body[begin : begin + min(entry.packed, MAX_SMALL_PART)]
    if entry.method == 0:
        part = packed
    else:
        try:
            part = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MAX_SMALL_PART)
        except zlib.error:
            return b""
    part = part.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return part if _is_too_much(part) else _REFERENCE.sub(_meant, part)


def _is_too_much(part: bytes) -> bool:
    return len(part) >= MAX_SMALL_PART or part.count(b"&#") > MOST_REFERENCES


def _meant(reference: re.Match[bytes]) -> bytes:
    """Programs read ``&#80;`` as the letter it stands for."""
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    return bytes([code]) if 0 < code < 128 and chr(code) not in "<>\"'&" else reference[0]
