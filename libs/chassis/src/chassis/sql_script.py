"""Cuts a SQL script into its statements: quotes, dollar quotes and comments may hold semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(
    r"""
      '(?:[^']|'')*'                            # a literal
    | "(?:[^"]|"")*"                            # a quoted name
    | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)    # a dollar-quoted body
    | --[^\n]*                                  # a comment to the end of the line
    | /\*.*?\*/                                 # a comment between marks
    | (?P<end>;)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


def statements(script: str) -> Iterator[str]:
    """The statements in order, without their semicolons; blank and comment-only parts are left out."""
    start = 0
    bare = False
    for piece in _PIECE.finditer(script):
        if piece.group("end"):
            if bare:
                yield script[start : piece.start()].strip()
            start, bare = piece.end(), False
        elif not piece.group().startswith(("--", "/*")) and not piece.group().isspace():
            bare = True
    if bare:
        yield script[start:].strip()
