"""The opening line of a position's calls, as the form shows it above the first message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts.opening_line import opening_line

_VARIABLE = "{candidate_name}"


def opening_pieces(values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """In pieces: text, and what is filled in for each call. What a person typed is never taken for that."""
    line = opening_line(
        language=values["language"],
        name="\0",
        employer=str(values["employer"]).replace("\0", ""),
        recorded=bool(values["record_calls"]),
    )
    return [
        (_VARIABLE, True) if piece == "\0" else (piece, False) for piece in re.split("(\0)", line) if piece
    ]
