"""The text of an RTF by striprtf: pure Python, no objects, no fields, no pictures."""

from __future__ import annotations

from typing import Any

from striprtf import striprtf

from cv_matching.adapters.reading.found import MAX_RAW, Found

MAX_LOOKED_AT = 4 * 1024 * 1024
"""Bytes from the beginning; pictures make up the rest."""


def read_rtf(body: bytes) -> Found:
    convert: Any = striprtf.rtf_to_text
    return Found(convert(body[:MAX_LOOKED_AT].decode("cp1252", "replace"), errors="ignore")[:MAX_RAW])
