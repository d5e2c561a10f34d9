"""What rows hold: formulas, markup, marks, odd numbers, ids, addresses, times, and too much or too little."""

from __future__ import annotations

from intake_support.hostile import HEADER, Read, Table, file, one, refused_row, row

LIVE = {
    "a sum": "=1+1",
    "a link": '"=HYPERLINK(""http://example.com"",""win"")"',
    "a command": "=cmd|' /C calc'!A0",
    "DDE": '"=DDE(""cmd"";""/C calc"";""x"")"',
    "a plus": "+1+1",
    "a minus": "-2+3",
    "an at": "@SUM(A1)",
    "a tab": '"\t=1+1"',
    "a carriage return": '"\r=1+1"',
    "a guarded formula": "'=1+1",
    "a formula behind a space": " =1+1",
    "a wide equals sign": "＝1+1",
}
NAMES = {
    "bold": "<b>Ana</b>",
    "a script": "<script>alert(1)</script>",
    "an image": '"<img src=x onerror=""alert(1)"">"',
    "SQL": "'); DROP TABLE candidates;--",
    "a template": "{{7*7}}${7*7}<%= 7*7 %>",
    "a lookup": "${jndi:ldap://example.com/a}",
    "a path": "../../../../etc/passwd",
    "a format": "%s%n%x{0}",
    "right to left": "\u202eanA\u202c",
    "isolates": "\u2067Ana\u2069",
    "a zero width joiner": "A\u200dna",
    "zero width spaces": "\u200bAna\u200b",
    "a soft hyphen": "A\u00adna",
    "combining marks": "A" + "\u0301" * 200 + "na",
    "emoji": "Ana 😀👩‍👩‍👧‍👦",
    "emoji alone": "😀",
    "Arabic": "آنا",
    "a ligature": "ﷺ" * 20,
    "look-alikes": "Аnа",
    "null": "null",
    "nothing": "",
    "spaces": "   ",
    "control characters": "A\x01\x02\x1bna",
    "a bell": "\x07",
    "an escape of terminals": "\x1b[31mAna\x1b[0m",
    "a backspace": "Ana\x08\x08\x08",
    "300 letters": "a" * 300,
    "a million letters of nothing": "\u200b" * 40_000,
}
PHONES = {
    "in scientific notation": "4.0712E+10",
    "in scientific notation with a comma": '"4,0712E+10"',
    "of letters": "call me",
    "too short": "+4071",
    "of thirty digits": "4" * 30,
    "of zeros": "0000000000",
    "of emoji": "📞",
    "of question marks": "?????",
    "with a formula before": "=40712000001+1",
    "of a date": "12.09.2025",
    "of two numbers": "0712000001 / 0712000002",
    "that is a name": "Ana Pop",
    "negative": "-5",
    "of HTML": "<b>0712</b>",
}
GOOD_PHONES = {
    "national": "0712000001",
    "with zeros before": "0040712000001",
    "with spaces": "+40 712 000 001",
    "with brackets": "(0712) 000-001",
    "with hard spaces": "+40\u00a0712\u00a0000\u00a0001",
    "in wide digits": "＋４０７１２０００００１",
    "in Arabic digits": "+٤٠٧١٢٠٠٠٠٠١",
    "with marks of direction": "\u202a+40712000001\u202c",
    "guarded": "'+40712000001",
    "with a decimal comma": '"40712000001,00"',
    "of Meta": "p:+40712000001",
    "behind a wide space": "\u3000+40712000001",
}
EMAILS = {
    "without an at": "ana.example.com",
    "of two ats": "ana@@example.com",
    "with a space": "ana pop@example.com",
    "without a domain": "ana@",
    "of 300 letters": "a" * 300 + "@example.com",
    "of HTML": "<a@example.com>",
    "of two addresses": "a@example.com;b@example.com",
    "of a link": "mailto:ana@example",
    "with a formula": "=ana",
}
IDS = {
    "none": ("", "no lead id"),
    "a prefix alone": ("l:", "no lead id"),
    "rounded": ("1.99023E+15", "spreadsheet"),
    "rounded, with a comma": ('"1,99023E+15"', "spreadsheet"),
    "of 300 letters": ("l:" + "9" * 300, "spreadsheet"),
    "invisible": ("\u200b\u200b", "no lead id"),
    "of a NUL byte": ("l:\x001", "NUL"),
}
TIMES = (
    "soon",
    "99999999999999999999",
    "0001-01-01",
    "31.02.2025",
    "2025-13-45T99:99:99Z",
    "=NOW()",
    "1e309",
)

ROWS: Table = {
    **{f"a name of {what}: live": one(name=cell) for what, cell in LIVE.items()},
    **{f"a name of {what}": one(name=cell) for what, cell in NAMES.items()},
    **{f"a phone {what}": one(phone=cell, outcome=Read(2, flagged=1)) for what, cell in PHONES.items()},
    **{f"a phone {what}": one(phone=cell) for what, cell in GOOD_PHONES.items()},
    **{f"an email {what}": one(email=cell) for what, cell in EMAILS.items()},
    **{
        f"an email {what}, and no phone": refused_row("no email address", email=cell, phone="")
        for what, cell in EMAILS.items()
    },
    **{f"an id {what}": refused_row(reason, id=cell) for what, (cell, reason) in IDS.items()},
    **{
        f"a time of {text}": (file(f"{text},{row(1)}", header=f"created_time,{HEADER}"), Read(1))
        for text in TIMES
    },
    "a name of 301 letters": refused_row("name is longer", name="a" * 301),
    "neither phone nor email": refused_row("neither", phone="", email=""),
    "a prefix for a phone": refused_row("neither", phone="p:", email=""),
    "an answer of NUL bytes": (
        file(row(1).strip() + ",d\0a\n", row(2).strip() + ",da\n", header=HEADER.strip() + ",ok?\n"),
        Read(1, ((2, "NUL"),)),
    ),
    "an answer that can't be read": (
        file(row(1, "Ștefan").strip() + ",d\ufffda\n", header=HEADER.strip() + ",ok?\n"),
        Read(1),
    ),
    "an answer of a formula": (
        file(row(1).strip() + ",=1+1\n", header=HEADER.strip() + ",ok?\n"),
        Read(1),
    ),
    "a cell too many": (file(row(1, "Pop, Ana"), row(2)), Read(1, ((2, "5 cells"),))),
    "cells missing": (
        file("l:1,Ana Pop,+40712000001\n", "l:2,Ana Pop\n", "l:3\n"),
        Read(1, ((3, "neither"), (4, "neither"))),
    ),
    "test leads": (
        file(
            "l:1,<test lead: dummy data for full_name>,p:<test lead: dummy data>,test@meta.com\n",
            row(2, email="Test@Meta.com"),
            row(3, "<test lead: dummy data>"),
            row(4),
        ),
        Read(1, skipped=3),
    ),
    "a lead twice, once without its prefix": (file(row(1), row(1, id="1")), Read(1, skipped=1)),
    "ids of other letters": (file(row(1, id="A1"), row(2, id="a1")), Read(2)),
    "a row refused, then the same lead mended": (
        file(row(1, phone="", email=""), row(1)),
        Read(1, ((2, "neither"),)),
    ),
    "our own column": (
        file("no phone,l:1,Ana,'+40712000001,\n", header=f"refused_because,{HEADER}"),
        Read(1),
    ),
}
