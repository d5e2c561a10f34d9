"""Programs, pages, old documents, sounds and pictures that bear a CV's name."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable

from cv_matching_support import files

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def a_compound(*streams: str, more: bytes = b"") -> bytes:
    return _COMPOUND + bytes(600) + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams) + more


def a_rtf(inner: bytes) -> bytes:
    return rb"{\rtf1\ansi Ana Pop, curriculum vitae " + inner + b"}"


def a_png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + bytes(20_000)
    )


def a_film(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(4) + brand + b"mp42" + bytes(20_000)


MADE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one byte": lambda: b"\x00",
    "spaces": lambda: b" " * 100_000,
    "zeroes": lambda: bytes(1 << 20),
    "ones": lambda: b"\xff" * (1 << 20),
    "words": lambda: b"Ana Pop, un CV scris ca text.",
    "windows program": lambda: b"MZ\x90\x00" + bytes(5000),
    "windows program with a PDF": lambda: b"MZ\x90\x00" + files.a_pdf("Ana Pop"),
    "linux program": lambda: b"\x7fELF\x02\x01\x01" + bytes(5000),
    "mac program": lambda: b"\xcf\xfa\xed\xfe" + bytes(5000),
    "shell script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "batch file": lambda: b"@ECHO OFF\r\ndel c:\\*\r\n",
    "shortcut": lambda: b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(200),
    "internet shortcut": lambda: b"[InternetShortcut]\r\nURL=http://example.com/\r\n",
    "php": lambda: b"<?php system($_GET['x']); ?>",
    "onenote": lambda: b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3" + bytes(500),
    "installer": lambda: a_compound(more=bytes.fromhex("84100c0000000000c000000000000046")),
    "web page": lambda: b"<!DOCTYPE html><html><body onload=alert(1)>CV</body></html>",
    "web page behind a comment": lambda: b"<!-- Ana Pop -->\n<html><script>alert(1)</script></html>",
    "web page in UTF-16": lambda: "<html><script>alert(1)</script></html>".encode("utf-16"),
    "web page before a PDF": lambda: b"<html><script>alert(1)</script>" + files.a_pdf("Ana Pop"),
    "drawing with a script": lambda: b'<?xml version="1.0"?><svg xmlns="x"><script>alert(1)</script></svg>',
    "hta": lambda: b"<HTA:APPLICATION id=x /><script>alert(1)</script>",
    "mht": lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x",
    "rtf: an object": lambda: a_rtf(rb"{\object\objemb{\*\objdata 01050000}}"),
    "rtf: an object that updates": lambda: a_rtf(rb"{\object\objautlink\objupdate}"),
    "rtf: template from elsewhere": lambda: a_rtf(rb"{\*\template http://example.com/evil.dot}"),
    "rtf: a million braces": lambda: b"{\\rtf1" + b"{" * 1_000_000,
    "rtf: binary without end": lambda: a_rtf(rb"{\pict\bin99999999999 x}"),
    "rtf: half signs": lambda: a_rtf(rb"\u-10179?\u-10179?\u55357?" * 50),
    "rtf: a link that never ends": lambda: a_rtf(rb'{\field{\*\fldinst{HYPERLINK "' * 3000),
    "rtf: null": lambda: a_rtf(b"\x00" * 100_000),
    "rtf: a number without end": lambda: a_rtf(rb"\u" + b"9" * 100_000),
    "doc": files.a_doc,
    "doc: macros": lambda: a_compound("WordDocument", "_VBA_PROJECT"),
    "doc: locked docx": lambda: a_compound("EncryptedPackage", "EncryptionInfo"),
    "xls": lambda: a_compound("Workbook"),
    "ppt": lambda: a_compound("PowerPoint Document"),
    "compound of nothing": lambda: _COMPOUND,
    "rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(500),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(500),
    "gzip bomb": lambda: gzip.compress(bytes(100 << 20)),
    "tar": lambda: bytes(257) + b"ustar\x0000" + bytes(1000),
    "iso": lambda: bytes(0x8001) + b"CD001" + bytes(1000),
    "cab": lambda: b"MSCF" + bytes(500),
    "voice note": lambda: b"OggS\x00\x02" + bytes(5000),
    "amr": lambda: b"#!AMR\n" + bytes(5000),
    "mp3": lambda: b"ID3\x04" + bytes(5000),
    "video": lambda: a_film(b"isom"),
    "iphone video": lambda: a_film(b"qt  "),
    "webm": lambda: b"\x1aE\xdf\xa3" + bytes(5000),
    "heic": lambda: a_film(b"heic"),
    "webp": lambda: files.a_picture(300, "WEBP"),
    "logo": lambda: files.a_picture(30),
    "picture of 4 billion pixels": lambda: a_png_of(65_535, 65_535),
    "picture cut short": lambda: files.a_picture(300, "JPEG")[:12_000],
    "contact card": lambda: b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Pop\r\nEND:VCARD\r\n",
    "calendar": lambda: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "email": lambda: b"From: a@example.com\r\nTo: b@example.com\r\nSubject: CV\r\nDate: x\r\n\r\nhello",
}
