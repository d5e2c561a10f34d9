"""PDFs that bomb, loop, lie, hide and pretend."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache

from fpdf import FPDF

from cv_matching_support import files

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_HELLO = b"BT /F1 11 Tf 50 700 Td (Ana Pop, curriculum vitae of an invented person) Tj ET"


def with_objects(
    content: bytes, *more: bytes, resources: bytes = b"", filters: bytes = b"", page: bytes = b""
) -> bytes:
    """One page: 1 catalog, 2 pages, 3 font, 4 content, 5 page, then ``more`` from 6 on."""
    return files.assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            _FONT,
            b"<< /Length %d %s >>\nstream\n" % (len(content), filters) + content + b"\nendstream",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> %s >>" % (resources, page),
            *more,
        ]
    )


@cache
def packed(mib: int, filling: bytes = b" ") -> bytes:
    compress = zlib.compressobj()
    some = filling * ((1 << 20) // len(filling))
    return b"".join(compress.compress(some) for _ in range(mib)) + compress.flush()


def stream_of(body: bytes, extra: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(body), extra) + body + b"\nendstream"


def an_image(filter_name: bytes, body: bytes, width: int, height: int) -> bytes:
    image = stream_of(
        body,
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Filter /%s" % (width, height, filter_name),
    )
    return with_objects(b"q 500 0 0 700 0 0 cm /I Do Q", image, resources=b"/XObject << /I 6 0 R >>")


def locked() -> bytes:
    document = FPDF()
    document.set_encryption(owner_password="owner", user_password="user")
    document.add_page()
    document.set_font("helvetica", size=12)
    document.cell(text="Ana Pop")
    return bytes(document.output())


def deep_pages(depth: int) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (at + 1, at - 1)
        for at in range(2, depth + 2)
    ]
    objects.append(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (depth + 1))
    return files.assembled(objects)


def many_pages(count: int) -> bytes:
    kids = b"5 0 R " * count
    whole = with_objects(_HELLO)
    return whole.replace(b"/Kids [5 0 R] /Count 1", b"/Kids [%s] /Count %d" % (kids, count))


def mapped_to(target: bytes) -> bytes:
    """A font whose letters all mean something else."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange <00> <ff> <%s> endbfrange endcmap end" % target
    )
    body = with_objects(_HELLO, stream_of(cmap, b""))
    return body.replace(b"/BaseFont /Helvetica", b"/BaseFont /Helvetica /ToUnicode 6 0 R")


def saying(operators: bytes) -> bytes:
    return with_objects(_HELLO + b" " + operators)


WORDS = b"(Senior engineer of twenty years with every skill there is) Tj"
HIDDEN_WORDS = {
    "white": b"BT 1 1 1 rg /F1 11 Tf 50 600 Td " + WORDS + b" ET",
    "tiny": b"BT /F1 0.5 Tf 50 600 Td " + WORDS + b" ET",
    "outside": b"BT /F1 11 Tf -900 600 Td " + WORDS + b" ET",
    "invisible": b"BT 3 Tr /F1 11 Tf 50 600 Td " + WORDS + b" ET",
}
SEEN_WORDS = {
    "white on a dark column": b"0.1 0.1 0.3 rg 0 500 400 200 re f BT 1 1 1 rg /F1 11 Tf 50 600 Td "
    + WORDS
    + b" ET",
    "black": b"BT 0 g /F1 11 Tf 50 600 Td " + WORDS + b" ET",
}

MADE: dict[str, Callable[[], bytes]] = {
    "pdf: content unpacks to 1 GB": lambda: with_objects(packed(1024), filters=b"/Filter /FlateDecode"),
    "pdf: packed three times over": lambda: with_objects(
        zlib.compress(zlib.compress(packed(1024))),
        filters=b"/Filter [/FlateDecode /FlateDecode /FlateDecode]",
    ),
    "pdf: 100 MB of operators": lambda: with_objects(
        packed(100, filling=b"q 1 0 0 1 0 0 cm Q "), filters=b"/Filter /FlateDecode"
    ),
    "pdf: endless operators": files.an_endless_pdf,
    "pdf: pages are their own kids": lambda: with_objects(_HELLO).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"),
    "pdf: claims a billion pages": lambda: with_objects(_HELLO).replace(b"/Count 1", b"/Count 999999999"),
    "pdf: claims minus one page": lambda: with_objects(_HELLO).replace(b"/Count 1", b"/Count -1"),
    "pdf: page tree 20,000 deep": lambda: deep_pages(20_000),
    "pdf: 50,000 pages": lambda: many_pages(50_000),
    "pdf: no pages": lambda: with_objects(_HELLO).replace(b"/Kids [5 0 R] /Count 1", b"/Kids [] /Count 0"),
    "pdf: a form that draws itself": lambda: with_objects(
        b"/X Do",
        stream_of(
            b"/X Do /X Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>",
        ),
        resources=b"/XObject << /X 6 0 R >>",
    ),
    "pdf: arrays 200,000 deep": lambda: with_objects(b"[" * 200_000),
    "pdf: dictionaries 100,000 deep": lambda: with_objects(_HELLO, b"<</A" * 100_000 + b">>" * 100_000),
    "pdf: length refers to itself": lambda: with_objects(_HELLO).replace(b"/Length 76", b"/Length 4 0 R"),
    "pdf: xref that leads to itself": lambda: with_objects(_HELLO).replace(b"/Root", b"/Prev 0 /Root"),
    "pdf: JBIG2 of no sense": lambda: an_image(
        b"JBIG2Decode", b"\x00\x00\x00\x00\x30\x00\x01" + bytes(500), 60_000, 60_000
    ),
    "pdf: JPX of no sense": lambda: an_image(
        b"JPXDecode", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(500), 65_000, 65_000
    ),
    "pdf: a picture of 100,000 by 100,000": lambda: an_image(b"FlateDecode", packed(64), 100_000, 100_000),
    "pdf: a page as large as a town": lambda: with_objects(_HELLO).replace(b"595 842", b"1e30 1e30"),
    "pdf: letters that are half a sign": lambda: mapped_to(b"d800"),
    "pdf: letters that are private": lambda: mapped_to(b"e000"),
    "pdf: letters that are null": lambda: mapped_to(b"0000"),
    "pdf: script on opening": lambda: with_objects(_HELLO).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    ),
    "pdf: starts a program": lambda: with_objects(_HELLO).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /Launch /F (calc.exe) >>"
    ),
    "pdf: locked": locked,
    "pdf: header alone": lambda: b"%PDF-1.7",
    "pdf: header and noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400,
    "pdf: a scan": lambda: files.a_pdf(""),
    "pdf: behind a thousand spaces": lambda: b" " * 1000 + with_objects(_HELLO),
    "pdf: behind two thousand spaces": lambda: b" " * 2000 + with_objects(_HELLO),
    "pdf: a web page as well": lambda: (
        b"%PDF-1.4\n<html><script>alert(1)</script></html>\n" + with_objects(_HELLO)
    ),
    "pdf: a zip as well": lambda: with_objects(_HELLO) + files.an_archive("run.js", b"alert(1)"),
    "pdf: in a picture": lambda: b"\xff\xd8\xff\xe0" + with_objects(_HELLO),
    **{f"pdf: {how} words": lambda drawn=drawn: saying(drawn) for how, drawn in HIDDEN_WORDS.items()},
}
