"""Cells of a CSV that a spreadsheet will open: none of them may be taken for a formula.

What a spreadsheet would calculate gets an apostrophe in front (OWASP, CSV injection); the reader of lead
files takes it away again from exactly such cells, so that what we write out comes back as it was.
"""

from __future__ import annotations

import re

_LIVE = r"(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_FORMULA = re.compile(_LIVE)
_GUARDED = re.compile("'+" + _LIVE)


def guarded(cell: str) -> str:
    """The cell as it may stand in a CSV of ours."""
    return f"'{cell}" if _FORMULA.match(cell) or _GUARDED.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that ``guarded`` was given; every other cell as it is."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
