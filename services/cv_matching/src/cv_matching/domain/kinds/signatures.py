"""What the first bytes of a file say.

Sources: ISO 32000-1 7.5.2 (PDF), RTF 1.9.1, ISO/IEC 14496-12 4.3 with the brands of mp4ra.org (ftyp),
RFC 5545 (calendar), RFC 6350 (vCard), RFC 3533 (Ogg), MS-SHLLINK 2.1, the Library of Congress' format
descriptions (pictures, sound, archives), and what HTML sniffing looks for (WHATWG mimesniff 7.1).
"""

from __future__ import annotations

import re

from cv_matching.domain.kinds.names import Kind

HEAD = 4096
SIGNATURE_IMAGE_BYTES = 10_000
"""An image smaller than this is taken for the logo under a signature."""
PDF_WITHIN = 1024
"""Readers accept a PDF that begins within the first kilobyte."""

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_IMAGE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_AUDIO = (b"OggS", b"ID3", b"fLaC", b"#!AMR", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
_AUDIO_BRANDS = (b"M4A ", b"M4B ")
_VIDEO = (b"\x1aE\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\x00asm",
    b"dex\n",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",
    b"ITSF",
)
"""Windows, Linux, Java, macOS, WebAssembly, Android, scripts, shortcuts, OneNote and compiled help."""
_SCRIPTS = (b"@echo off", b"[internetshortcut]", b"windows registry editor", b"<?php", b"powershell ")
_ARCHIVES = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"LZIP",
    b"xar!",
    b"conectix",
    b"vhdxfile",
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|script|body|iframe|svg|hta:application|title|meta|table|div|form)[\s>/]"
)
_MAIL = re.compile(
    rb"^(?:received|return-path|delivered-to|mime-version|from|message-id|date|subject|to):", re.I | re.M
)


def by_first_bytes(body: bytes) -> Kind | None:
    """The kind of anything but a zip or a compound file; None where the first bytes say nothing."""
    if body.startswith(b"{\\rt"):
        return Kind.RTF
    if picture_or_sound := _picture_or_sound(body):
        return picture_or_sound
    if body.startswith(_PROGRAMS):
        return Kind.PROGRAM
    if body.startswith(_ARCHIVES) or _is_tar(body) or body[0x8001:0x8006] == b"CD001":
        return Kind.ARCHIVE
    return _by_text(body[:HEAD])


def begins_a_pdf(body: bytes) -> bool:
    return b"%PDF-" in body[:PDF_WITHIN]


def has_markup(head: bytes) -> bool:
    """Whether a browser that guesses could take it for a web page."""
    return _MARKUP.search(head.lower()) is not None


def _picture_or_sound(body: bytes) -> Kind | None:
    brand = body[8:12] if body[4:8] == b"ftyp" else b""
    riff = body[8:12] if body.startswith(b"RIFF") else b""
    bitmap = body.startswith(b"BM") and body[6:10] == bytes(4)
    if body.startswith(_IMAGES) or brand in _IMAGE_BRANDS or riff == b"WEBP" or bitmap:
        return Kind.SIGNATURE_IMAGE if len(body) < SIGNATURE_IMAGE_BYTES else Kind.IMAGE
    if body.startswith(_AUDIO) or brand in _AUDIO_BRANDS or riff == b"WAVE":
        return Kind.AUDIO
    return Kind.VIDEO if brand or riff == b"AVI " or body.startswith(_VIDEO) else None


def _is_tar(body: bytes) -> bool:
    return body[257:262] == b"ustar"


def _by_text(head: bytes) -> Kind | None:
    """Texts may begin with a mark of their order of bytes, and with blank lines."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        order = "utf-16-le" if head.startswith(b"\xff\xfe") else "utf-16-be"
        head = head[2 : len(head) // 2 * 2].decode(order, "ignore").encode()
    lean = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x00 \t\r\n\x0b\x0c").lower()
    if lean.startswith(b"begin:vcalendar"):
        return Kind.CALENDAR
    if lean.startswith(b"begin:vcard"):
        return Kind.CONTACT_CARD
    if lean.startswith(_SCRIPTS):
        return Kind.PROGRAM
    if begins_a_pdf(head):
        before = head[: head.index(b"%PDF-")]
        return Kind.WEB_PAGE if has_markup(before) else None
    if has_markup(lean[:PDF_WITHIN]) or (lean.startswith(b"mime-version:") and b"multipart/related" in lean):
        return Kind.WEB_PAGE
    return Kind.EMAIL if len(_MAIL.findall(lean)) > 2 and _MAIL.match(lean) else None
