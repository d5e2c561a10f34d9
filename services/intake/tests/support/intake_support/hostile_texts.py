"""How a file is written: encodings, byte order marks, truncation, line ends and quotation marks."""

from __future__ import annotations

import codecs
import re

from intake_support.hostile import (
    ACCENTED,
    BOMS,
    GOOD,
    HEADER,
    ROMANIAN,
    Outcome,
    Read,
    Refused,
    Table,
    file,
    row,
)

UNKNOWN = Refused("no_known_columns")

ENCODINGS: Table = {
    **{
        f"{text} in {encoding}": (body.encode(encoding), Read(3))
        for text, body, encodings in (
            ("plain", GOOD, ("ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
            ("accents", ACCENTED, ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
            ("accents", ACCENTED, ("cp1252", "latin-1", "iso8859-2", "cp1250", "mac-roman")),
            ("Romanian", ROMANIAN, ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso8859-16")),
        )
        for encoding in encodings
    },
    "Cyrillic in koi8-r": (GOOD.replace("Ana", "Анна").encode("koi8-r"), Read(3)),
    "Cyrillic in cp1251": (GOOD.replace("Ana", "Анна").encode("cp1251"), Read(3)),
    "Chinese in gb18030": (GOOD.replace("Ana", "安娜").encode("gb18030"), Read(3)),
    "Japanese in shift-jis": (GOOD.replace("Ana", "アナ").encode("shift-jis"), Read(3)),
    "UTF-7": (ROMANIAN.encode("utf-7"), Read(3)),
    "accents in cp437": (
        ACCENTED.encode("cp437"),
        Read(0, ((2, "can't be read"), (3, "can't be read"), (4, "can't be read"))),
    ),
    "EBCDIC": (GOOD.encode("cp037"), UNKNOWN),
    "UTF-32 without a mark": (GOOD.encode("utf-32-le"), Refused("not_text")),
    "UTF-8 written twice over": (ROMANIAN.encode().decode("latin-1").encode(), Read(3)),
    "surrogates written in UTF-8": (
        file(*(row(n, "Ștefan Țucu") for n in range(1, 6)), row(6)).replace(b"Ana", b"A\xed\xa0\x80na"),
        Read(5, ((7, "can't be read"),)),
    ),
    "a lone surrogate in UTF-16": (
        codecs.BOM_UTF16_LE
        + GOOD.encode("utf-16-le").replace("Pop".encode("utf-16-le"), b"P\0\x00\xd8p\0", 1),
        Read(2, ((2, "can't be read"),)),
    ),
    "one broken byte among many accents": (
        ROMANIAN.encode().replace(b"tefan", b"tef\xffan", 1),
        Read(2, ((2, "can't be read"),)),
    ),
    "an overlong slash": (file(row(1, "Ștefan"), row(2, "Țucu")).replace(b"Pop", b"P\xc0\xafp"), Read(2)),
}

_MARKED = {
    encoding: GOOD.encode(encoding.lower().replace("le", "-le").replace("be", "-be")) for encoding in BOMS
}
_OF_A_MARK: dict[tuple[str, str], Outcome] = {
    ("UTF-8", "UTF-8"): Read(3),
    ("UTF-16LE", "UTF-16LE"): Read(3),
    ("UTF-16BE", "UTF-16BE"): Read(3),
    ("UTF-32LE", "UTF-32LE"): Read(3),
    ("UTF-32BE", "UTF-32BE"): Read(3),
}
MARKS: Table = {
    **{
        f"the mark of {mark} before {encoding}": (
            BOMS[mark] + _MARKED[encoding],
            _OF_A_MARK.get((mark, encoding), UNKNOWN),
        )
        for mark in BOMS
        for encoding in BOMS
    },
    "the mark twice": (codecs.BOM_UTF8 * 2 + GOOD.encode(), Read(3)),
    "the mark of UTF-16 twice": (codecs.BOM_UTF16_LE * 2 + GOOD.encode("utf-16-le"), Read(3)),
    "a mark before every cell": (GOOD.replace(",", ",\ufeff").encode("utf-8-sig"), Read(3)),
    "a mark before every line": (GOOD.replace("\n", "\n\ufeff").encode("utf-8-sig"), Read(3)),
    "a mark in the middle of a phone number": (file(row(1, phone="+4071\ufeff2000001")), Read(1)),
}

_TWO = GOOD.split("l:3")[0].encode("utf-16-le")
_LAST = len(GOOD.split("l:2")[0].encode("utf-16-le"))


def _cut(length: int) -> Outcome:
    """What is left of an export of two rows after so many bytes of UTF-16, an odd number."""
    header = len(HEADER.encode("utf-16-le"))
    if length < header - 2:
        return UNKNOWN if length < 5 else _cut_header(length // 2)
    if length < header:
        return Refused("no_rows")
    first = _LAST
    return Read(0, ((2, "can't be read"),)) if length < first else Read(1, ((3, "can't be read"),))


def _cut_header(letters: int) -> Outcome:
    names = HEADER[:letters].split(",")
    if len(names) == 1:
        return UNKNOWN
    return Refused("no_contact_column") if len(names) < 4 else Refused("no_rows")


CUTS: Table = {
    f"UTF-16 cut after {length} bytes": (codecs.BOM_UTF16_LE + _TWO[:length], _cut(length))
    for length in range(3, len(_TWO), 6)
}

QUOTES: Table = {
    "CR only": (GOOD.replace("\n", "\r").encode(), Read(3)),
    "CRLF": (GOOD.replace("\n", "\r\n").encode(), Read(3)),
    "LFCR": (GOOD.replace("\n", "\n\r").encode(), Read(3)),
    "CRCRLF": (GOOD.replace("\n", "\r\r\n").encode(), Read(3)),
    "mixed line ends": (file(row(1).replace("\n", "\r"), row(2).replace("\n", "\r\n"), row(3)), Read(3)),
    "no line end at the end": (GOOD.rstrip().encode(), Read(3)),
    "line breaks of Unicode in a name": (file(row(1, "Ana\u2028Pop\u2029\x85\x0b\x0c"), row(2)), Read(2)),
    "a line break within quotes": (file(row(1, '"Ana\r\nPop"'), row(2)), Read(2)),
    "a quotation mark never closed": (file(row(1, '"Ana Pop'), row(2), row(3)), Read(3)),
    "a quotation mark never closed in the last row": (file(row(1), row(2, '"Ana')), Read(2)),
    "a quotation mark never closed in every row": (file(*(row(n, '"Ana') for n in range(300))), Read(300)),
    "a quotation mark never closed and 150 rows": (
        file(row(0, '"Ana'), *(row(n) for n in range(1, 151))),
        Read(151),
    ),
    "quotation marks within a cell": (file(row(1, 'Ana "Nana" Pop'), row(2, '"Ana" Pop')), Read(2)),
    "ten thousand quotation marks": (file(row(1, '"' * 10_000), row(2)), Read(1, ((2, "name is longer"),))),
    "ten thousand and one quotation marks": (
        file(row(1, '"' * 10_001), row(2)),
        Read(1, ((2, "name is longer"),)),
    ),
    "a bomb of quotation marks": (
        file(*[('"' * 300 + "\n") for _ in range(300)], row(2)),
        Read(1, tuple((n, "neither") for n in range(2, 302))),
    ),
    "lines of one quotation mark": (file('"\n' * 500, row(2)), Read(1)),
    "a cell of ten megabytes": (
        file(row(1), row(2, "a" * 10_000_000), row(3)),
        Read(2, ((3, "longer than"),)),
    ),
    "a quoted cell of ten megabytes": (
        file(row(1), row(2, f'"{"a" * 10_000_000}"'), row(3)),
        Read(2, ((3, "longer than"),)),
    ),
    "a quoted cell of a thousand lines": (
        file(row(1), 'l:2,"' + "a\n" * 1_000 + '"\n', row(3)),
        Read(2, tuple((n, "neither") for n in range(3, 1_004))),
    ),
    "every cell quoted": (re.sub(r"[^,\n]+", r'"\g<0>"', GOOD).encode(), Read(3)),
    "escaped as C would": (file(row(1, '"Ana \\"Nana\\" Pop"'), row(2)), Read(2)),
}
